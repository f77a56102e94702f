// SPDX-License-Identifier: MIT
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::ctl {
namespace {

std::string id_text(const Json& id) {
    return id.number() == 0 ? std::string{} : fmt::format("{}", id.number());
}

// Where a name stands in its enumeration; what is unknown comes first.
template <class E>
int rank(const Json& name) {
    const auto value = from_name<E>(name.text());
    return value.has_value() ? static_cast<int>(*value) : -1;
}

bool is_ill(const Json& target) {
    return target["level"].text() != name_of(Level::steady);
}

std::string mode_text(const Json& target) {
    const std::string mode = target["mode"].text();
    const std::string held_back = target["held_back"].text();
    return (mode == name_of(Mode::enforce)
                ? fmt::format("{} up to {}", mode, target["enforce_up_to"].text())
                : mode) +
           (held_back.empty() ? "" : fmt::format(": {}", held_back));
}

std::string flags_text(const Json& target) {
    std::string text;
    for (const char* flag : {"held", "disabled", "flapping"}) {
        if (target[flag].flag()) {
            text += (text.empty() ? "" : ", ") + std::string{flag};
        }
    }
    return text;
}

}  // namespace

std::string render_targets(const Document& targets, bool ill_only, const Painter& painter) {
    std::vector<Json> rows = targets.root()["targets"].items();
    if (ill_only) {
        std::erase_if(rows, [](const Json& target) { return !is_ill(target); });
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) {
        const int level = rank<Level>(a["level"]) - rank<Level>(b["level"]);
        return level != 0 ? level > 0
                          : rank<Severity>(a["severity"]) > rank<Severity>(b["severity"]);
    });
    if (rows.empty()) {
        return ill_only ? "no target is ill\n" : "the rules in force have no target\n";
    }
    Table table{
        {"TARGET", "LEVEL", "SEVERITY", "PHASE", "MODE", "HANDS OFF", "INCIDENT", "REASON"}};
    for (const Json& target : rows) {
        table.add({{target["name"].text()},
                   word(target["level"].text()),
                   word(target["severity"].text()),
                   word(target["phase"].text()),
                   {mode_text(target)},
                   {flags_text(target), Colour::yellow},
                   {id_text(target["incident"])},
                   {target["reason"].text()}});
    }
    return table.render(painter);
}

std::string render_incidents(const Document& incidents, const Painter& painter) {
    const std::vector<Json> rows = incidents.root()["incidents"].items();
    if (rows.empty()) {
        return "no incident is on record\n";
    }
    Table table{{"INCIDENT", "TARGET", "OPENED", "LASTED", "PEAK", "STATE", "REASON"}};
    table.align_right(0);
    for (const Json& row : rows) {
        const Json incident = row["incident"];
        const auto opened = incident["opened"].wall();
        const bool open = incident["open"].flag();
        const WallTime end =
            open ? incidents.now() : incident["closed"].wall().value_or(incidents.now());
        table.add({{id_text(incident["id"])},
                   {incident["target"].text()},
                   {when_text(opened, incidents.now())},
                   {opened.has_value() ? human_span(end - *opened) : ""},
                   word(incident["peak"].text()),
                   open ? word(incident["phase"].text()) : Cell{"closed", Colour::green},
                   {incident["reason"].text()}});
    }
    return table.render(painter);
}

std::string word_or_nothing(const Json& value) {
    const std::string text = value.text();
    return text == "none" ? std::string{} : text;
}

Colour colour_of_result(const Json& row) {
    const std::string outcome = word_or_nothing(row["outcome"]);
    return colour_of(outcome.empty() ? row["result"].text() : outcome);
}

std::string action_name(const Json& action) {
    const std::string unit = action["unit"].text();
    return fmt::format("{} {}{}",
                       action["kind"].text(),
                       unit.empty() ? action["target"].text() : unit,
                       action["dry_run"].flag() ? " (dry-run)" : "");
}

std::string action_result(const Json& restored_action) {
    const std::string state = restored_action["state"].text();
    const std::string result = word_or_nothing(restored_action["result"]);
    const std::string outcome = word_or_nothing(restored_action["outcome"]);
    if (restored_action.at("action.dry_run").flag()) {
        return outcome.empty() ? "would act" : "would act, " + outcome;
    }
    if (state == name_of(ActionState::intended)) {
        return "intended";
    }
    if (state == name_of(ActionState::started)) {
        return "running";
    }
    std::string text = result.empty() ? state : result;
    if (!outcome.empty()) {
        text += ", " + outcome;
    }
    const bool undone = state == name_of(ActionState::rolled_back) ||
                        state == name_of(ActionState::rollback_failed);
    return undone && !result.empty() ? text + ", " + state : text;
}

std::string render_actions(const Document& actions, const Painter& painter) {
    const std::vector<Json> rows = actions.root()["actions"].items();
    if (rows.empty()) {
        return "no action is on record\n";
    }
    Table table{{"ACTION", "WHEN", "TARGET", "LEVEL", "WHAT", "RESULT", "INCIDENT"}};
    table.align_right(0);
    for (const Json& row : rows) {
        const Json action = row["action"];
        table.add({{id_text(action["sequence"])},
                   {when_text(action["intended"].wall(), actions.now())},
                   {action["target"].text()},
                   word(action["level"].text()),
                   {action_name(action)},
                   {action_result(row), colour_of_result(row)},
                   {id_text(action["incident"])}});
    }
    return table.render(painter);
}

}  // namespace primum::ctl

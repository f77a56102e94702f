// SPDX-License-Identifier: MIT
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::ctl {
namespace {

constexpr std::size_t short_digest = 12;
constexpr std::size_t errors_shown = 3;

// The block of "name  value" lines at the top.
class Facts {
public:
    explicit Facts(const Painter& painter) : painter_(painter) {}

    void add(std::string_view name, std::string_view value, Colour colour = Colour::plain) {
        out_ += fmt::format("{:<11}  {}\n", name, painter_.paint(printable(value), colour));
    }
    void more(std::string_view value, Colour colour = Colour::plain) { add("", value, colour); }

    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    const Painter& painter_;
    std::string out_;
};

void add_off_switch(Facts& facts, const Document& status) {
    const Json daemon = status.root()["daemon"];
    const bool run = daemon["off_switch_run"].flag();
    const bool etc = daemon["off_switch_etc"].flag();
    if (run) {
        facts.add("off switch", "ON: /run/primum/disabled is there; nothing acts", Colour::red);
    }
    if (etc) {
        facts.add(run ? "" : "off switch",
                  "ON: /etc/primum/disabled is there; nothing acts",
                  Colour::red);
    }
    if (run || etc) {
        return;
    }
    const std::vector<Json> holds = status.root().at("host.holds").items();
    const bool disabled_all = std::any_of(holds.begin(), holds.end(), [](const Json& hold) {
        return hold["disable"].flag() && hold["target"].text().empty();
    });
    if (disabled_all || status.root().at("host.disabled").flag()) {
        facts.add("off switch", "ON: disabled by an operator; nothing acts", Colour::red);
        return;
    }
    facts.add("off switch", "not set");
}

void add_rules(Facts& facts, const Document& status) {
    const Json reload = status.root().at("daemon.reload");
    const std::string digest = status.root().at("host.rules_digest").text().substr(0, short_digest);
    const std::string shown = digest.empty() ? "none in force" : digest;
    if (!reload["ever"].flag()) {
        facts.add("rules", shown);
        return;
    }
    const auto at = reload["at_wall_us"].wall();
    if (reload["ok"].flag()) {
        facts.add("rules",
                  fmt::format("{}, last reload ok{}, {}",
                              shown,
                              reload["unchanged"].flag() ? " (unchanged)" : "",
                              when_text(at, status.now())));
        return;
    }
    const std::vector<Json> errors = reload["errors"].items();
    facts.add("rules",
              fmt::format("{}, LAST RELOAD FAILED with {} mistake{}, {}; the old rules stay",
                          shown,
                          errors.size(),
                          errors.size() == 1 ? "" : "s",
                          when_text(at, status.now())),
              Colour::red);
    for (std::size_t i = 0; i < std::min(errors.size(), errors_shown); ++i) {
        facts.more(errors[i].text(), Colour::red);
    }
    if (errors.size() > errors_shown) {
        facts.more(fmt::format("... and {} more: primumctl rules check shows them all",
                               errors.size() - errors_shown));
    }
}

void add_budget(Facts& facts, const Json& host) {
    const Json budget = host["host_budget"];
    const std::int64_t used = host["host_actions_used"].number();
    const std::int64_t most = budget["actions"].number();
    facts.add(
        "budget",
        fmt::format("{} of {} actions used in {}", used, most, human_span(budget["per_us"].span())),
        used >= most ? Colour::yellow : Colour::plain);
}

void add_counts(Facts& facts, const Json& counts) {
    std::string text = fmt::format("{}", counts["targets"].number());
    std::string_view separator = ": ";
    for (const std::string_view level : enum_names<Level>) {
        if (const std::int64_t count = counts[level].number(); count > 0) {
            text += fmt::format("{}{} {}", separator, count, level);
            separator = ", ";
        }
    }
    facts.add("targets", text);
}

// Which actions are not judged yet, newest first.
void add_in_flight(Facts& facts, const Document& status, const Document* actions) {
    const std::int64_t count = status.root().at("host.in_flight").number();
    if (count == 0) {
        facts.add("in flight", "nothing");
        return;
    }
    std::string_view name = "in flight";
    for (const Json& row :
         actions == nullptr ? std::vector<Json>{} : actions->root()["actions"].items()) {
        const Json action = row["action"];
        const std::string state = row["state"].text();
        const bool open = state == name_of(ActionState::intended) ||
                          state == name_of(ActionState::started) ||
                          state == name_of(ActionState::finished);
        if (open && !action["dry_run"].flag()) {
            facts.add(name,
                      fmt::format("{}, {}, {}",
                                  action_name(action),
                                  state,
                                  when_text(action["intended"].wall(), status.now())),
                      Colour::yellow);
            name = "";
        }
    }
    if (!name.empty()) {
        facts.add(name, fmt::format("{} action{}", count, count == 1 ? "" : "s"), Colour::yellow);
    }
}

std::string facts_text(const Document& status, const Document* actions, const Painter& painter) {
    const Json root = status.root();
    const Json host = root["host"];
    Facts facts{painter};
    facts.add("primumd",
              fmt::format("{}, running since {}",
                          root.at("daemon.version").text(),
                          when_text(root.at("daemon.started_wall_us").wall(), status.now())));
    const std::string mode = host["mode"].text();
    facts.add("mode", mode, colour_of(mode));
    add_off_switch(facts, status);
    const bool healthy = host["ledger_healthy"].flag();
    facts.add("ledger",
              healthy ? "healthy" : "NOT WRITABLE: no remedy is applied until it is again",
              healthy ? Colour::green : Colour::red);
    add_rules(facts, status);
    if (const auto until = host["warm_up_until"].wall()) {
        facts.add("warming up", "until " + when_text(until, status.now()), Colour::yellow);
    }
    if (const std::string busy = host["busy"].text(); !busy.empty()) {
        facts.add("waiting for", busy, Colour::yellow);
    }
    add_budget(facts, host);
    add_counts(facts, root["counts"]);
    add_in_flight(facts, status, actions);
    return facts.take();
}

std::string holds_text(const Document& status, const Painter& painter) {
    Table table{{"HOLD", "KIND", "TARGET", "ENDS", "BY", "REASON"}};
    table.align_right(0);
    for (const Json& hold : status.root().at("host.holds").items()) {
        const std::string target = hold["target"].text();
        table.add({{fmt::format("{}", hold["id"].number())},
                   {hold["disable"].flag() ? "disable" : "hold", Colour::yellow},
                   {target.empty() ? "all" : target},
                   {when_text(hold["until"].wall(), status.now())},
                   {fmt::format("uid {}", hold["uid"].number())},
                   {hold["reason"].text()}});
    }
    return table.empty() ? "" : "\n" + table.render(painter);
}

std::string ill_text(const Document& status, const Painter& painter) {
    Table table{{"ILL TARGET", "LEVEL", "SEVERITY", "PHASE", "REASON", "INCIDENT"}};
    for (const Json& target : status.root()["ill"].items()) {
        const std::int64_t incident = target["incident"].number();
        table.add({{target["name"].text()},
                   word(target["level"].text()),
                   word(target["severity"].text()),
                   word(target["phase"].text()),
                   {target["reason"].text()},
                   {incident == 0 ? "" : fmt::format("{}", incident)}});
    }
    return table.empty() ? "" : "\n" + table.render(painter);
}

std::string last_actions_text(const Document& actions, const Painter& painter) {
    Table table{{"LAST ACTIONS", "TARGET", "WHAT", "RESULT"}};
    for (const Json& row : actions.root()["actions"].items()) {
        const Json action = row["action"];
        table.add({{when_text(action["intended"].wall(), actions.now())},
                   {action["target"].text()},
                   {action_name(action)},
                   {action_result(row), colour_of_result(row)}});
    }
    return table.empty() ? "" : "\n" + table.render(painter);
}

}  // namespace

std::string render_status(const Document& status, const Document* actions, const Painter& painter) {
    return facts_text(status, actions, painter) + holds_text(status, painter) +
           ill_text(status, painter) +
           (actions == nullptr ? "" : last_actions_text(*actions, painter));
}

}  // namespace primum::ctl

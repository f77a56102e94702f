// SPDX-License-Identifier: MIT
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>
#include <primum/record.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

// One line of the story.
struct Moment {
    WallTime at;
    Cell what;
    std::string level;
    std::string detail;
};

// What there is to say, each thing once.
std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (auto part = parts.begin(); part != parts.end(); ++part) {
        if (!part->empty() && std::find(parts.begin(), part, *part) == part) {
            out += (out.empty() ? "" : "; ") + *part;
        }
    }
    return out;
}

// The first veto, with its detail: why nothing was done.
std::string veto_of(const Json& decision) {
    for (const Json& guard : decision["guards"].items()) {
        if (guard["verdict"].text() == name_of(Verdict::veto)) {
            const std::string detail = guard["detail"].text();
            return guard["guard"].text() + (detail.empty() ? "" : " (" + detail + ")");
        }
    }
    return {};
}

// The evidence that is worse than ok.
std::string evidence_of(const Json& decision) {
    std::string out;
    for (const Json& item : decision["evidence"].items()) {
        const auto severity = from_name<Severity>(item["severity"].text());
        if (severity.has_value() && *severity > Severity::ok) {
            out += fmt::format("{}{} {} = {}",
                               out.empty() ? "" : ", ",
                               item["indicator"].text(),
                               item["severity"].text(),
                               item["value"].text());
        }
    }
    return out;
}

Moment moment_of_decision(const Json& decision) {
    const std::string kind = decision["kind"].text();
    const std::string veto = kind == name_of(DecisionKind::waited) ? veto_of(decision) : "";
    const bool opening =
        kind == name_of(DecisionKind::opened) || kind == name_of(DecisionKind::acted) ||
        kind == name_of(DecisionKind::would_act) || kind == name_of(DecisionKind::relapsed);
    return {decision["at"].wall().value_or(WallTime{}),
            word(kind),
            decision["level"].text(),
            joined({veto.empty() ? decision["reason"].text() : veto,
                    decision["detail"].text(),
                    opening ? evidence_of(decision) : ""})};
}

// What the actuator found and kept; empty where there is nothing to say.
std::string facts_text(const Json& facts) {
    std::vector<std::string> parts;
    if (const auto id = facts["evidence"].text(); !id.empty()) {
        parts.push_back("evidence in /var/lib/primum-actuator/evidence/" + id + ".txt");
    }
    const auto before = facts["stored_before"].number();
    const auto after = facts["stored_after"].number();
    if (before != not_counted && after != not_counted && before + after > 0) {
        parts.push_back(fmt::format("{} of {} stored descriptors came back", after, before));
    }
    if (facts["lost_state"].flag()) {
        parts.emplace_back("state was lost");
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

// What kept an action from being rolled back, beneath the story: a diff is not for a column.
std::string conflict_text(const Json& transition) {
    const std::string diff = printable(transition["facts"]["conflict"].text(), true);
    if (diff.empty()) {
        return {};
    }
    std::string out = fmt::format("\nChanged by somebody since action {}, and left alone:\n",
                                  printable(transition["action"].text()));
    for (std::size_t at = 0; at < diff.size();) {
        const std::size_t end = std::min(diff.find('\n', at), diff.size());
        out += "  " + diff.substr(at, end - at) + '\n';
        at = end + 1;
    }
    return out;
}

Moment moment_of_transition(const Json& transition, const std::map<std::string, Json>& actions) {
    const auto known = actions.find(transition["action"].text());
    const Json action = known == actions.end() ? Json{} : known->second["action"];
    const std::string took = transition["took_us"].number() == 0
                                 ? ""
                                 : "took " + human_span(transition["took_us"].span());
    return {transition["at"].wall().value_or(WallTime{}),
            {"  action " + transition["state"].text(), colour_of_result(transition)},
            action["level"].text(),
            joined({action_name(action),
                    word_or_nothing(transition["result"]),
                    word_or_nothing(transition["outcome"]),
                    word_or_nothing(transition["reason"]),
                    transition["detail"].text(),
                    facts_text(transition["facts"]),
                    took})};
}

std::string head_text(const Document& document, const Painter& painter) {
    const Json incident = document.root().at("story.incident.incident");
    const auto opened = incident["opened"].wall();
    const auto closed = incident["closed"].wall();
    const bool open = incident["open"].flag();
    std::string out = painter.paint(
        fmt::format(
            "Incident {} of {}", incident["id"].number(), printable(incident["target"].text())),
        Colour::bold);
    out += fmt::format("\n{:<9}  {}\n", "opened", when_text(opened, document.now()));
    if (open) {
        const std::string phase = incident["phase"].text();
        out += fmt::format("{:<9}  {}, at {}\n",
                           "open",
                           painter.paint(phase, colour_of(phase)),
                           incident["level"].text());
    } else if (opened.has_value() && closed.has_value()) {
        out += fmt::format("{:<9}  {}, after {}\n",
                           "closed",
                           when_text(closed, document.now()),
                           human_span(*closed - *opened));
    }
    out += fmt::format("{:<9}  {}\n", "peak", incident["peak"].text());
    out += fmt::format("{:<9}  {}{}\n",
                       "reason",
                       printable(incident["reason"].text()),
                       incident["dry_run"].flag() ? " (only dry-run so far)" : "");
    return out;
}

}  // namespace

std::string render_incident(const Document& story, const Painter& painter) {
    const Json parts = story.root()["story"];
    std::map<std::string, Json> actions;
    for (const Json& row : parts["actions"].items()) {
        actions.emplace(row.at("action.id").text(), row);
    }
    std::vector<Moment> moments;
    std::string conflicts;
    for (const Json& decision : parts["decisions"].items()) {
        moments.push_back(moment_of_decision(decision));
    }
    for (const Json& transition : parts["transitions"].items()) {
        moments.push_back(moment_of_transition(transition, actions));
        conflicts += conflict_text(transition);
    }
    std::stable_sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
        return a.at < b.at;
    });
    Table table{{"TIME", "AFTER", "WHAT", "LEVEL", "DETAIL"}};
    table.align_right(1);
    const WallTime start = moments.empty() ? WallTime{} : moments.front().at;
    for (Moment& moment : moments) {
        table.add({{local_time(moment.at)},
                   {"+" + human_span(moment.at - start)},
                   std::move(moment.what),
                   {moment.level},
                   {moment.detail}});
    }
    return head_text(story, painter) +
           (table.empty() ? "\nno step of it is on record\n" : "\n" + table.render(painter)) +
           conflicts;
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/export_incident.hpp"
#include "ctl/render.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace primum::ctl {
namespace {

constexpr const char* unknown_cause = "unknown";

// "2026-11-22 03:55:00Z": a bundle travels, and local time does not.
std::string utc(std::optional<WallTime> at) {
    if (!at.has_value()) {
        return "-";
    }
    const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(*at);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

// The first evidence of the first decision that is worse than ok, the worst first.
Json first_failing(const Json& story) {
    for (const Json& decision : story["decisions"].items()) {
        Json worst;
        auto severity = Severity::ok;
        for (const Json& item : decision["evidence"].items()) {
            const auto said = from_name<Severity>(item["severity"].text());
            if (said && *said > severity) {
                severity = *said;
                worst = item;
            }
        }
        if (worst.present()) {
            return worst;
        }
    }
    return {};
}

bool vetoed_by(const Json& story, Guard guard) {
    for (const Json& decision : story["decisions"].items()) {
        if (decision["reason"].text() == name_of(guard)) {
            return true;
        }
    }
    return false;
}

bool is_unit_state(const std::string& value) {
    return value == "failed" || value == "inactive" || value == "activating" ||
           value == "deactivating";
}

const char* prevention(const std::string& cause) {
    if (cause == "unit_failed") {
        return "Read the unit's own log from just before the first failure, and let systemd's "
               "Restart= be the first answer to a crash.";
    }
    if (cause == "source") {
        return "The evidence failed, not the service: see to the source, and let more than one "
               "look at what matters.";
    }
    if (cause == "common_cause") {
        return "Most targets were ill at once: look for what they share before you look at any "
               "one of them.";
    }
    if (cause == "indicator") {
        return "Find what moved the indicator; if it was no illness, move its threshold or its "
               "persistence, and replay this bundle with the new rules first.";
    }
    return "Not known: nothing on record says what failed first.";
}

// The action that was verified `improved`, newest first.
Json what_helped(const Json& story) {
    Json found;
    for (const Json& row : story["actions"].items()) {
        found = row["outcome"].text() == name_of(Outcome::improved) ? row : found;
    }
    return found;
}

std::string fix_text(const Json& story, const Json& incident) {
    const Json helped = what_helped(story);
    if (helped.present()) {
        return fmt::format("{} (action {}) was followed by recovery.",
                           action_name(helped["action"]),
                           helped.at("action.sequence").number());
    }
    if (incident["open"].flag()) {
        return "None yet: the incident is open.";
    }
    return fmt::format("No action of primum's is known to have helped; it ended as \"{}\".",
                       incident["reason"].text());
}

std::string confidence_text(const BundleFacts& facts, const std::string& cause) {
    if (cause == unknown_cause) {
        return "low: nothing on record says what failed first.";
    }
    if (!facts.replays) {
        return "medium: the records are there, the recording that proves them is not whole.";
    }
    return "high for what happened (the decisions replay byte for byte); the cause is what the "
           "evidence names, and no more than that.";
}

std::string row(std::initializer_list<std::string> cells) {
    std::string line = "|";
    for (const std::string& cell : cells) {
        std::string safe = printable(cell);
        for (std::size_t at = 0; (at = safe.find('|', at)) != std::string::npos; at += 2) {
            safe.insert(at, "\\");
        }
        line += " " + safe + " |";
    }
    return line + "\n";
}

std::string evidence_table(const Json& story) {
    std::string out = "| time | decision | level | reason | evidence |\n|---|---|---|---|---|\n";
    for (const Json& decision : story["decisions"].items()) {
        std::string evidence;
        for (const Json& item : decision["evidence"].items()) {
            evidence += fmt::format("{}{} {} = {}",
                                    evidence.empty() ? "" : ", ",
                                    item["indicator"].text(),
                                    item["severity"].text(),
                                    item["value"].text());
        }
        out += row({utc(decision["at"].wall()),
                    decision["kind"].text(),
                    decision["level"].text(),
                    decision["reason"].text(),
                    evidence});
    }
    return out;
}

std::string actions_table(const Json& story) {
    std::string out = "| action | time | what | level | outcome |\n|---|---|---|---|---|\n";
    for (const Json& each : story["actions"].items()) {
        const Json action = each["action"];
        out += row({std::to_string(action["sequence"].number()),
                    utc(action["intended"].wall()),
                    action_name(action),
                    action["level"].text(),
                    action_result(each)});
    }
    return out;
}

std::string commands_table(const std::vector<Json>& commands) {
    std::string out = "| time | who | command | reason | answer |\n|---|---|---|---|---|\n";
    for (const Json& command : commands) {
        out += row({utc(command["at"].wall()),
                    fmt::format("uid {}", command["uid"].number()),
                    fmt::format("{} {}", command["verb"].text(), command["target"].text()),
                    command["reason"].text(),
                    (command["accepted"].flag() ? "" : "refused: ") + command["message"].text()});
    }
    return out;
}

void write_digest(event::JsonWriter& writer, const BundleFacts& facts) {
    const Json story = facts.story.root()["story"];
    writer.begin_object();
    writer.key("cause_class");
    writer.value(cause_class(facts));
    writer.key("first_failing");
    writer.raw(first_failing(story).raw());
    writer.key("impacted");
    writer.begin_array();
    for (const std::string& name : facts.impacted) {
        writer.value(name);
    }
    writer.end_array();
    writer.end_object();
}

void write_recording(event::JsonWriter& writer, const BundleFacts& facts) {
    writer.begin_object();
    writer.key("files");
    writer.begin_array();
    for (const std::string& name : facts.slice.files) {
        writer.value(name);
    }
    writer.end_array();
    writer.key("from_wall_us");
    writer.value(to_us(facts.slice.from.value_or(WallTime{})));
    writer.key("to_wall_us");
    writer.value(to_us(facts.slice.to));
    writer.key("whole");
    writer.value(facts.slice.reaches_end);
    writer.key("decisions");
    writer.value(std::uint64_t{facts.decisions.size()});
    writer.key("replays");
    writer.value(facts.replays);
    writer.end_object();
}

}  // namespace

std::string cause_class(const BundleFacts& facts) {
    const Json story = facts.story.root()["story"];
    if (story.at("incident.incident.target").text().starts_with("source:")) {
        return "source";
    }
    if (vetoed_by(story, Guard::common_cause)) {
        return "common_cause";
    }
    const Json first = first_failing(story);
    if (!first.present()) {
        return unknown_cause;
    }
    return is_unit_state(first["value"].text()) ? "unit_failed" : "indicator";
}

std::string bundle_json(const BundleFacts& facts) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("schema");
    writer.value(bundle_schema);
    writer.key("exported");
    writer.raw(facts.story.root()["now"].raw());
    writer.key("story");
    writer.raw(facts.story.root()["story"].raw());
    writer.key("operator_commands");
    writer.begin_array();
    for (const Json& command : facts.commands) {
        writer.raw(command.raw());
    }
    writer.end_array();
    writer.key("digest");
    write_digest(writer, facts);
    writer.key("environment");
    writer.raw(facts.environment);
    writer.key("recording");
    write_recording(writer, facts);
    writer.key("replay");
    writer.value("primumctl replay " + facts.name + ".tar.zst");
    writer.end_object();
    return json + "\n";
}

std::string bundle_report(const BundleFacts& facts) {
    const Json story = facts.story.root()["story"];
    const Json incident = story.at("incident.incident");
    const Json first = first_failing(story);
    const std::string cause = cause_class(facts);
    const auto opened = incident["opened"].wall();
    const auto closed = incident["open"].flag() ? std::nullopt : incident["closed"].wall();
    std::string impacted;
    for (const std::string& name : facts.impacted) {
        impacted += (impacted.empty() ? "" : ", ") + name;
    }
    std::string out = fmt::format(
        "# Incident {} of {}\n\n", incident["id"].number(), printable(incident["target"].text()));
    const auto part = [&](const char* heading, const std::string& text) {
        out += fmt::format("## {}\n\n{}\n\n", heading, text);
    };
    part("Date",
         fmt::format("{} to {}{}",
                     utc(opened),
                     closed ? utc(closed) : "now (open)",
                     opened && closed ? ", " + human_span(*closed - *opened) : ""));
    part("Trigger",
         first.present() ? printable(fmt::format("{} was {}: {} ({})",
                                                 first["indicator"].text(),
                                                 first["severity"].text(),
                                                 first["value"].text(),
                                                 first["why"].text()))
                         : std::string{"Not on record."});
    part("Impact",
         fmt::format("{}, {}, up to level {}. Ill at the same time: {}.",
                     printable(incident["target"].text()),
                     incident["sev"].text(),
                     incident["peak"].text(),
                     impacted.empty() ? "nothing else" : printable(impacted)));
    part("Cause", fmt::format("Class `{}`: what failed first stands under Trigger.", cause));
    part("Fix", printable(fix_text(story, incident)));
    part("Prevention", prevention(cause));
    part("Evidence", evidence_table(story));
    part("Actions", actions_table(story));
    part("Operators", commands_table(facts.commands));
    part("Confidence", confidence_text(facts, cause));
    part("Replay",
         facts.slice.files.empty()
             ? std::string{"Nothing of it is recorded any more."}
             : fmt::format("    primumctl replay {}.tar.zst\n\nmakes its {} decisions again.",
                           facts.name,
                           facts.decisions.size()));
    return out;
}

}  // namespace primum::ctl

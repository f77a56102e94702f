// SPDX-License-Identifier: MIT
#include "daemon/notice/wording.hpp"

#include "event/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace primum::notice {
namespace {

using event::JsonWriter;

std::string_view whose(const Alert& alert) {
    return alert.target.empty() ? std::string_view{"the host"} : std::string_view{alert.target};
}

std::string summary_of(const Alert& alert, const IncidentRecord* incident) {
    switch (alert.kind) {
        case NoticeKind::heartbeat:
            return "primum watches over this host";
        case NoticeKind::incident:
            return incident == nullptr
                       ? fmt::format("{}: incident {} is over", alert.target, alert.incident)
                       : fmt::format("{} is ill: level {} ({}), {}",
                                     alert.target,
                                     index_of(incident->level),
                                     name_of(incident->level),
                                     name_of(incident->sev));
        case NoticeKind::sev1:
            return fmt::format(
                "{}: incident {} is {}", alert.target, alert.incident, name_of(Sev::sev1));
        case NoticeKind::breaker:
            return fmt::format("the breaker of {} is tripped", whose(alert));
        default:
            return fmt::format("{}: {}", whose(alert), name_of(alert.kind));
    }
}

void add_done(std::string& text, const IncidentRecord& incident) {
    std::string done;
    for (std::size_t i = index_of(Level::retry); i < level_count; ++i) {
        for (const bool dry : {false, true}) {
            const auto count = (dry ? incident.dry_attempts : incident.attempts).at(i);
            if (count > 0) {
                done += fmt::format("{}{} {}{}",
                                    done.empty() ? "" : ", ",
                                    name_of(static_cast<Level>(i)),
                                    count,
                                    dry ? " (dry run)" : "");
            }
        }
    }
    text += fmt::format(" Incident {}, opened {} ({}). Level {} ({}), {}; {}. Done: {}.",
                        incident.id,
                        rfc3339(incident.opened.wall),
                        incident.reason,
                        index_of(incident.level),
                        name_of(incident.level),
                        name_of(incident.phase),
                        name_of(incident.sev),
                        done.empty() ? "nothing yet" : done);
}

void add_next(std::string& text, const Explanation& explained) {
    if (explained.last_decision) {
        const auto& last = *explained.last_decision;
        text += fmt::format(" Last decision: {} ({}).", name_of(last.kind), last.reason);
    }
    if (!explained.next.empty()) {
        text += fmt::format(" Next: {}.", explained.next);
    }
    if (!explained.undo.empty()) {
        text += fmt::format(" To undo: {}.", explained.undo);
    }
    text += fmt::format(" Why: primumctl explain {}", explained.target.name);
}

std::string bounded(std::string text) {
    // Four times what one text of ours may have: a page, the facts and what comes next.
    text.resize(std::min(text.size(), 4 * max_text_bytes));
    return text;
}

void put(JsonWriter& json, std::string_view key, std::string_view text) {
    if (!text.empty()) {
        json.key(key);
        json.value(text);
    }
}

void put_labels(JsonWriter& json, const Alert& alert, const Origin& origin) {
    json.key("labels");
    json.begin_object();
    put(json, "alertname", facts_of(alert.kind).alert);
    put(json, "severity", name_of(facts_of(alert.kind).gravity));
    put(json, "sender", "primum");
    put(json, "instance", origin.host);
    put(json, "target", alert.target);
    put(json, "unit", alert.unit);
    if (alert.incident != 0) {
        put(json, "incident", std::to_string(alert.incident));
    }
    json.end_object();
}

}  // namespace

AlertText text_of(const Alert& alert,
                  const IncidentRecord* incident,
                  const std::optional<Explanation>& explained) {
    AlertText text{summary_of(alert, incident), alert.text};
    if (alert.kind == NoticeKind::heartbeat) {
        text.description =
            "Fires always. When it does not, primum is down, or its alerts do not "
            "arrive: nobody is told of anything else then.";
    }
    if (incident != nullptr) {
        add_done(text.description, *incident);
        if (explained && alert.ends == WallTime{}) {
            add_next(text.description, *explained);
        }
    } else if (alert.ends != WallTime{}) {
        text.description += fmt::format(" It is over since {}.", rfc3339(alert.ends));
    } else if (alert.kind == NoticeKind::breaker) {
        text.description += fmt::format(" Once it is understood: primumctl reset-breaker {}",
                                        alert.target.empty() ? "" : alert.target);
    }
    const auto from = text.description.find_first_not_of(' ');
    text.description = bounded(from == std::string::npos ? "" : text.description.substr(from));
    return text;
}

std::string alerts_json(const std::vector<AlertBook::Sending>& sendings,
                        const AlertBook& book,
                        const Origin& origin,
                        const Explain& explain,
                        WallTime fires_until) {
    std::string body;
    JsonWriter json{body};
    json.begin_array();
    for (const auto& sending : sendings) {
        const auto& alert = sending.alert;
        const auto* incident = book.incident(alert.incident);
        const auto text =
            text_of(alert, incident, incident == nullptr ? std::nullopt : explain(alert.target));
        json.begin_object();
        put_labels(json, alert, origin);
        json.key("annotations");
        json.begin_object();
        put(json, "summary", text.summary);
        put(json, "description", text.description);
        if (incident != nullptr) {
            put(json, "level", name_of(incident->level));
            put(json, "sev", name_of(incident->sev));
        }
        put(json, "runbook_url", runbook_of(origin, alert.kind));
        json.end_object();
        put(json, "startsAt", rfc3339(alert.starts));
        put(json, "endsAt", rfc3339(sending.ending ? alert.ends : fires_until));
        put(json, "generatorURL", origin.status_url);
        json.end_object();
    }
    json.end_array();
    return body;
}

}  // namespace primum::notice

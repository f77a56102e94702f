// SPDX-License-Identifier: MIT
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

namespace primum::ctl {
namespace {

std::string heading(std::string_view text, const Painter& painter) {
    return "\n" + painter.paint(text, Colour::bold) + "\n";
}

std::string fact(std::string_view name, const std::string& value) {
    return value.empty() ? "" : fmt::format("{:<11}  {}\n", name, printable(value));
}

// The lines that show and explain have in common.
std::string target_text(const Document& explain, const Painter& painter) {
    const Json target = explain.root().at("explanation.target");
    const std::string level = target["level"].text();
    const std::string severity = target["severity"].text();
    const std::string phase = target["phase"].text();
    const std::string mode = target["mode"].text();
    std::string out = painter.paint(printable(target["name"].text()), Colour::bold);
    const std::string unit = target["unit"].text();
    out += unit.empty() ? "\n" : fmt::format(" ({})\n", printable(unit));
    out += fmt::format("{:<11}  {}\n", "level", painter.paint(level, colour_of(level)));
    out += fmt::format("{:<11}  {}\n", "severity", painter.paint(severity, colour_of(severity)));
    out += fmt::format("{:<11}  {}\n", "phase", painter.paint(phase, colour_of(phase)));
    out += fact("mode",
                mode == name_of(Mode::enforce)
                    ? fmt::format("{} up to {}", mode, target["enforce_up_to"].text())
                    : mode);
    out += fact("held back", target["held_back"].text());
    if (target["held"].flag()) {
        out += fact("held", "yes: an operator's hold keeps primum off it");
    }
    if (target["disabled"].flag()) {
        out += fact("disabled", "yes: the off switch or a disable covers it");
    }
    if (target["flapping"].flag()) {
        out += fact("flapping", "yes: its state changes too often to be trusted");
    }
    if (const std::int64_t incident = target["incident"].number(); incident != 0) {
        out +=
            fact("incident", fmt::format("{} (primumctl incidents show {})", incident, incident));
    }
    out += fact("reason", target["reason"].text());
    if (!unit.empty()) {
        out += fact("log", fmt::format("journalctl -e -u {}", unit));
    }
    return out;
}

std::string decision_text(const Document& explain) {
    const Json decision = explain.root().at("explanation.last_decision");
    if (!decision.present()) {
        return "";
    }
    std::string text = fmt::format("{} at {}", decision["kind"].text(), decision["level"].text());
    if (const std::string reason = decision["reason"].text(); !reason.empty()) {
        text += ": " + reason;
    }
    if (const std::string detail = decision["detail"].text(); !detail.empty()) {
        text += " (" + detail + ")";
    }
    return fact("decided", text) + fact("", when_text(decision["at"].wall(), explain.now()));
}

std::string next_text(const Document& explain) {
    const Json explanation = explain.root()["explanation"];
    const auto at = explanation["next_at"].wall();
    std::string text = explanation["next"].text();
    if (at.has_value()) {
        text +=
            fmt::format("{}not before {}", text.empty() ? "" : ", ", when_text(at, explain.now()));
    }
    return fact("next", text.empty() ? "nothing" : text);
}

// Evidence and guards as a decision recorded them.
std::string recorded_text(const Json& decision, const Painter& painter) {
    Table evidence{{"INDICATOR", "SEVERITY", "VALUE", "WHY"}};
    for (const Json& item : decision["evidence"].items()) {
        evidence.add({{item["indicator"].text()},
                      word(item["severity"].text()),
                      {item["value"].text()},
                      {item["why"].text()}});
    }
    Table guards{{"GUARD", "VERDICT", "DETAIL"}};
    for (const Json& guard : decision["guards"].items()) {
        guards.add(
            {{guard["guard"].text()}, word(guard["verdict"].text()), {guard["detail"].text()}});
    }
    return (evidence.empty() ? ""
                             : heading("Evidence, then", painter) + evidence.render(painter, 2)) +
           (guards.empty() ? "" : heading("Guards, then", painter) + guards.render(painter, 2));
}

// "waited at retry: cooldown (1m 30s left), 2026-11-22 03:59:30"
std::string decision_line(const Json& decision) {
    const std::string reason = decision["reason"].text();
    const std::string detail = decision["detail"].text();
    return fmt::format("{} at {}{}{}, {}",
                       decision["kind"].text(),
                       decision["level"].text(),
                       reason.empty() ? "" : ": " + reason,
                       detail.empty() ? "" : " (" + detail + ")",
                       local_time(decision["at"].wall().value_or(WallTime{})));
}

std::string evidence_text(const Document& explain, const Painter& painter) {
    Table table{{"INDICATOR", "SEVERITY", "VALUE", "WHY", "SOURCE", "LAST KNOWN"}};
    for (const Json& item : explain.root().at("explanation.evidence").items()) {
        table.add({{item["indicator"].text()},
                   word(item["severity"].text()),
                   {item["value"].text()},
                   {item["why"].text()},
                   {item["source"].text()},
                   {when_text(item["last"].wall(), explain.now())}});
    }
    return table.empty() ? "" : heading("Evidence", painter) + table.render(painter, 2);
}

std::string guards_text(const Document& explain, const Painter& painter) {
    Table table{{"GUARD", "VERDICT", "DETAIL"}};
    for (const Json& guard : explain.root().at("explanation.guards").items()) {
        table.add(
            {{guard["guard"].text()}, word(guard["verdict"].text()), {guard["detail"].text()}});
    }
    return table.empty()
               ? ""
               : heading("Guards, as they answer now", painter) + table.render(painter, 2);
}

Cell rung_state(const Json& rung, const std::string& current) {
    if (rung["spent"].flag()) {
        return {"spent", Colour::dim};
    }
    if (rung["level"].text() == current) {
        return {"here", Colour::yellow};
    }
    return {rung["named"].flag() ? "ahead" : "not used", Colour::plain};
}

std::string ladder_text(const Document& explain, const Painter& painter) {
    const std::string current = explain.root().at("explanation.target.level").text();
    Table table{{"LEVEL", "STATE", "WHEN", "REMEDY", "TRIES", "REALLY DONE", "COOLDOWN ENDS"}};
    for (const Json& rung : explain.root().at("explanation.rungs").items()) {
        const std::int64_t attempts = rung["attempts"].number();
        const bool has_remedy = !rung["remedy"].text().empty();
        table.add(
            {word(rung["level"].text()),
             rung_state(rung, current),
             {rung["condition"].text()},
             {rung["remedy"].text()},
             {attempts == 0 ? ""
                            : fmt::format("{} of {}", rung["attempts_used"].number(), attempts)},
             {!has_remedy               ? ""
              : rung["enforced"].flag() ? "yes"
                                        : "dry-run"},
             {when_text(rung["cooldown_until"].wall(), explain.now())}});
    }
    return table.empty() ? "" : heading("Ladder", painter) + table.render(painter, 2);
}

// How often each rung was right, of those that have decided anything.
std::string precision_lines(const Document& explain, const Painter& painter) {
    Table table{{"LEVEL", "HOW OFTEN IT WAS RIGHT"}};
    for (const Json& rung : explain.root().at("explanation.rungs").items()) {
        const std::string text = rung["precision"].text();
        if (!text.empty()) {
            table.add({word(rung["level"].text()), {text}});
        }
    }
    return table.empty() ? "" : heading("Precision", painter) + table.render(painter, 2);
}

}  // namespace

std::string render_show(const Document& explain, const Painter& painter) {
    return target_text(explain, painter) + decision_text(explain) + next_text(explain) +
           fact("action", explain.root().at("explanation.action").text());
}

std::string render_explain(const Document& explain, const Painter& painter) {
    const Json explanation = explain.root()["explanation"];
    return target_text(explain, painter) + decision_text(explain) +
           evidence_text(explain, painter) + guards_text(explain, painter) +
           ladder_text(explain, painter) + precision_lines(explain, painter) +
           heading("What comes next", painter) + next_text(explain) +
           fact("action", explanation["action"].text()) +
           fact("to undo it", explanation["undo"].text()) +
           fact("to stop it", explanation["stop"].text());
}

std::string render_past(const Past& past, const std::vector<Json>& steps, const Painter& painter) {
    std::string out =
        painter.paint(fmt::format("{} at {}", printable(past.target), local_time(past.at)),
                      Colour::bold) +
        "\n";
    if (!past.incident.present()) {
        return out + fact("level", "steady: no incident of it was open then") +
               fact("more", "primumctl incidents lists those on record");
    }
    const std::int64_t id = past.incident["id"].number();
    const Json& last = past.last_decision;
    const std::string level = last["level"].text();
    out += last.present()
               ? fmt::format("{:<11}  {}\n", "level", painter.paint(level, colour_of(level)))
               : "";
    out += fact("incident", fmt::format("{} (primumctl incidents show {})", id, id));
    out += last.present() ? fact("decided", decision_line(last))
                          : fact("decided", "what it was is not on record any more");
    Table done{{"TIME", "ACTION", "STEP", "RESULT", "DETAIL"}};
    for (const Json& step : steps) {
        const std::string outcome = word_or_nothing(step["outcome"]);
        done.add({{local_time(step["at"].wall().value_or(WallTime{}))},
                  {step["action"].text()},
                  {step["state"].text()},
                  word(outcome.empty() ? word_or_nothing(step["result"]) : outcome),
                  {step["detail"].text()}});
    }
    return out + recorded_text(last, painter) +
           (done.empty() ? "" : heading("Done until then", painter) + done.render(painter, 2)) +
           heading("What came next", painter) +
           fact("next",
                past.next_decision.present() ? decision_line(past.next_decision)
                                             : "nothing that is on record");
}

}  // namespace primum::ctl

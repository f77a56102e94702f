// SPDX-License-Identifier: MIT
#include "http/chart_svg.hpp"
#include "http/overview_parts.hpp"
#include "http/pages_html.hpp"
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::http {
namespace {

void put_fact(Html& html, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        html.open("div").element("dt", name).element("dd", value).close();
    }
}

std::string stands(const TargetSummary& target) {
    std::string text;
    const auto add = [&](bool is_so, std::string_view words) {
        if (is_so) {
            text += text.empty() ? "" : "; ";
            text += words;
        }
    };
    add(target.held, "held: an operator's hold keeps primum off it");
    add(target.disabled, "disabled: the off switch or a disable covers it");
    add(target.flapping, "flapping: its state changes too often to be trusted");
    add(target.breaker, "its breaker is tripped");
    return text;
}

void put_head(Html& html, const TargetData& data) {
    const auto& target = data.explanation.target;
    const bool ill = target.level != Level::steady;
    html.open("section",
              {{"class", ill ? "state target ill" : "state target"}, {"aria-labelledby", "state"}});
    html.element("h1", {{"id", "state"}}, target.name);
    html.open("p", {{"class", "lead marks"}});
    put_level(html, target.level);
    html.text(" ");
    put_severity(html, target.severity);
    html.text(" ");
    put_word(html, name_of(target.phase));
    html.close();
    html.open("dl", {{"class", "facts"}});
    put_fact(html, "Unit", target.unit);
    put_fact(html, "Mode", mode_text(target));
    put_fact(html, "Why", spaced(target.reason));
    put_fact(html, "Note", stands(target));
    if (target.incident != 0) {
        html.open("div").element("dt", "Incident").open("dd");
        html.element("a",
                     {{"href", fmt::format("/incidents/{}", target.incident)}},
                     fmt::format("#{}", target.incident));
        html.close().close();
    }
    html.close().close();
}

void put_next(Html& html, const TargetData& data) {
    const auto& explanation = data.explanation;
    begin_section(html, "next", "What comes next");
    html.open("p", {{"class", "lead"}});
    html.text(explanation.next.empty() ? "nothing" : explanation.next);
    if (explanation.next_at) {
        html.text(", not before ");
        put_time(html, wall_of(*explanation.next_at, data.now), data.now.wall);
    }
    html.close();
    html.open("dl", {{"class", "facts commands"}});
    put_fact(html, "Action", explanation.action);
    const auto command = [&](std::string_view name, const std::string& text) {
        if (text.empty()) {
            return;
        }
        html.open("div").element("dt", name).open("dd");
        if (text.starts_with("primumctl ")) {
            put_command(html, text);
        } else {
            html.text(text);
        }
        html.close().close();
    };
    command("To undo it", explanation.undo);
    command("To stop it", explanation.stop);
    if (explanation.target.incident != 0 && explanation.target.phase == Phase::exhausted) {
        command("To re-arm it",
                fmt::format("primumctl ack {} --reason \"...\"", explanation.target.incident));
    }
    if (!explanation.target.unit.empty()) {
        html.open("div").element("dt", "Its log").open("dd");
        put_command(html, "journalctl -e -u " + explanation.target.unit);
        html.close().close();
    }
    html.close();
    if (explanation.last_decision) {
        const auto& decision = *explanation.last_decision;
        html.open("p").text(fmt::format(
            "Last decided: {} at {}", spaced(name_of(decision.kind)), name_of(decision.level)));
        html.text(decision.reason.empty() ? "" : ": ").text(spaced(decision.reason));
        html.text(decision.detail.empty() ? "" : fmt::format(" ({})", decision.detail));
        html.text(", ");
        put_time(html, decision.at.wall, data.now.wall);
        html.close();
    }
    html.close();
}

void put_evidence(Html& html, const TargetData& data) {
    begin_section(html, "evidence", "Evidence");
    begin_table(html,
                "What each indicator says now",
                {"Indicator", "Severity", "Value", "Why", "Normal", "Source", "Last known"});
    for (const auto& view : data.explanation.evidence) {
        html.open("tr").element("th", {{"scope", "row"}}, view.evidence.indicator).open("td");
        put_severity(html, view.evidence.severity);
        html.close().element("td", {{"class", "number"}}, view.evidence.value);
        html.element("td", view.evidence.why).element("td", view.baseline);
        html.element("td", view.source.empty() ? "systemd" : view.source).open("td");
        put_time(html,
                 view.last ? std::optional{wall_of(*view.last, data.now)} : std::nullopt,
                 data.now.wall);
        html.close().close();
    }
    end_table(html);
    for (const auto& chart : data.charts) {
        put_chart(html, chart, data.explanation.target.name, data.now.wall);
    }
    html.close();
}

void put_guards(Html& html, const TargetData& data) {
    begin_section(html, "guards", "Guards");
    const bool ill = data.explanation.target.level != Level::steady;
    begin_table(html,
                ill ? "What each would answer now; the first veto is the reason"
                    : "What each would answer now, if there were anything to do",
                {"Guard", "Verdict", "Detail"});
    for (const auto& guard : data.explanation.guards) {
        html.open("tr", {{"class", ill ? name_of(guard.verdict) : "pass"}});
        html.element("th", {{"scope", "row"}}, spaced(name_of(guard.guard))).open("td");
        put_word(html, name_of(guard.verdict));
        html.close().element("td", guard.detail).close();
    }
    end_table(html);
    html.close();
}

std::string_view rung_state(const RungView& rung, Level current) {
    return rung.spent              ? "spent"
           : rung.level == current ? "here"
           : rung.named            ? "ahead"
                                   : "not used";
}

void put_rungs(Html& html, const TargetData& data) {
    begin_section(html, "ladder", "Ladder");
    begin_table(
        html,
        "From the gentlest rung to the last resort",
        {"Level", "State", "When", "Remedy", "Tries", "Really done", "Cooldown ends", "Trials"});
    for (const auto& rung : data.explanation.rungs) {
        const auto state = rung_state(rung, data.explanation.target.level);
        html.open("tr", {{"class", state}}).open("th", {{"scope", "row"}});
        put_level(html, rung.level);
        html.close().element("td", state).element("td", rung.condition);
        html.element("td", rung.remedy);
        html.element(
            "td",
            rung.attempts == 0 ? "" : fmt::format("{} of {}", rung.attempts_used, rung.attempts));
        html.element("td", rung.remedy.empty() ? "" : rung.enforced ? "yes" : "dry-run");
        html.open("td");
        put_time(html,
                 rung.cooldown_until ? std::optional{wall_of(*rung.cooldown_until, data.now)}
                                     : std::nullopt,
                 data.now.wall);
        html.close().element("td", rung.trials).close();
    }
    end_table(html);
    html.close();
}

// Those that cover this target.
std::vector<HoldView> holds_of(const TargetData& data) {
    std::vector<HoldView> covering;
    const auto& name = data.explanation.target.name;
    std::copy_if(
        data.host.holds.begin(),
        data.host.holds.end(),
        std::back_inserter(covering),
        [&](const HoldView& view) { return view.hold.target.empty() || view.hold.target == name; });
    return covering;
}

std::vector<BreakerRecord> breakers_of(const TargetData& data) {
    std::vector<BreakerRecord> covering;
    const auto& name = data.explanation.target.name;
    std::copy_if(data.host.breakers.begin(),
                 data.host.breakers.end(),
                 std::back_inserter(covering),
                 [&](const BreakerRecord& breaker) {
                     return breaker.target.empty() || breaker.target == name;
                 });
    return covering;
}

}  // namespace

std::string target_html(const TargetData& data) {
    Html html;
    put_head(html, data);
    put_next(html, data);
    put_breakers(html, breakers_of(data), data.now);
    put_holds(html, holds_of(data), data.now);
    put_happened(html, data.happened, data.back, data.now.wall, data.explanation.target.name);
    put_evidence(html, data);
    put_rungs(html, data);
    put_guards(html, data);
    return html.take();
}

}  // namespace primum::http

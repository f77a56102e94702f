// SPDX-License-Identifier: MIT
#include "http/overview_parts.hpp"

#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace primum::http {
namespace {

constexpr std::size_t errors_shown = 5;
constexpr std::size_t digest_shown = 12;

struct State {
    std::string_view name;  // of its look
    std::string_view title;
    std::string_view means;
    std::string_view shape;  // in a box of 24 by 24
};
constexpr std::string_view barred =
    "M12 1a11 11 0 1 0 .01 0zM12 4a8 8 0 0 1 4.9 1.7L5.7 16.9A8 8 0 0 1 12 4zm6.3 3.1"
    "A8 8 0 0 1 7.1 18.3z";
constexpr std::string_view octagon =
    "M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4zM11 6v8h2V6zm0 10v2h2v-2z";
constexpr std::string_view ring = "M12 1a11 11 0 1 0 .01 0zM12 4a8 8 0 1 1-.01 0z";
constexpr std::string_view half = "M12 1a11 11 0 1 0 .01 0zM12 4a8 8 0 0 1 0 16z";
constexpr std::string_view disc = "M12 1a11 11 0 1 0 .01 0z";

constexpr State off{"off",
                    "Off: nothing acts",
                    "Evidence, decisions and alerts go on; no remedy is applied.",
                    barred};
constexpr State tripped{"tripped",
                        "Breaker tripped: nothing acts",
                        "Remedies did harm or did not help. A person has to look, then reset it.",
                        octagon};
constexpr State mute{"tripped",
                     "No ledger: nothing acts",
                     "What cannot be recorded is not done. It goes on by itself once the ledger "
                     "can be written.",
                     octagon};
constexpr State observing{"quiet",
                          "Observing: nothing acts",
                          "mode = \"observe\": primum watches and tells, and does nothing.",
                          ring};
constexpr State dry{"quiet",
                    "Dry run: nothing is really done",
                    "mode = \"dry_run\": primum says what it would do, and does not do it.",
                    half};
constexpr State acting{"acting", "Acting", "", disc};

bool host_breaker(const HostView& host) {
    return std::any_of(host.breakers.begin(), host.breakers.end(), [](const auto& breaker) {
        return breaker.tripped && breaker.target.empty();
    });
}

bool is_off(const OverviewData& data) {
    return data.host.disabled || data.facts.off_switch_run || data.facts.off_switch_etc;
}

const State& state_of(const OverviewData& data) {
    if (is_off(data)) {
        return off;
    }
    if (host_breaker(data.host)) {
        return tripped;
    }
    if (!data.host.ledger_healthy) {
        return mute;
    }
    switch (data.host.mode) {
        case Mode::observe:
            return observing;
        case Mode::dry_run:
            return dry;
        case Mode::enforce:
            break;
    }
    return acting;
}

std::string lead(const OverviewData& data, std::size_t ill) {
    const auto all = data.targets.size();
    std::string text;
    if (all == 0) {
        text = "There are no targets.";
    } else if (ill == 0) {
        text = all == 1 ? "The one target is well." : fmt::format("All {} targets are well.", all);
    } else {
        text = fmt::format(
            "{} of {} {} ill.", ill, count_text(all, "target"), ill == 1 ? "is" : "are");
    }
    if (data.host.in_flight > 0) {
        text += fmt::format(" {} in flight.", count_text(data.host.in_flight, "action"));
    }
    return text;
}

void put_stop(Html& html, const OverviewData& data) {
    html.open("p", {{"class", "stop"}});
    if (!is_off(data)) {
        html.text("To stop everything: ");
        put_command(html, "primumctl disable --for 1h --reason \"...\"");
        html.text(" or, without primumd, ");
        put_command(html, "touch /run/primum/disabled");
    } else {
        html.text("To let it act again: ");
        put_command(html, "primumctl enable --reason \"...\"");
        if (data.facts.off_switch_run) {
            put_command(html, "rm /run/primum/disabled");
        }
        if (data.facts.off_switch_etc) {
            put_command(html, "rm /etc/primum/disabled");
        }
    }
    html.close();
}

class Facts {
public:
    explicit Facts(Html& html) : html_(html) { html_.open("dl", {{"class", "facts"}}); }

    Html& begin(std::string_view name) {
        html_.open("div").element("dt", name).open("dd");
        return html_;
    }
    void end() { html_.close().close(); }
    void add(std::string_view name, std::string_view value) {
        begin(name).text(value);
        end();
    }
    void done() { html_.close(); }

private:
    Html& html_;
};

std::string off_switch_text(const OverviewData& data) {
    const bool run = data.facts.off_switch_run;
    const bool etc = data.facts.off_switch_etc;
    if (run || etc) {
        return fmt::format("ON: {}{}{}",
                           run ? "/run/primum/disabled" : "",
                           run && etc ? " and " : "",
                           etc ? "/etc/primum/disabled" : "");
    }
    return data.host.disabled ? "ON: disabled by an operator" : "not set";
}

void put_rules(Facts& facts, const OverviewData& data) {
    auto& html = facts.begin("Rules");
    const auto& digest = data.host.rules_digest;
    html.text(digest.empty() ? "none in force" : digest.substr(0, digest_shown));
    if (data.facts.reload_ever) {
        html.text(data.facts.reload_ok ? ", read " : ", LAST RELOAD FAILED ");
        put_time(html, data.facts.reload_at, data.now.wall);
    }
    facts.end();
}

void put_facts(Html& html, const OverviewData& data) {
    const auto& host = data.host;
    Facts facts{html};
    facts.add("Mode", spaced(name_of(host.mode)));
    facts.add("Off switch", off_switch_text(data));
    facts.add("Breaker",
              host_breaker(host)      ? "TRIPPED"
              : host.breakers.empty() ? "not tripped"
                                      : count_text(host.breakers.size(), "target") + " tripped");
    facts.add("Budget",
              fmt::format("{} of {} used in {}",
                          host.host_actions_used,
                          count_text(host.host_budget.actions, "action"),
                          span_text(host.host_budget.per)));
    facts.add("Ledger", host.ledger_healthy ? "healthy" : "NOT WRITABLE");
    facts.add("Holds", host.holds.empty() ? "none" : count_text(host.holds.size(), "hold"));
    put_rules(facts, data);
    if (host.warm_up_until) {
        put_time(
            facts.begin("Warming up until"), wall_of(*host.warm_up_until, data.now), data.now.wall);
        facts.end();
    }
    if (!host.busy.empty()) {
        facts.add("Waiting for", host.busy);
    }
    facts.done();
}

void put_problems(Html& html, const OverviewData& data) {
    const auto& errors = data.facts.reload_errors;
    if (data.health.reasons.empty() && errors.empty()) {
        return;
    }
    html.open("ul", {{"class", "problems"}, {"aria-label", "What is not well with primum itself"}});
    for (const auto& reason : data.health.reasons) {
        html.element("li", reason);
    }
    for (std::size_t i = 0; i < std::min(errors.size(), errors_shown); ++i) {
        html.element("li", errors[i]);
    }
    if (errors.size() > errors_shown) {
        html.element("li",
                     fmt::format("{} more: primumctl rules check shows them all",
                                 errors.size() - errors_shown));
    }
    html.close();
}

void put_source(Html& html, const SourceView& source, const Stamp& now) {
    html.open("tr").element("th", {{"scope", "row"}}, source.name).open("td");
    put_word(html, source.ok ? "ok" : source.ever ? "failed" : "nothing_yet");
    html.close().open("td");
    html.text(source.error_class);
    html.text(source.error_detail.empty() ? "" : ": ").text(source.error_detail);
    html.close().open("td");
    put_time(
        html, source.last ? std::optional{wall_of(*source.last, now)} : std::nullopt, now.wall);
    html.close().element("td", std::to_string(source.series)).close();
}

}  // namespace

std::string mode_text(const TargetSummary& target) {
    const std::string mode = target.mode == Mode::enforce
                                 ? fmt::format("enforce up to {}", name_of(target.enforce_up_to))
                                 : spaced(name_of(target.mode));
    return target.held_back.empty() ? mode : fmt::format("{}: {}", mode, target.held_back);
}

void put_state(Html& html, const OverviewData& data, std::size_t ill) {
    const auto& state = state_of(data);
    html.open("section",
              {{"class", fmt::format("state {}{}", state.name, ill > 0 ? " some-ill" : "")},
               {"aria-labelledby", "state"}});
    html.open("div", {{"class", "headline"}});
    html.open("svg", {{"class", "sign"}, {"viewBox", "0 0 24 24"}, {"aria-hidden", "true"}});
    html.empty("path", {{"fill-rule", "evenodd"}, {"d", state.shape}});
    html.close().open("div");
    html.element("h1", {{"id", "state"}}, state.title);
    html.element("p", {{"class", ill > 0 ? "lead some-ill" : "lead"}}, lead(data, ill));
    html.close().close();
    if (!state.means.empty()) {
        html.element("p", {{"class", "means"}}, state.means);
    }
    put_stop(html, data);
    put_problems(html, data);
    put_facts(html, data);
    html.close();
}

void put_breakers(Html& html, std::span<const BreakerRecord> breakers, const Stamp& now) {
    if (breakers.empty()) {
        return;
    }
    begin_section(html, "breakers", "Tripped breakers");
    begin_table(html,
                "No remedy is applied beneath one until a person resets it",
                {"Of", "Since", "Why", "To reset it"});
    for (const auto& breaker : breakers) {
        html.open("tr").element(
            "th", {{"scope", "row"}}, breaker.target.empty() ? "the whole host" : breaker.target);
        html.open("td");
        put_time(html, breaker.at.wall, now.wall);
        html.close().open("td").text(spaced(breaker.reason));
        html.text(breaker.detail.empty() ? "" : ": ").text(breaker.detail).close().open("td");
        put_command(html,
                    fmt::format("primumctl reset-breaker {}--reason \"...\"",
                                breaker.target.empty() ? "" : breaker.target + " "));
        html.close().close();
    }
    end_table(html);
    html.close();
}

void put_holds(Html& html, std::span<const HoldView> holds, const Stamp& now) {
    if (holds.empty()) {
        return;
    }
    begin_section(html, "holds", "Holds");
    begin_table(
        html, "Hands off, until then", {"Target", "Kind", "Until", "By", "Reason", "To end it"});
    for (const auto& [hold, until] : holds) {
        html.open("tr").element(
            "th", {{"scope", "row"}}, hold.target.empty() ? "all" : hold.target);
        html.element("td", hold.disable ? "disable" : "hold").open("td");
        put_time(html, wall_of(until, now), now.wall);
        html.close().element("td", fmt::format("uid {}", hold.uid));
        html.element("td", hold.reason).open("td");
        put_command(html,
                    fmt::format("primumctl {} {}--reason \"...\"",
                                hold.disable ? "enable" : "release",
                                !hold.target.empty() ? hold.target + " "
                                : hold.disable       ? ""
                                                     : "--all "));
        html.close().close();
    }
    end_table(html);
    html.close();
}

void put_sources(Html& html, std::span<const SourceView> sources, const Stamp& now) {
    if (sources.empty()) {
        return;
    }
    std::vector<const SourceView*> order;
    std::size_t failing = 0;
    for (const auto& source : sources) {
        order.push_back(&source);
        failing += source.ok ? 0 : 1;
    }
    std::stable_sort(
        order.begin(), order.end(), [](const auto* a, const auto* b) { return !a->ok && b->ok; });
    const auto shown = std::min(order.size(), targets_per_page);
    begin_section(html, "sources", "Sources of evidence");
    if (failing > 0) {
        html.open("details", {{"id", "sources-table"}, {"open", ""}});
    } else {
        html.open("details", {{"id", "sources-table"}});
    }
    html.element(
        "summary",
        failing == 0
            ? fmt::format("{}, all answer", count_text(sources.size(), "source"))
            : fmt::format("{} of {} do not answer", failing, count_text(sources.size(), "source")));
    begin_table(html,
                shown < order.size()
                    ? fmt::format("The first {}; primumctl sources shows them all", shown)
                    : "Those that fail first",
                {"Source", "State", "Failure", "Last answer", "Series"});
    for (std::size_t i = 0; i < shown; ++i) {
        put_source(html, *order[i], now);
    }
    end_table(html);
    html.close().close();
}

void put_providers(Html& html, std::span<const ProviderView> providers, const Stamp& now) {
    if (providers.empty()) {
        return;
    }
    begin_section(html, "providers", "Providers");
    begin_table(html,
                "Where each pointer leads, and how its candidates stand",
                {"Provider", "Current", "Candidates", "What comes next"});
    const auto shown = providers.first(std::min(providers.size(), targets_per_page));
    for (const auto& provider : shown) {
        html.open("tr").element("th", {{"scope", "row"}}, provider.name);
        html.element("td", provider.current.empty() ? "none of them" : provider.current);
        html.open("td").open("ul", {{"class", "inline"}});
        for (const auto& candidate : provider.candidates) {
            html.open("li").text(candidate.record.candidate).text(" ");
            put_word(html, name_of(candidate.record.state));
            html.close();
        }
        html.close().close().open("td").text(provider.next.empty() ? "nothing" : provider.next);
        if (provider.failback_at) {
            html.text(" ");
            put_time(html, wall_of(*provider.failback_at, now), now.wall);
        }
        html.close().close();
    }
    end_table(html);
    html.close();
}

}  // namespace primum::http

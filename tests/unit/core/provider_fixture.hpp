// SPDX-License-Identifier: MIT
#pragma once

#include "fixture.hpp"

#include <array>
#include <string>
#include <vector>

namespace primum::test {

inline std::array<CandidateState, 5> enum_values() {
    using enum CandidateState;
    return {unknown, healthy, degraded, rate_limited, dead};
}

// "first", "second" and "third", each judged by a gauge of its name: below 1 dead.
inline ProviderRule provider_rule() {
    ProviderRule provider;
    provider.name = "upstream";
    provider.pointer = {PointerForm::symlink, "/etc/web/upstream.conf", ""};
    provider.failback_after = 10min;
    provider.digest = "provider-upstream";
    for (const char* name : {"first", "second", "third"}) {
        CandidateRule candidate;
        candidate.name = name;
        candidate.points_to = "/etc/web/" + candidate.name + ".conf";
        candidate.indicator = gauge_indicator(candidate.name);
        candidate.indicator->trip = candidate.indicator->clear = {1, 1, Duration{0}};
        candidate.indicator->stale_after = 100h;
        auto& thresholds = candidate.indicator->thresholds;
        thresholds.fill(std::nullopt);
        thresholds[static_cast<std::size_t>(Severity::error)].emplace().below = 1;
        provider.candidates.push_back(std::move(candidate));
    }
    return provider;
}

// A target that fails over with it as soon as its queue is over 10.
inline std::shared_ptr<RuleSet> provider_rules(const std::string& digest = "rules") {
    TargetRule target = restart_target();
    target.indicators = {gauge_indicator()};
    target.indicators[0].trip = target.indicators[0].clear = {1, 1, Duration{0}};
    target.indicators[0].stale_after = 100h;
    RungRule& rung = target.rungs[index_of(Level::failover)];
    rung = target.rungs[index_of(Level::restart)];
    rung.when = Severity::error;
    rung.attempts = 5;
    rung.cooldown.initial = 0s;
    RemedyRule remedy;
    remedy.kind = RemedyKind::failover;
    remedy.way_back = WayBack::files;
    remedy.plan = FailoverPlan{"upstream", Then::reload};
    remedy.plan_digest = "failover";
    rung.remedies = {remedy};
    target.rungs[index_of(Level::restart)] = RungRule{};
    auto rules = rule_set({target}, digest);
    rules->settings.host.actions = 100;
    rules->providers = {provider_rule()};
    return rules;
}

inline const std::vector<std::string>& shown_series() {
    static const std::vector<std::string> names{"queue", "first", "second", "third"};
    return names;
}

inline void declare(EngineFixture& world, Duration when) {
    for (std::size_t i = 0; i < shown_series().size(); ++i) {
        const std::string& name = shown_series()[i];
        world.tell(when, SeriesEvent{"metrics", static_cast<SeriesId>(i + 1), name, {name, {}}});
    }
}

// One collection: the queue, and how each candidate is.
inline void show(EngineFixture& world, Duration when, const std::array<double, 4>& values) {
    SamplesEvent event;
    event.source = "metrics";
    for (std::size_t i = 0; i < values.size(); ++i) {
        event.values.push_back({static_cast<SeriesId>(i + 1), values[i]});
    }
    world.tell(when, event);
}

inline void answer(EngineFixture& world,
                   Duration when,
                   const AskPreflight& asked,
                   const std::string& current) {
    PreflightEvent can;
    can.ticket = asked.ticket;
    can.answer = Preflight::can;
    can.current = current;
    world.tell(when, can);
}

inline void make_ill(EngineFixture& world) {
    world.unit(0s, "active");
    declare(world, 0s);
    show(world, 5s, {0, 1, 1, 1});
    show(world, 10s, {20, 0, 1, 1});
}

inline void make_ill_and_fail_over(EngineFixture& world) {
    make_ill(world);
    answer(world, 10s, *world.effect<AskPreflight>(), "first");
    world.tell(10s, LedgerEvent{LedgerNews::committed, "ledger-1", ""});
}

inline void finish(EngineFixture& world, Duration when, const std::string& action = "ledger-1") {
    ActionEvent news;
    news.action = action;
    news.phase = ActionPhase::finished;
    news.result = ActionResult::done;
    world.tell(when, news);
}

}  // namespace primum::test

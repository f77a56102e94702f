// SPDX-License-Identifier: MIT
#pragma once

#include <primum/engine.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace primum::test {

using namespace std::chrono_literals;

inline constexpr std::int64_t wall_offset_us = 1'795'312'800'000'000;

inline Instant at(Duration since_boot) {
    return Instant{since_boot};
}
inline Stamp stamp(Duration since_boot) {
    return {Instant{since_boot}, wall_from_us(wall_offset_us + since_boot.count())};
}

// Selects series by their bare name.
class NameMatcher final : public SeriesMatcher {
public:
    explicit NameMatcher(std::string name) : name_(std::move(name)) {}
    [[nodiscard]] bool matches(const SeriesName& series) const override {
        return series.name == name_;
    }

private:
    std::string name_;
};

inline Threshold above(double value) {
    Threshold threshold;
    threshold.above = value;
    return threshold;
}

inline IndicatorRule unit_indicator() {
    IndicatorRule rule;
    rule.name = "unit";
    rule.kind = ValueKind::unit_state;
    rule.trip = {1, 1, Duration{0}};
    rule.clear = {1, 1, Duration{0}};
    return rule;
}

inline IndicatorRule gauge_indicator(const std::string& series = "queue") {
    IndicatorRule rule;
    rule.name = series;
    rule.kind = ValueKind::gauge;
    rule.selectors = {series};
    rule.matchers = {std::make_shared<NameMatcher>(series)};
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = above(10);
    rule.trip = {2, 3, Duration{0}};
    rule.clear = {2, 2, Duration{0}};
    rule.stale_after = 15s;
    return rule;
}

// A target on web.service, enforced up to restart, whose only named rung is restart.
inline TargetRule restart_target(const std::string& name = "web") {
    TargetRule target;
    target.name = name;
    target.unit = name + ".service";
    target.mode = Mode::enforce;
    target.enforce_up_to = Level::restart;
    target.warm_up = 0s;
    target.soak = 10s;
    target.indicators = {unit_indicator()};
    RungRule& rung = target.rungs[index_of(Level::restart)];
    rung.named = true;
    rung.when = Severity::critical;
    rung.dwell = 0s;
    rung.settle = 1s;
    rung.verify = 5s;
    rung.attempts = 1;
    rung.remedies = {
        RemedyRule{RemedyKind::restart, WayBack::none, 30s, "", {}, "digest-of-" + name}};
    target.digest = "target-" + name;
    return target;
}

inline std::shared_ptr<RuleSet> rule_set(std::vector<TargetRule> targets,
                                         const std::string& digest = "rules") {
    auto rules = std::make_shared<RuleSet>();
    rules->digest = digest;
    rules->settings.mode = Mode::enforce;
    rules->sources = {SourceRule{"metrics",
                                 SourceKind::prometheus,
                                 "http://127.0.0.1:1/metrics",
                                 5s,
                                 2s,
                                 Retries{},
                                 100,
                                 "source-metrics",
                                 {}}};
    rules->targets = std::move(targets);
    return rules;
}

// An engine with its first two events behind it, and short ways to tell it things.
class EngineFixture {
public:
    explicit EngineFixture(std::shared_ptr<const RuleSet> rules, RestoredState state = {}) {
        state.boot_id = "boot";
        if (state.ledger_uuid.empty()) {
            state.ledger_uuid = "ledger";
        }
        tell(0s, RestoreEvent{std::move(state)});
        tell(0s, RulesEvent{rules->digest, "", rules});
    }

    std::vector<Effect> tell(Duration when, EventBody body) {
        return last = engine.advance({stamp(when), std::move(body)});
    }
    std::vector<Effect> unit(Duration when,
                             const std::string& active_state,
                             const std::string& unit = "web.service") {
        UnitEvent event;
        event.unit = unit;
        event.load_state = "loaded";
        event.active_state = active_state;
        event.sub_state = active_state == "active" ? "running" : active_state;
        event.result = active_state == "failed" ? "signal" : "success";
        event.restart = "no";
        return tell(when, std::move(event));
    }

    // The first effect of a type among the latest, or null.
    template <class T>
    [[nodiscard]] const T* effect() const {
        for (const Effect& each : last) {
            if (const auto* found = std::get_if<T>(&each)) {
                return found;
            }
        }
        return nullptr;
    }
    // The first record of a type among the latest effects, or null.
    template <class T>
    [[nodiscard]] const T* record() const {
        for (const Effect& each : last) {
            const auto* effect = std::get_if<RecordEffect>(&each);
            if (effect == nullptr) {
                continue;
            }
            if (const auto* found = std::get_if<T>(&effect->record)) {
                return found;
            }
        }
        return nullptr;
    }

    Engine engine;
    std::vector<Effect> last;
};

}  // namespace primum::test

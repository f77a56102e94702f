// SPDX-License-Identifier: MIT
#include "core/target_state.hpp"

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

constexpr Duration unit_check_period = std::chrono::seconds{30};

// How often its state is checked for flapping: as often as its evidence may change.
Duration check_period(const RuleSet& rules, const TargetRule& target) {
    std::optional<Duration> shortest;
    for (const IndicatorRule& indicator : target.indicators) {
        if (indicator.kind != ValueKind::unit_state) {
            const Duration interval = rules.sources[indicator.source].interval;
            shortest = std::min(shortest.value_or(interval), interval);
        }
    }
    return shortest.value_or(unit_check_period);
}

// The same for the same names, and spread evenly over an hour (FNV-1a).
Duration phase_of(std::string_view target, std::string_view indicator) {
    std::uint32_t hash = 2'166'136'261U;
    for (const std::string_view name : {target, indicator}) {
        for (const char c : name) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
        }
        hash = (hash ^ 0xFFU) * 16'777'619U;
    }
    return Duration{std::chrono::hours{1}} * (hash % 3600) / 3600;
}

}  // namespace

TargetState::TargetState(Deadlines::Key number,
                         std::shared_ptr<const RuleSet> set,
                         const TargetRule& target,
                         const EngineLimits& limits)
    : key(number),
      rules(std::move(set)),
      rule(&target),
      was_ill(target.indicators.size()),
      flapping(check_period(*rules, target)) {
    indicators.reserve(target.indicators.size());
    for (const IndicatorRule& indicator : target.indicators) {
        indicators.emplace_back(
            indicator, limits.samples_per_window, phase_of(target.name, indicator.name));
    }
}

bool TargetState::enforces_anything(Mode ceiling, WallTime now) const {
    for (const Level each : {Level::retry, Level::failover, Level::restart, Level::fallback}) {
        if (!rung(each).remedies.empty() && rule->enforces(each, ceiling, now)) {
            return true;
        }
    }
    return false;
}

Severity TargetState::severity() const {
    Severity worst = Severity::unknown;
    for (const IndicatorState& indicator : indicators) {
        worst = std::max(worst, indicator.severity());
    }
    return worst;
}

Condition TargetState::condition(Severity when, std::uint32_t count) const {
    std::uint32_t ill = 0;
    std::uint32_t in_doubt = 0;
    for (std::size_t i = 0; i < indicators.size(); ++i) {
        const Severity severity = indicators[i].severity();
        if (severity == Severity::critical && indicators[i].rule().kind == ValueKind::unit_state) {
            return Condition::yes;
        }
        if (severity >= when) {
            ++ill;
        } else if (severity == Severity::unknown && was_ill[i]) {
            ++in_doubt;
        }
    }
    if (ill >= count) {
        return Condition::yes;
    }
    return ill + in_doubt >= count ? Condition::undecidable : Condition::no;
}

Condition TargetState::condition_of(Level at) const {
    const RungRule& wanted = rung(at);
    if (at == Level::observe && !wanted.named) {
        return condition(Severity::warning, 1);
    }
    return condition(wanted.when, wanted.indicators);
}

std::vector<EvidenceItem> TargetState::evidence() const {
    std::vector<EvidenceItem> items;
    items.reserve(indicators.size());
    for (const IndicatorState& indicator : indicators) {
        items.push_back(indicator.evidence());
    }
    return items;
}

void TargetState::note_illness(bool unit_is_deliberate) {
    for (std::size_t i = 0; i < indicators.size(); ++i) {
        const Severity severity = indicators[i].severity();
        const bool is_unit = indicators[i].rule().kind == ValueKind::unit_state;
        if (severity >= Severity::warning) {
            was_ill[i] = true;
        } else if (severity != Severity::unknown || (is_unit && unit_is_deliberate)) {
            was_ill[i] = false;
        }
    }
}

bool TargetState::is_possible() const {
    const bool flies = phase == Phase::intending || phase == Phase::running ||
                       phase == Phase::settling || phase == Phase::verifying ||
                       phase == Phase::awaiting_data || phase == Phase::rolling_back;
    return incident.has_value() == (phase != Phase::steady) && (!flies || flight) &&
           (phase != Phase::asking || asking) &&
           (!forcing || phase == Phase::waiting || phase == Phase::exhausted) &&
           (phase != Phase::soaking || soak_until);
}

void TargetState::forget_illness() {
    was_ill.assign(was_ill.size(), false);
}

}  // namespace primum::core

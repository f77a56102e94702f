// SPDX-License-Identifier: MIT
#include "core/verification.hpp"

#include <algorithm>

namespace primum::core {
namespace {

const EvidenceItem* at_intent(const Flight& flight, const std::string& indicator) {
    const auto& evidence = flight.record.evidence;
    const auto found =
        std::find_if(evidence.begin(), evidence.end(), [&](const EvidenceItem& each) {
            return each.indicator == indicator;
        });
    return found == evidence.end() ? nullptr : &*found;
}

}  // namespace

bool is_worse(const TargetState& target, const Flight& flight, bool settled, std::string& why) {
    if (!flight.harmed.empty()) {
        why = flight.harmed + " turned ill";
        return true;
    }
    for (const IndicatorState& indicator : target.indicators) {
        const EvidenceItem* before = at_intent(flight, indicator.rule().name);
        const bool comparable = before != nullptr && before->severity != Severity::unknown;
        const bool is_unit = indicator.rule().kind == ValueKind::unit_state;
        if (!comparable || (!settled && !is_unit)) {
            continue;
        }
        const Severity now = indicator.severity();
        if (now >= Severity::warning && now > before->severity) {
            why = indicator.rule().name + " went from " + std::string{name_of(before->severity)} +
                  " to " + std::string{name_of(now)};
            return true;
        }
    }
    return false;
}

Finding judge_outcome(const TargetState& target, const Flight& flight) {
    const Severity when = flight.rung.when;
    for (const IndicatorState& indicator : target.indicators) {
        const EvidenceItem* before = at_intent(flight, indicator.rule().name);
        const bool triggered = before != nullptr && before->severity >= when;
        if (triggered && indicator.severity() == Severity::unknown) {
            return {Outcome::inconclusive, "nothing is known of " + indicator.rule().name};
        }
    }
    for (const IndicatorState& indicator : target.indicators) {
        if (indicator.severity() >= when) {
            return {
                Outcome::unchanged,
                indicator.rule().name + " is still " + std::string{name_of(indicator.severity())}};
        }
    }
    return {Outcome::improved, "all indicators are below " + std::string{name_of(when)}};
}

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "replay/audit_recording.hpp"

#include <algorithm>
#include <variant>

namespace primum::replay {

Result<void, ReplayError> RecordingAudit::play(const Event& event) {
    auto effects = player_.play(event);
    if (!effects) {
        return fail(effects.error());
    }
    if (const auto* samples = std::get_if<SamplesEvent>(&event.body)) {
        costs_.take(*samples, event.at.t);
    } else if (const auto* series = std::get_if<SeriesEvent>(&event.body)) {
        costs_.take(*series);
    } else if (const auto* restore = std::get_if<RestoreEvent>(&event.body)) {
        if (restore->state.engine.empty()) {
            costs_.begin();
            intents_.clear();
            rules_.clear();
        }
    } else if (std::holds_alternative<RulesEvent>(event.body) && player_.rules() != nullptr &&
               player_.rules()->digest != rules_) {
        rules_ = player_.rules()->digest;
        costs_.take_rules(*player_.rules());
    }
    for (const Effect& effect : *effects) {
        if (const auto* record = std::get_if<RecordEffect>(&effect)) {
            take(record->record);
        }
    }
    return {};
}

bool RecordingAudit::is_meant(const Record& record) const {
    if (!incident_) {
        return true;
    }
    if (const auto* one = std::get_if<IncidentRecord>(&record)) {
        return one->id == *incident_;
    }
    if (const auto* one = std::get_if<DecisionRecord>(&record)) {
        return one->incident == *incident_;
    }
    if (const auto* one = std::get_if<ActionRecord>(&record)) {
        return one->incident == *incident_;
    }
    if (const auto* one = std::get_if<JudgementRecord>(&record)) {
        return one->incident == *incident_;
    }
    return std::holds_alternative<TransitionRecord>(record);
}

void RecordingAudit::take(const Record& record) {
    if (!is_meant(record)) {
        return;
    }
    audit_.take(record);
    if (const auto* decision = std::get_if<DecisionRecord>(&record)) {
        look_at(*decision);
    } else if (const auto* action = std::get_if<ActionRecord>(&record)) {
        if (costs_.has(action->target)) {
            audit_.note_cost_series(action->target);
            intents_[action->id] = {action->target, action->intended.t};
        }
    } else if (const auto* transition = std::get_if<TransitionRecord>(&record)) {
        look_at(*transition);
    }
}

// How long the rules made sure of what the indicator says, at least: `for`, or the evaluations that
// it takes to trip. The first of them was the first sign.
Duration RecordingAudit::made_sure(const std::string& target, const std::string& indicator) const {
    const RuleSet& rules = *player_.rules();
    const auto rule = std::find_if(rules.targets.begin(),
                                   rules.targets.end(),
                                   [&](const TargetRule& each) { return each.name == target; });
    if (rule == rules.targets.end()) {
        return Duration{0};
    }
    const auto one = std::find_if(
        rule->indicators.begin(), rule->indicators.end(), [&](const IndicatorRule& each) {
            return each.name == indicator;
        });
    if (one == rule->indicators.end()) {
        return Duration{0};
    }
    if (one->trip.duration > Duration{0} || one->kind == ValueKind::unit_state) {
        return one->trip.duration;
    }
    return rules.sources.at(one->source).interval * (std::max(one->trip.k, 1U) - 1);
}

// An incident is opened by its worst indicator; of several that are, by the one that was quickest.
void RecordingAudit::look_at(const DecisionRecord& decision) {
    if (decision.kind != DecisionKind::opened || player_.rules() == nullptr) {
        return;
    }
    Severity worst = Severity::ok;
    for (const EvidenceItem& item : decision.evidence) {
        worst = std::max(worst, item.severity);
    }
    std::optional<Duration> sure;
    for (const EvidenceItem& item : decision.evidence) {
        if (worst > Severity::ok && item.severity == worst) {
            const Duration span = made_sure(decision.target, item.indicator);
            sure = sure ? std::min(*sure, span) : span;
        }
    }
    if (sure) {
        audit_.note_first_sign(decision.incident, decision.at.wall - *sure);
    }
}

void RecordingAudit::look_at(const TransitionRecord& transition) {
    const auto intent = intents_.find(transition.action);
    if (intent == intents_.end()) {
        return;
    }
    if (transition.state == ActionState::verified) {
        const auto cost = costs_.between(intent->second.target, intent->second.at, transition.at.t);
        if (cost) {
            audit_.note_cost(transition.action, *cost);
        }
    }
    // Awaiting data, an action is verified once more.
    const bool over = transition.state == ActionState::kept ||
                      transition.state == ActionState::rolled_back ||
                      transition.state == ActionState::rollback_failed;
    if (over) {
        intents_.erase(intent);
    }
}

}  // namespace primum::replay

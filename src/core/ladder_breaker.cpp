// SPDX-License-Identifier: MIT
// What actions did, as the breakers count it; and what a tripped or reset breaker does to the
// ladder.
#include "core/ladder.hpp"
#include "core/text.hpp"

#include <utility>

namespace primum::core {

void Ladder::note_outcome(Outcome outcome) {
    const ActionRecord& record = target_.flight->record;
    if (record.dry_run || outcome == Outcome::inconclusive) {
        return;
    }
    world_.actions.verify(record.id, outcome);
    look_at_breakers();
}

// The action that had helped did not last: it counts as one without effect.
void Ladder::note_relapse() {
    if (const auto* action = world_.actions.relapse(target_.incident->id)) {
        if (world_.trials.find(name(), action->level, action->index, action->plan_digest)) {
            write_trial(world_.trials.note_relapse(
                name(), action->level, action->index, action->plan_digest));
            demote_what_does_not_beat_waiting();
        }
    }
    look_at_breakers();
}

void Ladder::look_at_breakers() {
    const BreakerRule& rule = world_.rules->settings.breaker;
    for (const std::string& scope : {name(), std::string{}}) {
        if (const auto why =
                world_.breakers.judge_actions(world_.now.t, scope, rule, world_.actions)) {
            trip(scope, *why);
        }
    }
    if (const auto why = world_.breakers.judge_illness(world_.now.t, world_.actions)) {
        trip({}, *why);
    }
}

// Latched, recorded and paged once; whatever was planned under it and has not started is dropped.
void Ladder::trip(const std::string& scope, const Trip& why) {
    BreakerRecord record;
    record.target = scope;
    record.tripped = true;
    record.reason = why.reason;
    record.detail = why.detail;
    record.incident = target_.incident->id;
    record.at = world_.now;
    world_.breakers.trip(record);
    world_.record(std::move(record));
    const std::string whose = scope.empty() ? "the host" : scope;
    decide(DecisionKind::breaker_tripped, why.reason, whose + ": " + why.detail);
    const std::string text = "the breaker of " + whose + " is tripped: " + why.detail +
                             "; nothing is done until it is reset";
    if (scope.empty()) {
        world_.emit(Notify{PageKind::breaker, 0, {}, target_.level, why.reason, text});
    } else {
        page(PageKind::breaker, why.reason, text);
    }
    for (const auto& [other, state] : world_.targets) {
        if (scope.empty() || other == scope) {
            Ladder{world_, *state}.drop_plans();
        }
    }
    world_.look_at_all_ill();
}

void Ladder::note_reset(const std::string& reason) {
    decide(DecisionKind::breaker_reset, "operator", reason);
}

void Ladder::start_anew() {
    drop_plans();
    wait_no_more();
    target_.condition_since.fill(std::nullopt);
    target_.stuck_since.reset();
    if (!target_.incident) {
        return;
    }
    target_.incident->paged &= ~(1U << static_cast<unsigned>(PageKind::breaker));
    if (target_.phase == Phase::exhausted && is_for_real() &&
        world_.breakers.covering(name()) == nullptr) {
        page_exhausted("the ladder ended while the breaker was tripped");
    }
    world_.changed.insert(target_.key);
}

void Ladder::page_exhausted(const std::string& detail) {
    page(PageKind::exhausted,
         target_.incident->exhausted_code,
         detail + "; nothing more is done until the incident is acknowledged");
}

}  // namespace primum::core

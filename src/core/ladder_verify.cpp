// SPDX-License-Identifier: MIT
// After an action: settle, watch, judge.
#include "core/ladder.hpp"
#include "core/text.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

// Files and pointers go back unless they helped; a call only after harm.
bool goes_back(const Flight& flight, Outcome outcome) {
    const WayBack way = flight.remedy().way_back;
    const bool no_better = outcome == Outcome::worse || outcome == Outcome::unchanged;
    return !flight.record.dry_run && no_better &&
           (way == WayBack::files || (way == WayBack::call && outcome == Outcome::worse));
}

std::string why_kept(const RemedyRule& remedy, const std::string& outcome) {
    if (remedy.way_back != WayBack::none) {
        return outcome;
    }
    return remedy.irreversible.empty() ? "no_way_back_needed" : "irreversible";
}

}  // namespace

void Ladder::begin_settling() {
    Flight& flight = *target_.flight;
    flight.settle_until = world_.now.t + flight.rung.settle;
    flight.verify_until = flight.settle_until + flight.rung.verify;
}

bool Ladder::step_settling() {
    const Flight& flight = *target_.flight;
    std::string why;
    if (!flight.record.dry_run && is_worse(target_, flight, false, why)) {
        conclude({Outcome::worse, why});
        return true;
    }
    if (world_.now.t < flight.settle_until) {
        need_at(flight.settle_until);
        return false;
    }
    go(Trigger::settle_over);
    return true;
}

bool Ladder::step_verifying() {
    const Flight& flight = *target_.flight;
    std::string why;
    if (!flight.record.dry_run && is_worse(target_, flight, true, why)) {
        conclude({Outcome::worse, why});
        return true;
    }
    if (world_.now.t < flight.verify_until) {
        need_at(flight.verify_until);
        return false;
    }
    Finding finding = judge_outcome(target_, flight);
    if (flight.record.dry_run) {
        finding.outcome =
            finding.outcome == Outcome::improved ? Outcome::recovered_anyway : Outcome::unchanged;
    }
    conclude(finding);
    return true;
}

bool Ladder::step_awaiting_data() {
    std::string why;
    if (!target_.flight->record.dry_run && is_worse(target_, *target_.flight, true, why)) {
        conclude({Outcome::worse, why});
        return true;
    }
    const Finding finding = judge_outcome(target_, *target_.flight);
    if (finding.outcome != Outcome::inconclusive) {
        conclude(finding);
        return true;
    }
    if (world_.now.t < target_.flight->data_by) {
        need_at(target_.flight->data_by);
        return false;
    }
    transition(ActionState::kept, "no_data", finding.detail);
    end_flight();
    exhaust(Trigger::gave_up, std::string{name_of(Guard::no_data)}, finding.detail);
    return true;
}

void Ladder::conclude(const Finding& finding) {
    const std::string outcome{name_of(finding.outcome)};
    transition(ActionState::verified, outcome, finding.detail, ActionResult::none, finding.outcome);
    decide(DecisionKind::verified, outcome, finding.detail);
    note_trial(finding.outcome);
    note_judgement(finding.outcome);
    note_outcome(finding.outcome);
    if (finding.outcome == Outcome::inconclusive) {
        target_.flight->data_by = world_.now.t + target_.flight->rung.max_wait;
        go(Trigger::inconclusive);
        page(PageKind::awaiting_data, outcome, finding.detail);
        return;
    }
    if (goes_back(*target_.flight, finding.outcome)) {
        begin_undo(outcome, finding.detail);
        return;
    }
    transition(ActionState::kept, why_kept(target_.flight->remedy(), outcome));
    const Level level = target_.flight->record.level;
    end_flight();
    if (finding.outcome == Outcome::improved) {
        target_.incident->helped = level;
        begin_soak(Trigger::improved, outcome);
    } else if (finding.outcome == Outcome::recovered_anyway) {
        begin_soak(Trigger::improved, outcome);
    } else {
        go(Trigger::no_better);
    }
    if (finding.outcome == Outcome::worse) {
        mark_spent(level, DecisionKind::spent, outcome, finding.detail);
    }
}

void Ladder::tell_flights() {
    for (const auto& [action, key] : world_.flying) {
        const auto other = std::find_if(world_.targets.begin(),
                                        world_.targets.end(),
                                        [&](const auto& each) { return each.second->key == key; });
        if (other == world_.targets.end() || other->second == &target_) {
            continue;
        }
        const auto& dependencies = target_.rule->depends_on;
        const auto& units = other->second->flight->blast_radius;
        const bool depends =
            std::find(dependencies.begin(), dependencies.end(), other->first) != dependencies.end();
        const bool went_down =
            std::find(units.begin(), units.end(), target_.rule->unit) != units.end();
        const bool has_finished = holds(
            in({Phase::settling, Phase::verifying, Phase::awaiting_data}), other->second->phase);
        if (has_finished && (depends || went_down)) {
            other->second->flight->harmed = name();
            world_.changed.insert(key);
        }
    }
}

}  // namespace primum::core

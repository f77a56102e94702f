// SPDX-License-Identifier: MIT
// A start: what the ledger gave back.
#include "core/engine_impl.hpp"
#include "core/provider_book.hpp"
#include "core/way_back.hpp"

#include <algorithm>
#include <utility>

namespace primum {
namespace {

constexpr std::string_view source_prefix = "source:";

bool is_unfinished(const RestoredAction& restored) {
    return restored.state == ActionState::intended || restored.state == ActionState::started;
}

// Called off, or refused before its effect: nothing was verified.
bool had_no_effect(const RestoredAction& restored) {
    return restored.state == ActionState::kept && restored.result == ActionResult::failed &&
           restored.outcome == Outcome::none;
}

// Finished, with an effect that nobody has judged yet.
bool is_unverified(const RestoredAction& restored) {
    return (restored.state == ActionState::finished &&
            restored.result != ActionResult::ambiguous) ||
           (restored.state == ActionState::verified && restored.outcome == Outcome::inconclusive);
}

// Judged, and its way back was being taken: nothing was recorded after the judgement.
bool is_undoing(const RestoredAction& restored) {
    return restored.state == ActionState::verified &&
           (restored.outcome == Outcome::worse || restored.outcome == Outcome::unchanged);
}

// Its way back may have been taken meanwhile, by a person who asked the actuator itself.
bool may_be_undone(const RestoredAction& restored) {
    const bool judged =
        restored.state == ActionState::verified || restored.state == ActionState::kept ||
        restored.state == ActionState::rollback_failed ||
        (restored.state == ActionState::finished && restored.result == ActionResult::ambiguous);
    return judged && !restored.action.dry_run && restored.action.way_back != WayBack::none;
}

// It moved a provider's pointer, and was not undone as far as anybody knows.
bool is_failover_kept(const RestoredAction& restored) {
    const bool judged = restored.state == ActionState::verified ||
                        (restored.state == ActionState::kept && restored.outcome != Outcome::none);
    return !restored.action.provider.empty() && !restored.action.dry_run &&
           restored.result != ActionResult::ambiguous &&
           (judged || restored.state == ActionState::finished);
}

// The remedy that an action was made of: as the rules have it, else what its record tells.
RemedyRule recorded_remedy(const ActionRecord& action, const RungRule& rung) {
    if (action.index < rung.remedies.size() &&
        rung.remedies[action.index].plan_digest == action.plan_digest) {
        return rung.remedies[action.index];
    }
    RemedyRule remedy;
    remedy.kind = from_name<RemedyKind>(action.kind).value_or(RemedyKind::restart);
    remedy.way_back = action.way_back;
    remedy.plan_digest = action.plan_digest;
    return remedy;
}

}  // namespace

void Engine::Impl::take(const RestoreEvent& event) {
    started_ = true;
    restored_ = event.state;
    world_.boot_id = event.state.boot_id;
    world_.clock_synchronised = event.state.clock_synchronised;
    world_.ledger_uuid = event.state.ledger_uuid;
    world_.next_action = event.state.next_action;
    world_.next_incident = event.state.next_incident;
    world_.next_hold = event.state.next_hold;
    world_.ledger_healthy = event.state.ledger_healthy;
    world_.ledger_detail = event.state.ledger_healthy ? "" : "not open";
    world_.disabled = event.state.disabled;
    world_.disabled_by = event.state.disabled ? "set before the start" : "";
}

// Across boots only the wall clock can tell how much time has passed; where it cannot be trusted
// none has, which makes every wait longer and none shorter.
Instant Engine::Impl::local(const StoredStamp& stamp) const {
    if (stamp.boot_id == world_.boot_id) {
        return std::min(stamp.at.t, world_.now.t);
    }
    const Duration passed = world_.clock_synchronised
                                ? std::max(Duration{0}, Duration{world_.now.wall - stamp.at.wall})
                                : Duration{0};
    return world_.now.t - passed;
}

// Of a target that means something else now, what was normal is learnt anew.
void Engine::Impl::restore_baselines() {
    for (const BaselineRecord& restored : restored_->baselines) {
        const auto found = targets_.find(restored.target);
        if (found == targets_.end() || found->second->rule->digest != restored.digest) {
            continue;
        }
        for (core::IndicatorState& indicator : found->second->indicators) {
            if (indicator.rule().name == restored.indicator && indicator.baseline() != nullptr) {
                indicator.baseline()->load(restored.state);
            }
        }
    }
}

void Engine::Impl::restore_holds() {
    for (const RestoredHold& restored : restored_->holds) {
        HoldRecord hold = restored.hold;
        const Duration passed = world_.now.t - local(restored.from);
        const Duration length = restored.from.boot_id == restored.until.boot_id
                                    ? restored.until.at.t - restored.from.at.t
                                    : Duration{restored.until.at.wall - restored.from.at.wall};
        hold.until.t = world_.now.t + (length - passed);
        if (hold.until.t > world_.now.t) {
            world_.holds.add(std::move(hold));
        }
    }
}

void Engine::Impl::restore_actions() {
    for (const RestoredAction& restored : restored_->actions) {
        const ActionRecord& action = restored.action;
        core::RememberedAction remembered;
        remembered.id = action.id;
        remembered.incident = action.incident;
        remembered.target = action.target;
        remembered.level = action.level;
        remembered.dry_run = action.dry_run;
        remembered.streak = action.streak;
        remembered.intended = local(restored.intended);
        if (action.dry_run) {
            remembered.ended = remembered.intended;
        } else if (!is_unfinished(restored)) {
            remembered.ended = local(restored.ended);
        }
        remembered.index = action.index;
        remembered.plan_digest = action.plan_digest;
        remembered.way_back = action.way_back;
        remembered.outcome = restored.outcome;
        if (!action.dry_run && restored.state != ActionState::intended &&
            !had_no_effect(restored)) {
            remembered.started = remembered.intended;
        }
        if (is_failover_kept(restored)) {
            core::remember_failover(world_, action, remembered.intended);
        }
        world_.actions.add(world_.now.t, std::move(remembered));
    }
}

// Of an incident's actions that had helped, every one but the last did not last; nor did the last,
// when the incident is open again.
void Engine::Impl::restore_relapses() {
    std::set<std::uint64_t> helped;
    for (const RestoredAction& restored : restored_->actions) {
        if (restored.action.dry_run || restored.outcome != Outcome::improved) {
            continue;
        }
        if (!helped.insert(restored.action.incident).second) {
            world_.actions.relapse_before(restored.action.id);
        }
    }
    for (const RestoredIncident& restored : restored_->incidents) {
        if (restored.incident.open && restored.incident.phase != Phase::soaking) {
            world_.actions.relapse(restored.incident.id);
        }
    }
}

void Engine::Impl::restore_breakers() {
    for (const RestoredBreaker& restored : restored_->breakers) {
        world_.breakers.restore(restored.breaker, local(restored.at));
    }
    for (const TrialRecord& restored : restored_->trials) {
        world_.trials.restore(restored);
    }
    std::vector<std::pair<Instant, std::string>> illnesses;
    for (const RestoredIncident& restored : restored_->incidents) {
        if (!restored.incident.target.starts_with(source_prefix)) {
            illnesses.emplace_back(local(restored.opened), restored.incident.target);
        }
    }
    std::sort(illnesses.begin(), illnesses.end());
    for (const auto& [at, target] : illnesses) {
        world_.breakers.note_illness(at, target);
    }
}

void Engine::Impl::restore_precision() {
    for (const PrecisionRecord& restored : restored_->precision) {
        world_.precision.restore(restored);
    }
    for (const JudgementRecord& restored : restored_->judgements) {
        world_.precision.restore(restored);
    }
}

void Engine::Impl::restore_incidents() {
    for (const RestoredIncident& restored : restored_->incidents) {
        if (restored.incident.target.starts_with(source_prefix)) {
            restore_source_incident(restored);
        } else {
            restore_incident(restored);
        }
    }
    for (const RestoredAction& restored : restored_->actions) {
        const bool is_open =
            is_unfinished(restored) || is_unverified(restored) || is_undoing(restored);
        if (is_open && !restored.action.dry_run) {
            restore_flight(restored);
        } else if (is_unfinished(restored)) {
            write_off_dry_run(restored.action.id);
        }
    }
    ask_after_ways_back();
}

// The newest of those that somebody may have undone: the answer to settle tells.
void Engine::Impl::ask_after_ways_back() {
    std::vector<const RestoredAction*> newest;
    for (auto each = restored_->actions.rbegin();
         each != restored_->actions.rend() && newest.size() < core::max_asked_after;
         ++each) {
        const std::string& id = each->action.id;
        if (may_be_undone(*each) && !world_.flying.contains(id) &&
            !world_.asked_back.contains(id)) {
            newest.push_back(&*each);
        }
    }
    for (auto each = newest.rbegin(); each != newest.rend(); ++each) {
        const ActionRecord& action = (*each)->action;
        core::AskedBack asked;
        asked.action = action.id;
        asked.incident = action.incident;
        asked.target = action.target;
        asked.level = action.level;
        asked.code = (*each)->state == ActionState::rollback_failed ? core::failed_before : "";
        core::remember_late(world_, std::move(asked));
        world_.emit(SettleAction{action.id});
    }
}

// Since when a guard holds the rung back. Of the time in which the host was down nobody knows
// whether one did.
std::optional<Instant> Engine::Impl::held_back_since(const RestoredIncident& restored) const {
    const Stamp& since = restored.incident.held_back_since;
    if (since == Stamp{}) {
        return std::nullopt;
    }
    const StoredStamp stored{since, restored.updated.boot_id};
    return stored.boot_id == world_.boot_id ? local(stored) : world_.now.t;
}

// What became due while primumd was down is told at the first look.
core::ResponseClock Engine::Impl::restore_response(const RestoredIncident& restored,
                                                   IncidentRecord& incident) const {
    if (incident.sev_since != Stamp{}) {
        incident.sev_since.t = local({incident.sev_since, restored.updated.boot_id});
    }
    return {local(restored.opened), local(restored.updated)};
}

void Engine::Impl::restore_incident(const RestoredIncident& restored) {
    const auto found = targets_.find(restored.incident.target);
    if (found == targets_.end()) {
        if (restored.incident.open) {
            close_orphan(restored);
        }
        return;
    }
    TargetState& target = *found->second;
    if (!restored.incident.open) {
        const Instant closed = local(restored.closed);
        if (!target.last_closed || target.last_closed->closed <= closed) {
            target.last_closed = core::ClosedIncident{restored.incident, closed};
            if (world_.now.t - closed < target.flapping.memory()) {
                target.flapping.restore(restored.incident.changes);
            }
        }
        return;
    }
    target.incident = restored.incident;
    target.written = restored.incident;
    target.response = restore_response(restored, *target.incident);
    if (restored.incident.in_other_hands) {
        world_.units[target.rule->unit].restore_other_hands();
    }
    target.flapping.restore(restored.incident.changes);
    target.changes = restored.incident.changes;
    target.level = restored.incident.level;
    target.was_ill.assign(target.was_ill.size(), true);
    target.rung_entered = world_.now.t;
    world_.ill.insert(target.key);
    world_.emit(LevelChanged{
        target.rule->name, target.incident->id, Level::steady, target.level, "restored"});
    const Instant opened = local(restored.opened);
    for (const RestoredIncident& other : restored_->incidents) {
        const bool recent = !other.incident.open &&
                            other.incident.target == restored.incident.target &&
                            opened - local(other.closed) < target.rule->relapse;
        target.fresh = target.fresh && !recent;
    }
    if (restored.incident.phase == Phase::rolling_back) {
        undoing_.insert(restored.incident.id);
    }
    if (restored.incident.phase == Phase::exhausted) {
        target.phase = Phase::exhausted;
    } else if (restored.incident.phase == Phase::soaking) {
        target.phase = Phase::soaking;
        target.soak_until = world_.now.t + target.rule->soak;
        target.soak_reason =
            restored.incident.helped != Level::steady ? "improved" : "recovered_alone";
    } else {
        target.phase = Phase::waiting;
        target.waiting_since = held_back_since(restored);
        if (target.waiting_since) {  // then the condition of its rung had been met
            target.condition_since[index_of(target.level)] = world_.now.t;
        }
    }
    target.incident->phase = target.phase;
}

void Engine::Impl::restore_flight(const RestoredAction& restored) {
    const ActionRecord& action = restored.action;
    const auto found = targets_.find(action.target);
    const bool has_home = found != targets_.end() && found->second->incident &&
                          found->second->incident->id == action.incident && !found->second->flight;
    if (!has_home) {
        if (is_unfinished(restored)) {
            orphans_.push_back(action.id);
            world_.emit(SettleAction{action.id});
        } else if (is_undoing(restored)) {
            core::AskedBack asked;
            asked.action = action.id;
            asked.incident = action.incident;
            asked.target = action.target;
            asked.level = action.level;
            asked.code = name_of(restored.outcome);
            asked.reason = "asked again after a restart";
            asked.answer_by = world_.now.t + core::undo_patience;
            core::ask_back(world_, std::move(asked));
        } else {
            close_orphan(action.id);
        }
        return;
    }
    TargetState& target = *found->second;
    core::Flight flight;
    flight.record = action;
    flight.rung = target.rung(action.level);
    flight.not_after = local(restored.intended) + flight.rung.max_plan_age;
    flight.rung.remedies.resize(
        std::max<std::size_t>(flight.rung.remedies.size(), action.index + 1));
    flight.rung.remedies[action.index] = recorded_remedy(action, target.rung(action.level));
    const bool asked_by_person = !is_undoing(restored) && undoing_.contains(action.incident);
    std::string undoing;
    if (is_undoing(restored)) {
        undoing = name_of(restored.outcome);
    } else if (asked_by_person) {
        undoing = "operator";
    }
    ladder(target).resume(std::move(flight), restored.state, undoing);
}

// There is nothing left by which a finished action could be verified.
void Engine::Impl::close_orphan(const std::string& action) {
    TransitionRecord record;
    record.action = action;
    record.at = world_.now;
    record.state = ActionState::kept;
    record.reason = "abandoned";
    world_.record(std::move(record));
}

// What a dry-run action would have been judged by was lost with the restart.
void Engine::Impl::write_off_dry_run(const std::string& action) {
    TransitionRecord record;
    record.action = action;
    record.at = world_.now;
    record.state = ActionState::verified;
    record.outcome = Outcome::inconclusive;
    record.reason = "restarted";
    world_.record(std::move(record));
}

void Engine::Impl::close_orphan(const RestoredIncident& restored) {
    IncidentRecord incident = restored.incident;
    incident.open = false;
    incident.closed = incident.updated = world_.now;
    incident.phase = Phase::steady;
    incident.level = Level::steady;
    incident.reason += "; abandoned";
    DecisionRecord decision;
    decision.incident = incident.id;
    decision.target = incident.target;
    decision.at = world_.now;
    decision.kind = DecisionKind::abandoned;
    decision.reason = "abandoned";
    decision.detail = "no longer in the rules";
    world_.record(std::move(incident));
    world_.record(std::move(decision));
}

void Engine::Impl::restore_source_incident(const RestoredIncident& restored) {
    if (!restored.incident.open) {
        return;
    }
    const auto found = sources_.find(restored.incident.target.substr(source_prefix.size()));
    if (found == sources_.end()) {
        close_orphan(restored);
        return;
    }
    SourceState& source = *found->second;
    source.incident = restored.incident;
    source.response = restore_response(restored, *source.incident);
    source.error_class = restored.incident.reason.substr(0, restored.incident.reason.find(':'));
    if (restored.incident.paged == 0) {
        source.page_at = world_.now.t + source.patience();
        world_.deadlines.arm(source.key, *source.page_at);
    }
}

}  // namespace primum

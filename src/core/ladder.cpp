// SPDX-License-Identifier: MIT
#include "core/ladder.hpp"

#include "core/text.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

// No target goes through more states than this in one instant: each rung is entered, spent and
// left once at the most, around one action.
constexpr int max_steps = 64;

// Stands in a closed incident's reason between why it opened and how it ended.
constexpr std::string_view ended = "; ended ";
// Why a rung is entered that nobody forced, and nothing came back to.
constexpr std::string_view condition_met = "condition_met";
// How an incident ends that no action, not even a dry-run one, had ended.
constexpr std::string_view recovered_alone = "recovered_alone";

}  // namespace

void Ladder::reconsider() {
    const auto unit = world_.units.find(target_.rule->unit);
    const bool is_watched = unit != world_.units.end();
    target_.note_illness(is_watched && unit->second.health().deliberate);
    if (target_.incident) {
        target_.incident->in_other_hands = is_watched && unit->second.in_other_hands();
    }
    note_health(world_, target_);
    int steps = 0;
    while (step()) {
        PRIMUM_CHECK(++steps < max_steps);
    }
    note_standing(world_, target_);
    look_at_response();
    write_incident();
}

bool Ladder::step() {
    if (target_.gone && target_.incident && !target_.flight) {
        decide(DecisionKind::abandoned, "abandoned", "the target is no longer in the rules");
        close_incident(Trigger::abandoned, "abandoned");
        return false;
    }
    return step_phase();
}

bool Ladder::step_phase() {
    switch (target_.phase) {
        case Phase::steady:
            return step_steady();
        case Phase::waiting:
            return step_waiting();
        case Phase::asking:
            return step_asking();
        case Phase::running:
            if (world_.now.t >= target_.flight->answer_by) {
                finish(ActionResult::ambiguous,
                       Refusal::none,
                       "no answer within its timeout",
                       Duration{0});
                return true;
            }
            need_at(target_.flight->answer_by);
            return false;
        case Phase::settling:
            return step_settling();
        case Phase::verifying:
            return step_verifying();
        case Phase::awaiting_data:
            return step_awaiting_data();
        case Phase::soaking:
            return step_soaking();
        case Phase::rolling_back:
            return step_rolling_back();
        case Phase::exhausted:
            if (!is_for_real() && recovered()) {
                begin_soak(Trigger::got_well, "recovered_anyway");
                return true;
            }
            return target_.forcing && step_forcing();
        case Phase::intending:
            return false;
    }
    return false;
}

bool Ladder::step_steady() {
    if (target_.gone || target_.condition_of(Level::observe) != Condition::yes) {
        return false;
    }
    const auto& closed = target_.last_closed;
    const bool relapse = closed && closed->record.helped != Level::steady &&
                         world_.now.t - closed->closed <= target_.rule->relapse;
    if (relapse) {
        reopen_incident();
    } else {
        open_incident();
    }
    return true;
}

void Ladder::open_incident() {
    const auto& closed = target_.last_closed;
    target_.fresh = !closed || world_.now.t - closed->closed >= target_.rule->relapse;
    IncidentRecord incident;
    incident.id = world_.next_incident++;
    incident.target = name();
    incident.opened = world_.now;
    incident.dry_run = true;
    for (const IndicatorState& indicator : target_.indicators) {
        if (indicator.severity() == target_.severity()) {
            const EvidenceItem item = indicator.evidence();
            incident.reason = item.indicator + ' ' + std::string{name_of(item.severity)} + ": " +
                              item.value + (item.why.empty() ? "" : " (" + item.why + ')');
            break;
        }
    }
    target_.incident = std::move(incident);
    target_.response = {world_.now.t, world_.now.t};
    world_.ill.insert(target_.key);
    go(Trigger::fell_ill);
    write_incident();
    decide(DecisionKind::opened, "ill", target_.incident->reason);
    tell_flights();
    world_.breakers.note_illness(world_.now.t, name());
    look_at_breakers();
    enter(Level::observe, std::string{condition_met});
}

// Within `relapse` of an incident that an action had closed: that action did not last.
void Ladder::reopen_incident() {
    target_.incident = target_.last_closed->record;
    target_.last_closed.reset();
    target_.fresh = false;
    IncidentRecord& incident = *target_.incident;
    incident.open = true;
    incident.closed = {};
    incident.sev_since = world_.now;  // nobody had to answer for what was over
    target_.response = {world_.now.t, world_.now.t};
    incident.reason.resize(std::min(incident.reason.rfind(ended), incident.reason.size()));
    world_.ill.insert(target_.key);
    go(Trigger::fell_ill);
    write_incident();
    decide(DecisionKind::relapsed,
           "relapsed",
           "ill again within " + duration_text(target_.rule->relapse));
    world_.breakers.note_illness(world_.now.t, name());
    note_relapse();
    enter(incident.helped, "relapsed");
}

void Ladder::enter(Level level, const std::string& reason) {
    const Level from = target_.level;
    target_.level = level;
    target_.rung_entered = world_.now.t;
    target_.condition_since.fill(std::nullopt);
    target_.stuck_since.reset();
    target_.held_back.reset();
    wait_no_more();
    target_.incident->level = level;
    const bool is_first = level == Level::observe || level > target_.incident->peak;
    target_.incident->peak = std::max(target_.incident->peak, level);
    world_.emit(LevelChanged{name(), target_.incident->id, from, level, reason});
    decide(DecisionKind::entered, reason);
    if (is_first && reason == condition_met) {
        note_detected(level);
    }
}

bool Ladder::step_soaking() {
    const Condition ill = target_.condition_of(Level::observe);
    if (ill == Condition::yes) {
        target_.soak_until.reset();
        go(Trigger::fell_ill);
        target_.rung_entered = world_.now.t;
        target_.condition_since.fill(std::nullopt);
        wait_no_more();
        decide(DecisionKind::relapsed, "relapsed", "ill again while soaking");
        if (target_.soak_reason == name_of(Outcome::improved)) {
            note_relapse();
        }
        return true;
    }
    if (world_.now.t < *target_.soak_until) {
        need_at(*target_.soak_until);
        return false;
    }
    if (ill == Condition::undecidable) {
        return false;
    }
    close_incident(Trigger::soaked, target_.soak_reason);
    return false;
}

void Ladder::begin_soak(Trigger trigger, const std::string& reason) {
    drop_force("not_ill", name() + " got well meanwhile: there is nothing to cure");
    target_.soak_until = world_.now.t + target_.rule->soak;
    target_.soak_reason = reason;
    target_.asking.reset();
    target_.stuck_since.reset();
    wait_no_more();
    go(trigger);
    decide(DecisionKind::soaking,
           reason,
           "closes after " + duration_text(target_.rule->soak) + " without a relapse");
}

void Ladder::close_incident(Trigger trigger, const std::string& reason) {
    const Level from = target_.level;
    IncidentRecord& incident = *target_.incident;
    incident.open = false;
    incident.closed = world_.now;
    incident.reason += std::string{ended} + reason;
    if (!target_.gone) {
        decide(DecisionKind::recovered, reason);
    }
    if (incident.dry_run && reason == recovered_alone) {
        note_waiting(true);
    }
    go(trigger);
    target_.level = Level::steady;
    incident.level = Level::steady;
    write_incident();
    world_.emit(LevelChanged{name(), incident.id, from, Level::steady, reason});
    target_.last_closed = ClosedIncident{incident, world_.now.t};
    target_.incident.reset();
    target_.written.reset();
    target_.soak_until.reset();
    target_.forget_illness();
    world_.ill.erase(target_.key);
}

void Ladder::exhaust(Trigger trigger, const std::string& code, const std::string& detail) {
    target_.incident->exhausted_code = code;
    target_.asking.reset();
    wait_no_more();
    go(trigger);
    decide(DecisionKind::exhausted, code, detail);
    if (is_for_real() && trigger != Trigger::not_undone &&
        world_.breakers.covering(name()) == nullptr) {
        page_exhausted(detail);
    }
}

bool Ladder::acknowledge(const OperatorEvent& command) {
    note_acknowledged(command.uid);
    world_.changed.insert(target_.key);
    if (target_.phase != Phase::exhausted) {
        return false;
    }
    IncidentRecord& incident = *target_.incident;
    incident.exhausted_code.clear();
    incident.spent = 0;
    incident.attempts.fill(0);
    incident.dry_attempts.fill(0);
    incident.helped = Level::steady;
    go(Trigger::acknowledged);
    decide(DecisionKind::acknowledged, "acknowledged", command.reason);
    if (target_.level != Level::observe) {
        enter(Level::observe, "acknowledged");
    }
    return true;
}

// An illness of a target with at least one enforced rung is a person's business when primum gives
// up; one that is all dry-run never pages.
bool Ladder::is_for_real() const {
    return target_.enforces_anything(world_.rules->settings.mode, world_.now.wall);
}

// An action under way is what it began as: a forced one is real wherever it is.
bool Ladder::is_dry_run() const {
    return target_.flight ? target_.flight->record.dry_run
                          : !enforced(world_, target_, target_.level);
}

bool Ladder::is_only_observed() const {
    return std::min(target_.rule->mode, world_.rules->settings.mode) == Mode::observe;
}

std::array<std::uint32_t, level_count>& Ladder::attempts(bool dry_run) const {
    return dry_run ? target_.incident->dry_attempts : target_.incident->attempts;
}

bool Ladder::recovered() const {
    return target_.condition_of(Level::observe) == Condition::no;
}

}  // namespace primum::core

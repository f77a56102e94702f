// SPDX-License-Identifier: MIT
#include "core/ladder.hpp"

#include "core/text.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

constexpr std::array climbing{
    Level::observe, Level::retry, Level::failover, Level::restart, Level::fallback};

// No target goes through more states than this in one instant: each rung is entered, spent and
// left once at the most, around one action.
constexpr int max_steps = 64;

// Stands in a closed incident's reason between why it opened and how it ended.
constexpr std::string_view ended = "; ended ";

// The rungs above `level`, lowest first.
std::vector<Level> above(Level level) {
    std::vector<Level> levels;
    std::copy_if(climbing.begin(), climbing.end(), std::back_inserter(levels), [&](Level each) {
        return each > level;
    });
    return levels;
}

std::string condition_text(const RungRule& rung) {
    return std::string{name_of(rung.when)} + " on " + std::to_string(rung.indicators) +
           (rung.indicators == 1 ? " indicator" : " indicators");
}

bool same_veto(const DecisionRecord& last, const DecisionRecord& now) {
    const auto vetoes = [](const DecisionRecord& decision) {
        std::vector<Guard> guards;
        for (const GuardVerdict& verdict : decision.guards) {
            if (verdict.verdict == Verdict::veto) {
                guards.push_back(verdict.guard);
            }
        }
        return guards;
    };
    return last.kind == now.kind && last.incident == now.incident && last.level == now.level &&
           last.reason == now.reason && vetoes(last) == vetoes(now);
}

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
    write_incident();
}

bool Ladder::step() {
    if (target_.gone && target_.incident && !target_.flight) {
        decide(DecisionKind::abandoned, "abandoned", "the target is no longer in the rules");
        close_incident("abandoned");
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
        case Phase::exhausted:
            if (!is_for_real() && recovered()) {
                begin_soak("recovered_anyway");
                return true;
            }
            return false;
        case Phase::intending:
        case Phase::rolling_back:
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
    world_.ill.insert(target_.key);
    set_phase(Phase::waiting);
    write_incident();
    decide(DecisionKind::opened, "ill", target_.incident->reason);
    tell_flights();
    enter(Level::observe, "condition_met");
}

// Within `relapse` of an incident that an action had closed: that action did not last.
void Ladder::reopen_incident() {
    target_.incident = target_.last_closed->record;
    target_.last_closed.reset();
    target_.fresh = false;
    IncidentRecord& incident = *target_.incident;
    incident.open = true;
    incident.closed = {};
    incident.reason.resize(std::min(incident.reason.rfind(ended), incident.reason.size()));
    world_.ill.insert(target_.key);
    set_phase(Phase::waiting);
    write_incident();
    decide(DecisionKind::relapsed,
           "relapsed",
           "ill again within " + duration_text(target_.rule->relapse));
    enter(incident.helped, "relapsed");
}

void Ladder::enter(Level level, const std::string& reason) {
    const Level from = target_.level;
    target_.level = level;
    target_.rung_entered = world_.now.t;
    target_.condition_since.fill(std::nullopt);
    target_.stuck_since.reset();
    target_.waiting_since.reset();
    target_.held_back.reset();
    target_.incident->level = level;
    target_.incident->peak = std::max(target_.incident->peak, level);
    world_.emit(LevelChanged{name(), target_.incident->id, from, level, reason});
    decide(DecisionKind::entered, reason);
}

bool Ladder::step_waiting() {
    if (recovered()) {
        begin_soak("recovered_alone");
        return true;
    }
    const Level level = target_.level;
    if (target_.spent(level)) {
        return climb();
    }
    const RungRule& rung = target_.rung(level);
    if (!rung.named) {
        mark_spent(level, DecisionKind::spent, "unnamed");
        return true;
    }
    const Condition condition = target_.condition_of(level);
    auto& since = target_.condition_since[index_of(level)];
    if (condition == Condition::no) {
        since.reset();
        target_.waiting_since.reset();
        return wait_for_condition(rung);
    }
    if (!since) {
        if (condition == Condition::undecidable) {
            return wait_for_condition(rung);
        }
        since = world_.now.t;
    }
    target_.stuck_since.reset();
    const Instant ready_at = std::max(target_.rung_entered, *since) + rung.dwell;
    if (world_.now.t < ready_at) {
        need_at(ready_at);
        return false;
    }
    if (rung.remedies.empty()) {
        mark_spent(level, DecisionKind::spent, "no_remedy");
        return true;
    }
    if (attempts()[index_of(level)] >= rung.attempts) {
        mark_spent(level, DecisionKind::spent, "attempts_used");
        return true;
    }
    return want_action();
}

// A rung is left only upwards, only when spent, and only into the condition of the next named one;
// those between are recorded as spent on the way.
bool Ladder::climb() {
    if (std::min(target_.rule->mode, world_.rules->settings.mode) == Mode::observe) {
        return false;
    }
    const auto higher = above(target_.level);
    const auto next = std::find_if(
        higher.begin(), higher.end(), [&](Level each) { return target_.rung(each).named; });
    if (next == higher.end()) {
        const auto all = above(Level::observe);
        const bool has_ladder = std::any_of(
            all.begin(), all.end(), [&](Level each) { return target_.rung(each).named; });
        if (!has_ladder) {
            return false;
        }
        for (const Level level : higher) {
            mark_spent(level, DecisionKind::spent, "unnamed");
        }
        exhaust("ladder_spent", "every rung has been tried");
        return true;
    }
    if (target_.condition_of(*next) != Condition::yes) {
        target_.waiting_since.reset();
        return wait_for_condition(target_.rung(*next));
    }
    if (const auto frozen = frozen_by_flapping(world_, target_)) {
        return held_back(*frozen);
    }
    for (const Level level : higher) {
        enter(level, "condition_met");
        if (level == *next) {
            break;
        }
        mark_spent(level, DecisionKind::spent, "unnamed");
    }
    return true;
}

// Ill, but not as the next rung wants it: after max_wait a person is told, once.
bool Ladder::wait_for_condition(const RungRule& wanted) {
    if (!target_.stuck_since) {
        target_.stuck_since = world_.now.t;
    }
    const Instant stalled_at = *target_.stuck_since + wanted.max_wait;
    if (world_.now.t < stalled_at) {
        need_at(stalled_at);
        return false;
    }
    const auto bit = 1U << static_cast<unsigned>(PageKind::stalled);
    if ((target_.incident->paged & bit) == 0) {
        const std::string text = "ill for " + duration_text(wanted.max_wait) + " without meeting " +
                                 condition_text(wanted);
        decide(DecisionKind::stalled, "stalled", text);
        if (is_for_real()) {
            page(PageKind::stalled, "stalled", text);
        }
        target_.incident->paged |= bit;
    }
    return false;
}

bool Ladder::want_action() {
    const GuardReport report = ask_guards(world_, target_, target_.level);
    if (report.veto && *report.veto != Guard::dry_run) {
        return held_back(report);
    }
    target_.held_back.reset();
    const RungRule& rung = target_.rung(target_.level);
    const auto index =
        static_cast<std::uint32_t>(attempts()[index_of(target_.level)] % rung.remedies.size());
    Asking asking{world_.next_ticket++, index, world_.now.t + preflight_patience};
    world_.emit(AskPreflight{asking.ticket,
                             name(),
                             target_.rule->unit,
                             target_.level,
                             index,
                             rung.remedies[index].plan_digest,
                             is_dry_run()});
    target_.asking = asking;
    set_phase(Phase::asking);
    return true;
}

// A guard vetoes: the rung is waited for, never skipped; a person is called when that takes longer
// than max_wait for a reason that is not a person's own doing.
bool Ladder::held_back(const GuardReport& report) {
    const Guard guard = *report.veto;
    std::string detail;
    for (const GuardVerdict& verdict : report.verdicts) {
        if (verdict.guard == guard) {
            detail = verdict.detail;
        }
    }
    decide(DecisionKind::waited, std::string{name_of(guard)}, detail, report.verdicts);
    if (report.look_again) {
        need_at(*report.look_again);
    }
    if (guard == Guard::held || guard == Guard::disabled || guard == Guard::breaker) {
        target_.waiting_since.reset();
        return false;
    }
    if (!target_.waiting_since) {
        target_.waiting_since = world_.now.t;
    }
    const Instant gives_up_at = *target_.waiting_since + target_.rung(target_.level).max_wait;
    if (world_.now.t < gives_up_at) {
        need_at(gives_up_at);
        return false;
    }
    exhaust(std::string{name_of(guard)}, "held back for too long: " + detail);
    return true;
}

bool Ladder::step_soaking() {
    const Condition ill = target_.condition_of(Level::observe);
    if (ill == Condition::yes) {
        target_.soak_until.reset();
        set_phase(Phase::waiting);
        target_.rung_entered = world_.now.t;
        target_.condition_since.fill(std::nullopt);
        target_.waiting_since.reset();
        decide(DecisionKind::relapsed, "relapsed", "ill again while soaking");
        return true;
    }
    if (world_.now.t < *target_.soak_until) {
        need_at(*target_.soak_until);
        return false;
    }
    if (ill == Condition::undecidable) {
        return false;
    }
    close_incident(target_.soak_reason);
    return false;
}

void Ladder::begin_soak(const std::string& reason) {
    target_.soak_until = world_.now.t + target_.rule->soak;
    target_.soak_reason = reason;
    target_.asking.reset();
    target_.waiting_since.reset();
    target_.stuck_since.reset();
    set_phase(Phase::soaking);
    decide(DecisionKind::soaking,
           reason,
           "closes after " + duration_text(target_.rule->soak) + " without a relapse");
}

void Ladder::close_incident(const std::string& reason) {
    const Level from = target_.level;
    IncidentRecord& incident = *target_.incident;
    incident.open = false;
    incident.closed = world_.now;
    incident.reason += std::string{ended} + reason;
    if (!target_.gone) {
        decide(DecisionKind::recovered, reason);
    }
    set_phase(Phase::steady);
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

void Ladder::exhaust(const std::string& code, const std::string& detail) {
    target_.incident->exhausted_code = code;
    target_.asking.reset();
    set_phase(Phase::exhausted);
    decide(DecisionKind::exhausted, code, detail);
    if (is_for_real()) {
        page(PageKind::exhausted,
             code,
             detail + "; nothing more is done until the incident is acknowledged");
    }
}

bool Ladder::acknowledge(const std::string& reason) {
    if (target_.phase != Phase::exhausted) {
        return false;
    }
    IncidentRecord& incident = *target_.incident;
    incident.exhausted_code.clear();
    incident.spent = 0;
    incident.attempts.fill(0);
    incident.dry_attempts.fill(0);
    incident.helped = Level::steady;
    set_phase(Phase::waiting);
    decide(DecisionKind::acknowledged, "acknowledged", reason);
    if (target_.level != Level::observe) {
        enter(Level::observe, "acknowledged");
    }
    world_.changed.insert(target_.key);
    return true;
}

void Ladder::mark_spent(Level level,
                        DecisionKind kind,
                        const std::string& reason,
                        const std::string& detail) {
    if (target_.spent(level)) {
        return;
    }
    target_.incident->spent =
        static_cast<std::uint8_t>(target_.incident->spent | 1U << index_of(level));
    const Level current = target_.level;
    target_.level = level;  // the record names the rung that is spent
    decide(kind, reason, detail);
    target_.level = current;
}

void Ladder::decide(DecisionKind kind,
                    const std::string& reason,
                    const std::string& detail,
                    std::vector<GuardVerdict> guards) {
    DecisionRecord decision;
    decision.incident = target_.incident->id;
    decision.target = name();
    decision.at = world_.now;
    decision.kind = kind;
    decision.level = target_.level;
    decision.reason = reason;
    decision.detail = detail;
    decision.dry_run = is_dry_run();
    decision.guards = std::move(guards);
    decision.evidence = target_.evidence();
    if (target_.flight) {
        decision.action = target_.flight->record.id;
    }
    if (kind == DecisionKind::waited && target_.last_decision &&
        same_veto(*target_.last_decision, decision)) {
        return;
    }
    target_.last_decision = decision;
    world_.record(std::move(decision));
}

void Ladder::page(PageKind kind, const std::string& reason, const std::string& text) {
    const auto bit = 1U << static_cast<unsigned>(kind);
    if ((target_.incident->paged & bit) != 0) {
        return;
    }
    target_.incident->paged |= bit;
    world_.emit(Notify{kind, target_.incident->id, name(), target_.level, reason, text});
}

void Ladder::write_incident() {
    if (!target_.incident) {
        return;
    }
    IncidentRecord& incident = *target_.incident;
    incident.phase = target_.phase;
    IncidentRecord comparable = incident;
    if (target_.written) {
        comparable.updated = target_.written->updated;
    }
    if (target_.written && comparable == *target_.written) {
        return;
    }
    incident.updated = world_.now;
    target_.written = incident;
    world_.record(incident);
}

void Ladder::set_phase(Phase phase) {
    target_.phase = phase;
    if (target_.incident) {
        target_.incident->phase = phase;
    }
}

// An illness of a target with at least one enforced rung is a person's business when primum gives
// up; one that is all dry-run never pages.
bool Ladder::is_for_real() const {
    return target_.enforces_anything(world_.rules->settings.mode);
}

bool Ladder::is_dry_run() const {
    return !enforced(world_, target_, target_.level);
}

std::array<std::uint32_t, level_count>& Ladder::attempts() const {
    return is_dry_run() ? target_.incident->dry_attempts : target_.incident->attempts;
}

bool Ladder::recovered() const {
    return target_.condition_of(Level::observe) == Condition::no;
}

}  // namespace primum::core

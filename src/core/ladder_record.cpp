// SPDX-License-Identifier: MIT
// What the ladder writes down and tells.
#include "core/ladder.hpp"
#include "core/text.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

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
    const bool acts = kind == DecisionKind::acted || kind == DecisionKind::would_act;
    decision.evidence =
        acts && target_.flight ? target_.flight->record.evidence : target_.evidence();
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
    incident.changes = target_.changes;
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

// A dry-run pages nobody, and who soaks is well.
void Ladder::look_at_response() {
    if (!target_.incident) {
        return;
    }
    IncidentRecord& incident = *target_.incident;
    constexpr auto failed_undo = 1U << static_cast<unsigned>(PageKind::rollback_failed);
    Gravity gravity;
    gravity.for_real = is_for_real() || !incident.dry_run;
    gravity.out_of_hand = target_.phase == Phase::exhausted ||
                          (incident.paged & failed_undo) != 0 ||
                          world_.breakers.covering(name()) != nullptr;
    gravity.peak = incident.peak;
    const bool tells = gravity.for_real && target_.phase != Phase::soaking;
    const ResponseLook look = core::look_at_response(
        world_.rules->settings.response, gravity, tells, world_.now, incident, target_.response);
    if (look.is_overdue) {
        world_.emit(Notify{PageKind::overdue,
                           incident.id,
                           name(),
                           target_.level,
                           std::string{name_of(PageKind::overdue)},
                           overdue_text(incident, world_.now.t - target_.response.opened)});
    }
    if (look.again) {
        need_at(*look.again);
    }
}

// The table says where a trigger leads; one that cannot come is a defect.
void Ladder::go(Trigger trigger) {
    const auto next = next_phase(target_.phase, trigger);
    PRIMUM_CHECK(next.has_value());
    target_.phase = *next;
    if (target_.incident) {
        target_.incident->phase = *next;
    }
}

// A start: the phase that the restored incident calls for, whatever was before.
void Ladder::begin_in(Phase phase) {
    target_.phase = phase;
    target_.incident->phase = phase;
}

void Ladder::wait_no_more() {
    target_.waiting_since.reset();
    if (target_.incident) {
        target_.incident->held_back_since = {};
    }
}

void Ladder::transition(ActionState state,
                        const std::string& reason,
                        const std::string& detail,
                        ActionResult result,
                        Outcome outcome,
                        Duration took) {
    TransitionRecord record;
    record.action = target_.flight->record.id;
    record.at = world_.now;
    record.state = state;
    record.result = result;
    record.outcome = outcome;
    record.reason = reason;
    record.detail = detail;
    record.took = took;
    record.facts = std::exchange(target_.flight->facts, {});
    world_.record(std::move(record));
}

}  // namespace primum::core

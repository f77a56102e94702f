// SPDX-License-Identifier: MIT
#pragma once

#include "core/archive.hpp"

#include <primum/engine.hpp>
#include <primum/event.hpp>
#include <primum/record.hpp>

// What the records, and what else the core keeps, of include/primum consist of (archive.hpp).
namespace primum::core {

template <>
struct Members<Stamp> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.t, it.wall); }
};
template <>
struct Members<StoredStamp> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.at, it.boot_id); }
};
template <>
struct Members<Label> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.name, it.value); }
};
template <>
struct Members<SeriesName> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.name, it.labels); }
};
template <>
struct Members<EngineLimits> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.series_per_source,
                      it.samples_per_window,
                      it.holds,
                      it.series_name_bytes,
                      it.remembered_actions,
                      it.remembered_judgements,
                      it.precision_rows);
    }
};
template <>
struct Members<GuardVerdict> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.guard, it.verdict, it.detail);
    }
};
template <>
struct Members<EvidenceItem> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.indicator, it.severity, it.value, it.why);
    }
};
template <>
struct Members<IncidentRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.id,
                      it.target,
                      it.opened,
                      it.updated,
                      it.closed,
                      it.open,
                      it.dry_run,
                      it.level,
                      it.peak,
                      it.phase,
                      it.reason,
                      it.spent,
                      it.helped,
                      it.attempts,
                      it.dry_attempts,
                      it.exhausted_code,
                      it.paged,
                      it.in_other_hands,
                      it.held_back_since,
                      it.changes,
                      it.sev,
                      it.sev_since,
                      it.acknowledged,
                      it.acknowledged_by,
                      it.overdue);
    }
};
template <>
struct Members<ActionFacts> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.evidence,
                      it.snapshots,
                      it.stored_before,
                      it.stored_after,
                      it.lost_state,
                      it.conflict);
    }
};
template <>
struct Members<DecisionRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.incident,
                      it.target,
                      it.at,
                      it.kind,
                      it.level,
                      it.reason,
                      it.detail,
                      it.dry_run,
                      it.action,
                      it.guards,
                      it.evidence);
    }
};
template <>
struct Members<ActionRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.id,
                      it.sequence,
                      it.incident,
                      it.target,
                      it.unit,
                      it.level,
                      it.index,
                      it.kind,
                      it.provider,
                      it.from,
                      it.candidate,
                      it.way_back,
                      it.plan_digest,
                      it.dry_run,
                      it.streak,
                      it.operator_uid,
                      it.intended,
                      it.guards,
                      it.evidence);
    }
};
template <>
struct Members<HoldRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(
            it, it.id, it.target, it.disable, it.uid, it.reason, it.from, it.until, it.released);
    }
};
template <>
struct Members<BaselineRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.target, it.indicator, it.digest, it.samples, it.state, it.at);
    }
};
template <>
struct Members<BreakerRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.target, it.tripped, it.reason, it.detail, it.uid, it.incident, it.at);
    }
};
template <>
struct Members<TrialRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.target,
                      it.level,
                      it.index,
                      it.plan_digest,
                      it.improved,
                      it.unchanged,
                      it.worse,
                      it.demoted,
                      it.at);
    }
};
template <>
struct Members<JudgementRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.action,
                      it.sequence,
                      it.incident,
                      it.target,
                      it.level,
                      it.dry_run,
                      it.digest,
                      it.judged,
                      it.by,
                      it.reason,
                      it.uid,
                      it.at);
    }
};
template <>
struct Members<PrecisionRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.target,
                      it.level,
                      it.digest,
                      it.first_action,
                      it.detected,
                      it.would_act,
                      it.acted,
                      it.justified,
                      it.unjustified,
                      it.recovered_anyway,
                      it.labelled,
                      it.since,
                      it.at);
    }
};
template <>
struct Members<ProviderRecord> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.provider,
                      it.candidate,
                      it.state,
                      it.note,
                      it.current,
                      it.marked,
                      it.uid,
                      it.fell_again,
                      it.until,
                      it.last_checked,
                      it.at);
    }
};
template <>
struct Members<RestoredAction> {
    static void list(auto& archive, auto& it) {
        archive.whole(
            it, it.action, it.state, it.result, it.outcome, it.intended, it.ended, it.judgement);
    }
};
template <>
struct Members<RestoredIncident> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.incident, it.opened, it.updated, it.closed);
    }
};
template <>
struct Members<RestoredHold> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.hold, it.from, it.until); }
};
template <>
struct Members<RestoredBreaker> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.breaker, it.at); }
};
template <>
struct Members<RestoredProvider> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.provider, it.until, it.at); }
};
template <>
struct Members<RestoredState> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.boot_id,
                      it.clock_synchronised,
                      it.ledger_uuid,
                      it.next_action,
                      it.next_incident,
                      it.next_hold,
                      it.ledger_healthy,
                      it.disabled,
                      it.incidents,
                      it.actions,
                      it.holds,
                      it.baselines,
                      it.breakers,
                      it.trials,
                      it.providers,
                      it.judgements,
                      it.precision,
                      it.engine);
    }
};
template <>
struct Members<Caller> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.pid, it.unit, it.session); }
};
template <>
struct Members<OperatorEvent> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.ticket,
                      it.verb,
                      it.target,
                      it.incident,
                      it.action,
                      it.level,
                      it.label,
                      it.provider,
                      it.candidate,
                      it.state,
                      it.length,
                      it.refused,
                      it.detail,
                      it.reason,
                      it.uid,
                      it.caller);
    }
};
template <>
struct Members<UnitEvent> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.unit,
                      it.load_state,
                      it.active_state,
                      it.sub_state,
                      it.result,
                      it.invocation_id,
                      it.restart,
                      it.restart_delay,
                      it.restarts,
                      it.job_id,
                      it.exit_status,
                      it.start_limit_burst,
                      it.start_limit_interval);
    }
};

}  // namespace primum::core

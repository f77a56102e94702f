// SPDX-License-Identifier: MIT
#pragma once

#include <primum/engine.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

// The members of every struct that has a JSON form, named once, for writer and reader alike.
//
// A visitor has `field(name, member)` for what must be there and `maybe(name, member[, default])`
// for what may be left out where it has its default. Names of spans and instants get their unit
// from the visitor.
namespace primum::event {

template <class T, class Plain>
concept Is = std::same_as<std::remove_const_t<T>, Plain>;

template <class V, Is<Stamp> T>
void describe(V& v, T& x) {
    v.field("t", x.t);
    v.field("wall", x.wall);
}

template <class V, Is<StoredStamp> T>
void describe(V& v, T& x) {
    v.field("t", x.at.t);
    v.field("wall", x.at.wall);
    v.field("boot_id", x.boot_id);
}

template <class V, Is<GuardVerdict> T>
void describe(V& v, T& x) {
    v.field("guard", x.guard);
    v.field("verdict", x.verdict);
    v.maybe("detail", x.detail);
}

template <class V, Is<EvidenceItem> T>
void describe(V& v, T& x) {
    v.field("indicator", x.indicator);
    v.field("severity", x.severity);
    v.maybe("value", x.value);
    v.maybe("why", x.why);
}

template <class V, Is<IncidentRecord> T>
void describe(V& v, T& x) {
    v.field("id", x.id);
    v.field("target", x.target);
    v.field("opened", x.opened);
    v.field("updated", x.updated);
    v.maybe("closed", x.closed);
    v.field("open", x.open);
    v.maybe("dry_run", x.dry_run);
    v.field("level", x.level);
    v.field("peak", x.peak);
    v.field("phase", x.phase);
    v.maybe("reason", x.reason);
    v.maybe("spent", x.spent);
    v.maybe("helped", x.helped, Level::steady);
    v.maybe("attempts", x.attempts);
    v.maybe("dry_attempts", x.dry_attempts);
    v.maybe("exhausted_code", x.exhausted_code);
    v.maybe("paged", x.paged);
    v.maybe("in_other_hands", x.in_other_hands);
    v.maybe("held_back_since", x.held_back_since);
    v.maybe("changes", x.changes);
    v.maybe("sev", x.sev, Sev::sev3);
    v.maybe("sev_since", x.sev_since);
    v.maybe("acknowledged", x.acknowledged);
    v.maybe("acknowledged_by", x.acknowledged_by, nobody);
    v.maybe("overdue", x.overdue);
}

template <class V, Is<DecisionRecord> T>
void describe(V& v, T& x) {
    v.maybe("incident", x.incident);
    v.field("target", x.target);
    v.field("at", x.at);
    v.field("kind", x.kind);
    v.field("level", x.level);
    v.maybe("reason", x.reason);
    v.maybe("detail", x.detail);
    v.maybe("dry_run", x.dry_run);
    v.maybe("action", x.action);
    v.maybe("guards", x.guards);
    v.maybe("evidence", x.evidence);
}

template <class V, Is<ActionRecord> T>
void describe(V& v, T& x) {
    v.field("id", x.id);
    v.field("sequence", x.sequence);
    v.maybe("incident", x.incident);
    v.field("target", x.target);
    v.maybe("unit", x.unit);
    v.field("level", x.level);
    v.maybe("index", x.index);
    v.maybe("kind", x.kind);
    v.maybe("provider", x.provider);
    v.maybe("from", x.from);
    v.maybe("candidate", x.candidate);
    v.maybe("way_back", x.way_back, WayBack::none);
    v.maybe("plan_digest", x.plan_digest);
    v.maybe("dry_run", x.dry_run);
    v.maybe("streak", x.streak, 1U);
    v.maybe("operator_uid", x.operator_uid, nobody);
    v.field("intended", x.intended);
    v.maybe("guards", x.guards);
    v.maybe("evidence", x.evidence);
}

template <class V, Is<ActionFacts> T>
void describe(V& v, T& x) {
    v.maybe("evidence", x.evidence);
    v.maybe("snapshots", x.snapshots);
    v.maybe("stored_before", x.stored_before, not_counted);
    v.maybe("stored_after", x.stored_after, not_counted);
    v.maybe("lost_state", x.lost_state);
    v.maybe("conflict", x.conflict);
}

template <class V, Is<TransitionRecord> T>
void describe(V& v, T& x) {
    v.field("action", x.action);
    v.field("at", x.at);
    v.field("state", x.state);
    v.maybe("result", x.result, ActionResult::none);
    v.maybe("outcome", x.outcome, Outcome::none);
    v.maybe("reason", x.reason);
    v.maybe("detail", x.detail);
    v.maybe("took", x.took);
    v.maybe("facts", x.facts, ActionFacts{});
}

template <class V, Is<HoldRecord> T>
void describe(V& v, T& x) {
    v.field("id", x.id);
    v.maybe("target", x.target);
    v.maybe("disable", x.disable);
    v.field("uid", x.uid);
    v.maybe("reason", x.reason);
    v.field("from", x.from);
    v.field("until", x.until);
    v.maybe("released", x.released);
}

template <class V, Is<Caller> T>
void describe(V& v, T& x) {
    v.maybe("pid", x.pid);
    v.maybe("unit", x.unit);
    v.maybe("session", x.session);
}

template <class V, Is<OperatorRecord> T>
void describe(V& v, T& x) {
    v.field("at", x.at);
    v.field("verb", x.verb);
    v.maybe("target", x.target);
    v.maybe("incident", x.incident);
    v.maybe("action", x.action);
    v.maybe("level", x.level, Level::steady);
    v.maybe("label", x.label, ActionLabel::none);
    v.field("uid", x.uid);
    v.maybe("caller", x.caller, Caller{});
    v.maybe("reason", x.reason);
    v.field("accepted", x.accepted);
    v.maybe("message", x.message);
}

template <class V, Is<BaselineRecord> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.field("indicator", x.indicator);
    v.field("digest", x.digest);
    v.field("samples", x.samples);
    v.field("state", x.state);
    v.field("at", x.at);
}

template <class V, Is<BreakerRecord> T>
void describe(V& v, T& x) {
    v.maybe("target", x.target);
    v.field("tripped", x.tripped);
    v.field("reason", x.reason);
    v.maybe("detail", x.detail);
    v.maybe("uid", x.uid);
    v.maybe("incident", x.incident);
    v.field("at", x.at);
}

template <class V, Is<TrialRecord> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.maybe("level", x.level, Level::steady);
    v.maybe("index", x.index);
    v.maybe("plan_digest", x.plan_digest);
    v.maybe("improved", x.improved);
    v.maybe("unchanged", x.unchanged);
    v.maybe("worse", x.worse);
    v.maybe("demoted", x.demoted);
    v.field("at", x.at);
}

template <class V, Is<ProviderRecord> T>
void describe(V& v, T& x) {
    v.field("provider", x.provider);
    v.field("candidate", x.candidate);
    v.field("state", x.state);
    v.maybe("note", x.note);
    v.maybe("current", x.current);
    v.maybe("marked", x.marked);
    v.maybe("uid", x.uid, nobody);
    v.maybe("fell_again", x.fell_again);
    v.maybe("until", x.until);
    v.maybe("last_checked", x.last_checked);
    v.field("at", x.at);
}

template <class V, Is<JudgementRecord> T>
void describe(V& v, T& x) {
    v.field("action", x.action);
    v.field("sequence", x.sequence);
    v.maybe("incident", x.incident);
    v.field("target", x.target);
    v.field("level", x.level);
    v.maybe("dry_run", x.dry_run);
    v.maybe("digest", x.digest);
    v.maybe("judged", x.judged, ActionLabel::none);
    v.maybe("by", x.by, JudgedBy::comparison);
    v.maybe("reason", x.reason);
    v.maybe("uid", x.uid, nobody);
    v.field("at", x.at);
}

template <class V, Is<PrecisionRecord> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.field("level", x.level);
    v.field("digest", x.digest);
    v.maybe("first_action", x.first_action, std::uint64_t{1});
    v.maybe("detected", x.detected);
    v.maybe("would_act", x.would_act);
    v.maybe("acted", x.acted);
    v.maybe("justified", x.justified);
    v.maybe("unjustified", x.unjustified);
    v.maybe("recovered_anyway", x.recovered_anyway);
    v.maybe("labelled", x.labelled);
    v.field("since", x.since);
    v.field("at", x.at);
}

template <class V, Is<RestoredIncident> T>
void describe(V& v, T& x) {
    v.field("incident", x.incident);
    v.field("opened", x.opened);
    v.field("updated", x.updated);
    v.maybe("closed", x.closed);
}

template <class V, Is<RestoredAction> T>
void describe(V& v, T& x) {
    v.field("action", x.action);
    v.field("state", x.state);
    v.maybe("result", x.result, ActionResult::none);
    v.maybe("outcome", x.outcome, Outcome::none);
    v.field("intended", x.intended);
    v.maybe("ended", x.ended);
    v.maybe("judgement", x.judgement, JudgementRecord{});
}

template <class V, Is<RestoredHold> T>
void describe(V& v, T& x) {
    v.field("hold", x.hold);
    v.field("from", x.from);
    v.field("until", x.until);
}

template <class V, Is<RestoredBreaker> T>
void describe(V& v, T& x) {
    v.field("breaker", x.breaker);
    v.field("at", x.at);
}

template <class V, Is<RestoredProvider> T>
void describe(V& v, T& x) {
    v.field("provider", x.provider);
    v.maybe("until", x.until);
    v.field("at", x.at);
}

template <class V, Is<RestoredState> T>
void describe(V& v, T& x) {
    v.field("boot_id", x.boot_id);
    v.maybe("clock_synchronised", x.clock_synchronised);
    v.maybe("ledger_uuid", x.ledger_uuid);
    v.maybe("next_action", x.next_action, std::uint64_t{1});
    v.maybe("next_incident", x.next_incident, std::uint64_t{1});
    v.maybe("next_hold", x.next_hold, std::uint64_t{1});
    v.field("ledger_healthy", x.ledger_healthy);
    v.maybe("disabled", x.disabled);
    v.maybe("incidents", x.incidents);
    v.maybe("actions", x.actions);
    v.maybe("holds", x.holds);
    v.maybe("baselines", x.baselines);
    v.maybe("breakers", x.breakers);
    v.maybe("trials", x.trials);
    v.maybe("providers", x.providers);
    v.maybe("judgements", x.judgements);
    v.maybe("precision", x.precision);
    v.maybe("engine", x.engine);
}

}  // namespace primum::event

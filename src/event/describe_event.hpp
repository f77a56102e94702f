// SPDX-License-Identifier: MIT
#pragma once

#include "event/describe.hpp"

#include <array>
#include <string_view>
#include <variant>

// The members of the events, and their types' names in the order of EventBody.
namespace primum::event {

inline constexpr std::array<std::string_view, std::variant_size_v<EventBody>> event_types{
    "series",
    "sample",
    "samples",
    "source",
    "unit",
    "job",
    "file",
    "provider",
    "operator",
    "host",
    "rules",
    "restore",
    "preflight",
    "action",
    "ledger",
    "slot",
    "tick"};

template <class V, Is<SeriesEvent> T>
void describe(V& v, T& x) {
    v.field("source", x.source);
    v.field("series", x.id);
    v.field("name", x.name);
    v.maybe("gone", x.gone);
}

template <class V, Is<SampleEvent> T>
void describe(V& v, T& x) {
    v.field("source", x.source);
    v.field("series", x.id);
    v.field("value", x.value);
}

template <class V, Is<SamplesEvent> T>
void describe(V& v, T& x) {
    v.field("source", x.source);
    v.field("values", x.values);
}

template <class V, Is<SourceEvent> T>
void describe(V& v, T& x) {
    v.field("source", x.source);
    v.field("ok", x.ok);
    v.maybe("error_class", x.error_class);
    v.maybe("detail", x.detail);
}

template <class V, Is<UnitEvent> T>
void describe(V& v, T& x) {
    v.field("unit", x.unit);
    v.field("load_state", x.load_state);
    v.field("active_state", x.active_state);
    v.maybe("sub_state", x.sub_state);
    v.maybe("result", x.result);
    v.maybe("invocation_id", x.invocation_id);
    v.maybe("restart", x.restart);
    v.maybe("restart_delay", x.restart_delay);
    v.maybe("restarts", x.restarts);
    v.maybe("job_id", x.job_id);
    v.maybe("exit_status", x.exit_status);
    v.maybe("start_limit_burst", x.start_limit_burst);
    v.maybe("start_limit_interval", x.start_limit_interval);
}

template <class V, Is<JobEvent> T>
void describe(V& v, T& x) {
    v.field("unit", x.unit);
    v.field("id", x.id);
    v.maybe("job_type", x.type);
    v.maybe("removed", x.removed);
    v.maybe("result", x.result);
    v.maybe("ours", x.ours);
}

template <class V, Is<FileEvent> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.field("path", x.path);
}

template <class V, Is<ProviderEvent> T>
void describe(V& v, T& x) {
    v.field("provider", x.provider);
    v.maybe("candidate", x.candidate);
    v.maybe("detail", x.detail);
}

template <class V, Is<OperatorEvent> T>
void describe(V& v, T& x) {
    v.field("ticket", x.ticket);
    v.field("verb", x.verb);
    v.maybe("target", x.target);
    v.maybe("incident", x.incident);
    v.maybe("action", x.action);
    v.maybe("level", x.level, Level::steady);
    v.maybe("label", x.label, ActionLabel::none);
    v.maybe("provider", x.provider);
    v.maybe("candidate", x.candidate);
    v.maybe("state", x.state, CandidateState::unknown);
    v.maybe("length", x.length);
    v.maybe("refused", x.refused);
    v.maybe("detail", x.detail);
    v.maybe("reason", x.reason);
    v.field("uid", x.uid);
    v.maybe("caller", x.caller, Caller{});
}

template <class V, Is<HostEvent> T>
void describe(V& v, T& x) {
    v.field("change", x.change);
    v.maybe("disabled", x.disabled);
    v.maybe("busy", x.busy);
    v.maybe("detail", x.detail);
}

// `compiled` has no form in a line: whoever reads one compiles `text` again.
template <class V, Is<RulesEvent> T>
void describe(V& v, T& x) {
    v.field("digest", x.digest);
    v.field("text", x.text);
}

template <class V, Is<RestoreEvent> T>
void describe(V& v, T& x) {
    v.field("state", x.state);
}

template <class V, Is<PreflightEvent> T>
void describe(V& v, T& x) {
    v.field("ticket", x.ticket);
    v.field("answer", x.answer);
    v.maybe("code", x.code, Refusal::none);
    v.maybe("detail", x.detail);
    v.maybe("blast_radius", x.blast_radius);
    v.maybe("current", x.current);
}

template <class V, Is<ActionEvent> T>
void describe(V& v, T& x) {
    v.field("action", x.action);
    v.field("phase", x.phase);
    v.maybe("result", x.result, ActionResult::none);
    v.maybe("refusal", x.refusal, Refusal::none);
    v.maybe("settled_as", x.settled_as, SettledAs::not_started);
    v.maybe("detail", x.detail);
    v.maybe("took", x.took);
    v.maybe("facts", x.facts, ActionFacts{});
}

template <class V, Is<LedgerEvent> T>
void describe(V& v, T& x) {
    v.field("news", x.news);
    v.maybe("action", x.action);
    v.maybe("detail", x.detail);
}

template <class V, Is<SlotEvent> T>
void describe(V& v, T& x) {
    v.field("ticket", x.ticket);
    v.field("granted", x.granted);
    v.maybe("detail", x.detail);
}

template <class V, Is<TickEvent> T>
void describe(V& /*v*/, T& /*x*/) {}

}  // namespace primum::event

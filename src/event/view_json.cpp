// SPDX-License-Identifier: MIT
#include "event/view_json.hpp"

#include "event/describe.hpp"
#include "event/field_writer.hpp"

#include <primum/precision.hpp>

namespace primum::event {

template <class V, Is<IndicatorView> T>
void describe(V& v, T& x) {
    describe(v, x.evidence);
    v.field("source", x.source);
    v.field("last", x.last);
}

template <class V, Is<RungView> T>
void describe(V& v, T& x) {
    v.field("level", x.level);
    v.field("named", x.named);
    v.field("enforced", x.enforced);
    v.field("spent", x.spent);
    v.field("attempts_used", x.attempts_used);
    v.field("attempts", x.attempts);
    v.field("condition", x.condition);
    v.field("remedy", x.remedy);
    v.field("precision", x.precision);
    v.field("cooldown_until", x.cooldown_until);
}

template <class V, Is<TargetSummary> T>
void describe(V& v, T& x) {
    v.field("name", x.name);
    v.field("unit", x.unit);
    v.field("mode", x.mode);
    v.field("enforce_up_to", x.enforce_up_to);
    v.field("held_back", x.held_back);
    v.field("level", x.level);
    v.field("phase", x.phase);
    v.field("severity", x.severity);
    v.field("incident", x.incident);
    v.field("reason", x.reason);
    v.field("held", x.held);
    v.field("disabled", x.disabled);
    v.field("flapping", x.flapping);
    v.field("breaker", x.breaker);
    v.field("sev", x.incident != 0 ? std::optional{x.sev} : std::nullopt);
    v.field("acknowledged", x.acknowledged);
}

template <class V, Is<Explanation> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.field("at", x.at);
    v.field("evidence", x.evidence);
    v.field("rungs", x.rungs);
    v.field("last_decision", x.last_decision);
    v.field("guards", x.guards);
    v.field("next", x.next);
    v.field("next_at", x.next_at);
    v.field("action", x.action);
    v.field("undo", x.undo);
    v.field("stop", x.stop);
}

// Counts, and what they come to.
struct PrecisionRow {
    const PrecisionRecord& counts;
};

template <class V, Is<PrecisionRow> T>
void describe(V& v, T& x) {
    describe(v, x.counts);
    v.field("share", precision_share(x.counts.justified, x.counts.unjustified));
    v.field("text", precision_text(x.counts));
}

template <class V, Is<HoldView> T>
void describe(V& v, T& x) {
    v.field("id", x.hold.id);
    v.field("target", x.hold.target);
    v.field("disable", x.hold.disable);
    v.field("uid", x.hold.uid);
    v.field("reason", x.hold.reason);
    v.field("from", x.hold.from);
    v.field("until", x.until);
}

template <class V, Is<Pointer> T>
void describe(V& v, T& x) {
    v.field("form", x.form);
    v.field("path", x.path);
    v.field("key", x.key);
}

template <class V, Is<CandidateView> T>
void describe(V& v, T& x) {
    v.field("candidate", x.record.candidate);
    v.field("state", x.record.state);
    v.field("note", x.record.note);
    v.field("current", x.record.current);
    v.field("marked", x.record.marked);
    v.field("marked_until", x.marked_until);
    v.field("uid", x.record.uid);
    v.field("fell_again", x.record.fell_again);
    v.maybe("last_checked", x.record.last_checked);
}

template <class V, Is<ProviderView> T>
void describe(V& v, T& x) {
    v.field("name", x.name);
    v.field("pointer", x.pointer);
    v.field("current", x.current);
    v.field("candidates", x.candidates);
    v.field("next", x.next);
    v.field("failback_at", x.failback_at);
}

template <class V, Is<Budget> T>
void describe(V& v, T& x) {
    v.field("actions", x.actions);
    v.field("per", x.per);
}

template <class V, Is<HostView> T>
void describe(V& v, T& x) {
    v.field("mode", x.mode);
    v.field("disabled", x.disabled);
    v.field("ledger_healthy", x.ledger_healthy);
    v.field("rules_digest", x.rules_digest);
    v.field("warm_up_until", x.warm_up_until);
    v.field("in_flight", x.in_flight);
    v.field("host_actions_used", x.host_actions_used);
    v.field("host_budget", x.host_budget);
    v.field("holds", x.holds);
    v.field("breakers", x.breakers);
    v.field("busy", x.busy);
}

namespace {

template <class T>
std::string object_of(const T& value, Duration wall_minus_t = Duration{0}) {
    std::string out;
    JsonWriter json{out};
    FieldWriter{json, Defaults::write, wall_minus_t}.object(value);
    return out;
}

template <class T>
std::string array_of(std::span<const T> items) {
    std::string out;
    JsonWriter json{out};
    json.begin_array();
    for (const T& item : items) {
        json.raw(to_json(item));
    }
    json.end_array();
    return out;
}

}  // namespace

std::string to_json(const HostView& view, Duration wall_minus_t) {
    return object_of(view, wall_minus_t);
}
std::string to_json(const TargetSummary& view) {
    return object_of(view);
}
std::string to_json(const Explanation& view, Duration wall_minus_t) {
    return object_of(view, wall_minus_t);
}
std::string to_json(const ProviderView& view, Duration wall_minus_t) {
    return object_of(view, wall_minus_t);
}
std::string to_json(const IncidentRecord& record) {
    return object_of(record);
}
std::string to_json(const DecisionRecord& record) {
    return object_of(record);
}
std::string to_json(const ActionRecord& record) {
    return object_of(record);
}
std::string to_json(const TransitionRecord& record) {
    return object_of(record);
}
std::string to_json(const HoldRecord& record) {
    return object_of(record);
}
std::string to_json(const OperatorRecord& record) {
    return object_of(record);
}
std::string to_json(const PrecisionRecord& record) {
    return object_of(PrecisionRow{record});
}
std::string to_json(const RestoredIncident& row) {
    return object_of(row);
}
std::string to_json(const RestoredAction& row) {
    return object_of(row);
}

std::string json_array(std::span<const std::string> values) {
    std::string out;
    JsonWriter json{out};
    json.begin_array();
    for (const std::string& value : values) {
        json.raw(value);
    }
    json.end_array();
    return out;
}

std::string json_string(std::string_view text) {
    std::string out;
    append_string(out, text);
    return out;
}

std::string to_json(const IncidentStoryParts& story) {
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.key("incident");
    json.raw(to_json(story.incident));
    json.key("decisions");
    json.raw(array_of(story.decisions));
    json.key("actions");
    json.raw(array_of(story.actions));
    json.key("transitions");
    json.raw(array_of(story.transitions));
    json.end_object();
    return out;
}

}  // namespace primum::event

// SPDX-License-Identifier: MIT
#include "event/effect_json.hpp"

#include "event/describe.hpp"
#include "event/field_writer.hpp"

#include <array>
#include <string_view>
#include <variant>

namespace primum::event {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Effect>> effect_names{"record",
                                                                                 "ask_preflight",
                                                                                 "run_action",
                                                                                 "settle_action",
                                                                                 "roll_back",
                                                                                 "ask_pointer",
                                                                                 "notify",
                                                                                 "level_changed",
                                                                                 "severity_changed",
                                                                                 "unit_started",
                                                                                 "operator_reply",
                                                                                 "rejected"};

constexpr std::array<std::string_view, std::variant_size_v<Record>> record_names{"incident",
                                                                                 "decision",
                                                                                 "action",
                                                                                 "transition",
                                                                                 "hold",
                                                                                 "operator",
                                                                                 "baseline",
                                                                                 "breaker",
                                                                                 "trial",
                                                                                 "provider",
                                                                                 "judgement",
                                                                                 "precision"};

}  // namespace

template <class V, Is<AskPreflight> T>
void describe(V& v, T& x) {
    v.field("ticket", x.ticket);
    v.field("target", x.target);
    v.field("unit", x.unit);
    v.field("level", x.level);
    v.field("index", x.index);
    v.maybe("candidate", x.candidate);
    v.field("plan_digest", x.plan_digest);
    v.field("dry_run", x.dry_run);
    v.maybe("operator_uid", x.operator_uid, nobody);
}

template <class V, Is<RunAction> T>
void describe(V& v, T& x) {
    v.field("action", x.action);
    v.field("target", x.target);
    v.field("unit", x.unit);
    v.field("level", x.level);
    v.field("index", x.index);
    v.maybe("candidate", x.candidate);
    v.field("plan_digest", x.plan_digest);
    v.field("not_after", x.not_after);
    v.field("timeout", x.timeout);
    v.field("operator_uid", x.operator_uid);
}

template <class V, Is<SettleAction> T>
void describe(V& v, T& x) {
    v.field("action", x.action);
}

template <class V, Is<RollBack> T>
void describe(V& v, T& x) {
    v.field("action", x.action);
}

template <class V, Is<AskPointer> T>
void describe(V& v, T& x) {
    v.field("provider", x.provider);
}

template <class V, Is<Notify> T>
void describe(V& v, T& x) {
    v.field("kind", x.kind);
    v.field("incident", x.incident);
    v.field("target", x.target);
    v.field("level", x.level);
    v.field("reason", x.reason);
    v.field("text", x.text);
}

template <class V, Is<LevelChanged> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.field("incident", x.incident);
    v.field("from", x.from);
    v.field("to", x.to);
    v.field("reason", x.reason);
}

template <class V, Is<SeverityChanged> T>
void describe(V& v, T& x) {
    v.field("target", x.target);
    v.field("indicator", x.indicator);
    v.field("from", x.from);
    v.field("to", x.to);
    v.field("value", x.value);
}

template <class V, Is<UnitStarted> T>
void describe(V& v, T& x) {
    v.field("unit", x.unit);
    v.field("by", x.by);
    v.maybe("detail", x.detail);
}

template <class V, Is<OperatorReply> T>
void describe(V& v, T& x) {
    v.field("ticket", x.ticket);
    v.field("accepted", x.accepted);
    v.field("code", x.code);
    v.field("message", x.message);
    v.field("hold", x.hold);
}

template <class V, Is<Rejected> T>
void describe(V& v, T& x) {
    v.field("reason", x.reason);
    v.field("detail", x.detail);
}

std::string write_effect(const Effect& effect) {
    std::string line;
    line.reserve(256);
    JsonWriter json{line};
    json.begin_object();
    json.key("effect");
    json.value(effect_names.at(effect.index()));
    FieldWriter fields{json, Defaults::write};
    std::visit(
        [&](const auto& body) {
            if constexpr (std::same_as<std::remove_cvref_t<decltype(body)>, RecordEffect>) {
                json.key("record");
                json.value(record_names.at(body.record.index()));
                std::visit([&](const auto& record) { describe(fields, record); }, body.record);
            } else {
                describe(fields, body);
            }
        },
        effect);
    json.end_object();
    return line;
}

}  // namespace primum::event

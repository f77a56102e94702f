// SPDX-License-Identifier: MIT
#pragma once

#include <primum/check.hpp>
#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace primum::notice {

// What a notice is about: every kind of page under its own name, and what is no page.
enum class NoticeKind : std::uint8_t {
    exhausted,
    stalled,
    ambiguous,
    rollback_failed,
    breaker,
    awaiting_data,
    source_failed,
    demoted,
    overdue,
    incident,   // from its opening until it is closed
    sev1,       // an incident that has become as grave as can be
    heartbeat,  // always
    resolved,   // an incident that was paged is closed
};

// How grave, the least first; the word is the alert's label `severity`.
enum class Gravity : std::uint8_t { none, info, warning, critical };

}  // namespace primum::notice

template <>
inline constexpr std::array<std::string_view, 13> primum::enum_names<primum::notice::NoticeKind>{
    "exhausted",
    "stalled",
    "ambiguous",
    "rollback_failed",
    "breaker",
    "awaiting_data",
    "source_failed",
    "demoted",
    "overdue",
    "incident",
    "sev1",
    "heartbeat",
    "resolved"};
template <>
inline constexpr std::array<std::string_view, 4> primum::enum_names<primum::notice::Gravity>{
    "none", "info", "warning", "critical"};

namespace primum::notice {

struct KindFacts {
    std::string_view alert;  // the label `alertname`
    Gravity gravity = Gravity::none;
};

// In the order of the enumeration. They never change: a label that changes makes another alert.
inline constexpr std::array<KindFacts, 13> kind_facts{{
    {"PrimumTargetExhausted", Gravity::critical},
    {"PrimumTargetStalled", Gravity::warning},
    {"PrimumActionAmbiguous", Gravity::critical},
    {"PrimumRollbackFailed", Gravity::critical},
    {"PrimumBreakerTripped", Gravity::critical},
    {"PrimumAwaitingData", Gravity::warning},
    {"PrimumSourceDown", Gravity::warning},
    {"PrimumRemedyDemoted", Gravity::warning},
    {"PrimumAcknowledgementOverdue", Gravity::critical},
    {"PrimumIncident", Gravity::warning},
    {"PrimumIncidentSev1", Gravity::critical},
    {"PrimumHeartbeat", Gravity::none},
    {"", Gravity::info},
}};

constexpr KindFacts facts_of(NoticeKind kind) {
    return kind_facts.at(static_cast<std::size_t>(kind));
}

static_assert(enum_names<PageKind>.size() == 9 && enum_names<PageKind>[8] == "overdue" &&
              enum_names<NoticeKind>[8] == "overdue");

constexpr NoticeKind kind_of(PageKind page) {
    return static_cast<NoticeKind>(page);
}

}  // namespace primum::notice

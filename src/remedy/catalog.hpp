// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>
#include <primum/vocabulary.hpp>

#include <span>
#include <string_view>

namespace primum::remedy {

// How an effect that an ended actuator left behind is judged.
enum class EffectTrace : std::uint8_t {
    none,        // nothing tells
    job,         // the job tells
    invocation,  // the job, then the unit's InvocationID
};

// One remedy kind, as documented, checked and offered.
struct RemedyEntry {
    RemedyKind kind;
    std::string_view name;
    std::string_view summary;     // what it does, in one line
    std::string_view parameters;  // its keys in a rule, in one line
    Level lowest;                 // the levels on which it may stand
    Level highest;
    bool available;             // false: "not available yet"
    bool needs_way_back;        // must have an undo, or say why it is irreversible
    std::string_view way_back;  // how it is undone, in one line
    EffectTrace trace;
};

// Every kind of the vocabulary, in its order.
[[nodiscard]] std::span<const RemedyEntry> catalog();
[[nodiscard]] const RemedyEntry& entry_of(RemedyKind kind);

}  // namespace primum::remedy

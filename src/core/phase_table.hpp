// SPDX-License-Identifier: MIT
#pragma once

#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

// The state machine of one target: what can happen in which phase, and where that leads. Nothing
// else changes a phase (Ladder::go), but for a start, which begins a target in the phase that its
// restored incident calls for. docs/state-machine.md shows the same table; a test compares them.
namespace primum::core {

enum class Trigger : std::uint8_t {
    fell_ill,         // the condition of level 1 is met
    got_well,         // it is known not to be met any more
    guards_passed,    // a remedy is wanted and no cheap guard vetoes
    plan_dropped,     // preflight said no, a guard vetoes now, it got well, or the rules changed
    acts,             // preflight and guards pass: an intent is made
    would_act,        // the same at a level that is not enforced
    forced,           // preflight passes what a person forces: an intent is made
    intent_recorded,  // the intent is durable, and nothing has called it off
    not_done,         // not recorded, called off or refused: there was no effect
    finished,         // the action has ended, done or failed
    in_doubt,         // nobody can say how it ended
    settle_over,      // `settle` has passed
    improved,         // verified: better (a dry-run: recovered anyway)
    no_better,        // verified: unchanged or worse, and nothing is put back
    undo,             // verified unchanged or worse, or a person asks: the way back is taken
    inconclusive,     // verified: what triggered it is unknown now
    undone,           // the way back was taken
    not_undone,       // it could not be taken, or nobody answers
    gave_up,          // every rung is spent, or held back or without data for max_wait
    soaked,           // well for the whole of `soak`
    acknowledged,     // a person re-arms the ladder
    abandoned,        // the target left the rules
};
inline constexpr std::array<std::string_view, 22> trigger_names{
    "fell_ill", "got_well",        "guards_passed", "plan_dropped", "acts",     "would_act",
    "forced",   "intent_recorded", "not_done",      "finished",     "in_doubt", "settle_over",
    "improved", "no_better",       "undo",          "inconclusive", "undone",   "not_undone",
    "gave_up",  "soaked",          "acknowledged",  "abandoned"};

constexpr std::string_view name_of(Trigger trigger) {
    return trigger_names.at(static_cast<std::size_t>(trigger));
}

// A set of phases, one bit each.
using PhaseSet = std::uint16_t;

constexpr PhaseSet in(std::initializer_list<Phase> phases) {
    unsigned set = 0;
    for (const Phase phase : phases) {
        set |= 1U << static_cast<unsigned>(phase);
    }
    return static_cast<PhaseSet>(set);
}
constexpr PhaseSet all_but(std::initializer_list<Phase> phases) {
    constexpr unsigned all = (1U << enum_names<Phase>.size()) - 1;
    return static_cast<PhaseSet>(all & ~unsigned{in(phases)});
}
constexpr bool holds(PhaseSet set, Phase phase) {
    return (unsigned{set} >> static_cast<unsigned>(phase) & 1U) != 0;
}

// `to` is empty where the trigger cannot come: it is a defect of primum if it does.
struct PhaseRow {
    Trigger trigger;
    PhaseSet from;
    std::optional<Phase> to;
};

inline constexpr std::optional<Phase> never;

// Every phase with every trigger stands in exactly one row.
inline constexpr std::array phase_table{
    PhaseRow{Trigger::fell_ill, in({Phase::steady, Phase::soaking}), Phase::waiting},
    PhaseRow{Trigger::fell_ill, all_but({Phase::steady, Phase::soaking}), never},
    PhaseRow{Trigger::got_well, in({Phase::waiting, Phase::exhausted}), Phase::soaking},
    PhaseRow{Trigger::got_well, all_but({Phase::waiting, Phase::exhausted}), never},
    PhaseRow{Trigger::guards_passed, in({Phase::waiting}), Phase::asking},
    PhaseRow{Trigger::guards_passed, all_but({Phase::waiting}), never},
    PhaseRow{Trigger::plan_dropped, in({Phase::asking}), Phase::waiting},
    PhaseRow{Trigger::plan_dropped, all_but({Phase::asking}), never},
    PhaseRow{Trigger::acts, in({Phase::asking}), Phase::intending},
    PhaseRow{Trigger::acts, all_but({Phase::asking}), never},
    PhaseRow{Trigger::would_act, in({Phase::asking}), Phase::settling},
    PhaseRow{Trigger::would_act, all_but({Phase::asking}), never},
    PhaseRow{Trigger::forced, in({Phase::waiting, Phase::exhausted}), Phase::intending},
    PhaseRow{Trigger::forced, all_but({Phase::waiting, Phase::exhausted}), never},
    PhaseRow{Trigger::intent_recorded, in({Phase::intending}), Phase::running},
    PhaseRow{Trigger::intent_recorded, all_but({Phase::intending}), never},
    PhaseRow{Trigger::not_done, in({Phase::intending, Phase::running}), Phase::waiting},
    PhaseRow{Trigger::not_done, all_but({Phase::intending, Phase::running}), never},
    PhaseRow{Trigger::finished, in({Phase::running}), Phase::settling},
    PhaseRow{Trigger::finished, all_but({Phase::running}), never},
    PhaseRow{Trigger::in_doubt, in({Phase::running}), Phase::exhausted},
    PhaseRow{Trigger::in_doubt, all_but({Phase::running}), never},
    PhaseRow{Trigger::settle_over, in({Phase::settling}), Phase::verifying},
    PhaseRow{Trigger::settle_over, all_but({Phase::settling}), never},
    PhaseRow{Trigger::improved, in({Phase::verifying, Phase::awaiting_data}), Phase::soaking},
    PhaseRow{Trigger::improved, all_but({Phase::verifying, Phase::awaiting_data}), never},
    PhaseRow{Trigger::no_better,
             in({Phase::settling, Phase::verifying, Phase::awaiting_data}),
             Phase::waiting},
    PhaseRow{Trigger::no_better,
             all_but({Phase::settling, Phase::verifying, Phase::awaiting_data}),
             never},
    PhaseRow{Trigger::undo,
             in({Phase::running, Phase::settling, Phase::verifying, Phase::awaiting_data}),
             Phase::rolling_back},
    PhaseRow{Trigger::undo,
             all_but({Phase::running, Phase::settling, Phase::verifying, Phase::awaiting_data}),
             never},
    PhaseRow{Trigger::inconclusive, in({Phase::verifying}), Phase::awaiting_data},
    PhaseRow{Trigger::inconclusive, all_but({Phase::verifying}), never},
    PhaseRow{Trigger::undone, in({Phase::rolling_back}), Phase::waiting},
    PhaseRow{Trigger::undone, all_but({Phase::rolling_back}), never},
    PhaseRow{Trigger::not_undone, in({Phase::rolling_back}), Phase::exhausted},
    PhaseRow{Trigger::not_undone, all_but({Phase::rolling_back}), never},
    PhaseRow{Trigger::gave_up, in({Phase::waiting, Phase::awaiting_data}), Phase::exhausted},
    PhaseRow{Trigger::gave_up, all_but({Phase::waiting, Phase::awaiting_data}), never},
    PhaseRow{Trigger::soaked, in({Phase::soaking}), Phase::steady},
    PhaseRow{Trigger::soaked, all_but({Phase::soaking}), never},
    PhaseRow{Trigger::acknowledged, in({Phase::exhausted}), Phase::waiting},
    PhaseRow{Trigger::acknowledged, all_but({Phase::exhausted}), never},
    PhaseRow{Trigger::abandoned, all_but({Phase::steady}), Phase::steady},
    PhaseRow{Trigger::abandoned, in({Phase::steady}), never},
};

// Where the trigger leads; nothing where it cannot come.
constexpr std::optional<Phase> next_phase(Phase from, Trigger trigger) {
    for (const PhaseRow& row : phase_table) {
        if (row.trigger == trigger && holds(row.from, from)) {
            return row.to;
        }
    }
    return never;
}

}  // namespace primum::core

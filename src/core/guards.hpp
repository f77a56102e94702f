// SPDX-License-Identifier: MIT
#pragma once

#include "core/target_state.hpp"
#include "core/world.hpp"

#include <optional>
#include <vector>

namespace primum::core {

// What the guards say about acting on a target at a level now.
struct GuardReport {
    std::vector<GuardVerdict> verdicts;  // every guard asked, in the order of the Guard enumeration
    std::optional<Guard> veto;           // the first
    std::optional<Instant> look_again;   // when the first veto may be over, if that is known
};

// Asks all cheap guards. blast_radius, preflight and dry_run are asked only when none of these
// vetoes; what is known of them stands in `held_back`.
GuardReport ask_guards(const World& world, const TargetState& target, Level level);
// The same as if the level were (or were not) enforced: of what a person forces.
GuardReport ask_guards(const World& world, const TargetState& target, Level level, bool dry_run);

// The guards that stand against a person's force, too: another person's no, what cannot be
// recorded, and an action under way. Nothing when none vetoes.
std::optional<GuardVerdict> refused_by(const World& world, const TargetState& target);

// The guards that can still call off an action whose intent is already durable: the off switch,
// holds, the breaker, and, unless a person forces it, somebody else at work on the unit or the
// host. Nothing when none vetoes.
std::optional<GuardVerdict> called_off(const World& world,
                                       const TargetState& target,
                                       const Flight& flight);

// The guards that a failback asks as an action would, and whether all the provider's users are
// well, undisturbed and known to be so; the target whose failover is undone must still enforce it.
GuardReport ask_failback_guards(const World& world,
                                const Away& away,
                                const std::vector<std::string>& users);

// Flapping freezes a target on the rung it stands on, so that it does not climb on states that
// nobody can trust. Nothing while it may climb.
std::optional<GuardReport> frozen_by_flapping(const World& world, const TargetState& target);

// When the cooldown of (target, level) ends; nothing while there is none.
std::optional<Instant> cooldown_until(const World& world,
                                      const TargetState& target,
                                      Level level,
                                      bool dry_run);

// The remedy whose turn it is at a rung: in their order, then round again, those left out that do
// not beat waiting. Nothing where none is left.
std::optional<std::uint32_t> next_remedy(const World& world,
                                         const TargetState& target,
                                         Level level);

// The streak that an action started now would have: 1, or one more than the last.
std::uint32_t next_streak(const World& world, const TargetState& target, Level level, bool dry_run);

// Whether an action at `level` would really be carried out.
bool enforced(const World& world, const TargetState& target, Level level);

}  // namespace primum::core

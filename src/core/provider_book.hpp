// SPDX-License-Identifier: MIT
#pragma once

#include "core/provider_state.hpp"
#include "core/world.hpp"

#include <string>
#include <string_view>
#include <vector>

// Providers: how their candidates stand, what their pointers name, and whom to fail over to.
namespace primum::core {

// How often a provider that a target uses is asked what its pointer names.
inline constexpr Duration pointer_period = std::chrono::minutes{1};

// Null when there is none of that name.
[[nodiscard]] ProviderState* find_provider(const World& world, std::string_view name);

// Does all that the present evidence and time call for: ends marks, judges the candidates, writes
// down what changed, asks what the pointer names, begins a failback that is due; and arms the next
// deadline.
void look_at_provider(World& world, ProviderState& provider);

// How a candidate stands now, as the ledger keeps it.
[[nodiscard]] ProviderRecord record_of(const World& world,
                                       const ProviderState& provider,
                                       const Candidate& candidate);

// Whom to fail over to now.
struct Choice {
    enum class Kind : std::uint8_t {
        chosen,
        wait,  // what is not known yet may change the answer
        none,  // all is known, and none can be had
    };
    Kind kind = Kind::none;
    std::string candidate;
    std::string detail;  // how all of them stand, and what is being waited for
};
// The first in order that is healthy and not the present one; a degraded one only where none is
// healthy and the present one is dead. Never one that is rate_limited, dead or unknown.
[[nodiscard]] Choice choose_candidate(const ProviderState& provider);
// Whether that choice may still be acted on.
[[nodiscard]] bool may_point_to(const ProviderState& provider, std::string_view candidate);

// All candidates as evidence: "upstream/primary".
[[nodiscard]] std::vector<EvidenceItem> provider_evidence(const ProviderState& provider);

// The pointer was found to name this candidate (empty: none of them), or may name anything.
void note_pointer(World& world,
                  ProviderState& provider,
                  const std::string& candidate,
                  const std::string& detail);
void ask_pointer(World& world, ProviderState& provider);
// Whether an action of ours may be moving the pointer just now: what it is found to name then is
// out of date before it is known.
[[nodiscard]] bool is_moving(const World& world, const ProviderState& provider);

// A failover is intended, has ended, was found in the past.
void note_failover_intent(World& world, const ActionRecord& action);
void note_failover_end(World& world, const ActionRecord& action, ActionResult result);
void remember_failover(World& world, const ActionRecord& action, Instant intended);
// The way back of an action was taken, or could not be. Of no action of a provider: nothing.
void note_way_back(World& world, const std::string& action, bool undone, bool failback);

}  // namespace primum::core

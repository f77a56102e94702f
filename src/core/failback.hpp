// SPDX-License-Identifier: MIT
#pragma once

#include "core/provider_state.hpp"
#include "core/world.hpp"

#include <optional>
#include <string>

// The way back to a candidate that is preferred to the present one: the stored way back of the
// failover that led away from it, and no other, for nothing else puts the exact old bytes back.
namespace primum::core {

// The reason of its decisions.
inline constexpr std::string_view failback_code = "failback";
// A candidate that fell again after each failback is waited for ever longer, up to this.
inline constexpr Duration max_failback_wait = std::chrono::hours{24};

// failback_after, doubled for each failback to it in a row that did not last. Nothing: by hand.
[[nodiscard]] std::optional<Duration> failback_wait(const ProviderState& provider,
                                                    const Candidate& candidate);

// What stands between now and a failback, in words; when it can be at the earliest.
struct FailbackPlan {
    const Away* away = nullptr;  // null: none is wanted, or none is possible
    std::optional<Instant> due;
    std::string words;
};
[[nodiscard]] FailbackPlan plan_failback(const ProviderState& provider, Instant now);

// Begins one that is due and that no guard vetoes. Gives when to look again.
std::optional<Instant> consider_failback(World& world, ProviderState& provider);

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>
#include <primum/time.hpp>

#include <optional>
#include <vector>

namespace primum::daemon {

// Finds suspends and wall-clock jumps by comparing three clocks with how they stood before:
// CLOCK_BOOTTIME gains on CLOCK_MONOTONIC only while the machine sleeps; CLOCK_REALTIME moves
// against CLOCK_BOOTTIME only when somebody sets it.
class ClockJumps {
public:
    static constexpr Duration suspend_at_least = std::chrono::milliseconds{500};
    static constexpr Duration jump_over = std::chrono::seconds{1};

    // How the clocks stand, read together. Gives what happened since the last call: nothing, a
    // `resumed`, a `clock_jumped`, or both. The first call only remembers. Slow steering by NTP
    // adds up between calls of which none sees a jump: it is forgotten, as it is no jump.
    [[nodiscard]] std::vector<HostEvent> observe(const Stamp& now, Instant boot);

private:
    std::optional<Duration> slept_;  // boot - monotonic
    Duration offset_{0};             // wall - boot
};

}  // namespace primum::daemon

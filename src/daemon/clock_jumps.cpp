// SPDX-License-Identifier: MIT
#include "daemon/clock_jumps.hpp"

#include <fmt/format.h>

namespace primum::daemon {

namespace {

double seconds(Duration span) {
    return std::chrono::duration<double>{span}.count();
}

}  // namespace

std::vector<HostEvent> ClockJumps::observe(const Stamp& now, Instant boot) {
    const Duration slept = boot - now.t;
    const Duration offset = now.wall.time_since_epoch() - boot.time_since_epoch();
    std::vector<HostEvent> found;
    if (slept_) {
        if (slept - *slept_ >= suspend_at_least) {
            found.push_back(
                HostEvent{.change = HostChange::resumed,
                          .detail = fmt::format("slept for {:.1f} s", seconds(slept - *slept_))});
        }
        const Duration jump = offset - offset_;
        if (jump > jump_over || jump < -jump_over) {
            found.push_back(HostEvent{
                .change = HostChange::clock_jumped,
                .detail = fmt::format("the wall clock moved by {:+.1f} s", seconds(jump))});
        }
    }
    slept_ = slept;
    offset_ = offset;
    return found;
}

}  // namespace primum::daemon

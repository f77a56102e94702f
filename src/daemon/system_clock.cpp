// SPDX-License-Identifier: MIT
#include "daemon/system_clock.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <ctime>
#include <fstream>

#include <sys/timex.h>
#include <unistd.h>

namespace primum::daemon {

namespace {

Duration read_clock(clockid_t id) {
    timespec now{};
    PRIMUM_CHECK(clock_gettime(id, &now) == 0);
    return std::chrono::duration_cast<Duration>(std::chrono::seconds{now.tv_sec} +
                                                std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace

Stamp SystemClock::now() const {
    latest_ = std::max(latest_, Instant{read_clock(CLOCK_MONOTONIC)});
    return Stamp{.t = latest_, .wall = WallTime{read_clock(CLOCK_REALTIME)}};
}

Instant boot_time() {
    return Instant{read_clock(CLOCK_BOOTTIME)};
}

std::string read_boot_id() {
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(file, id);
    return id;
}

bool wall_clock_synchronised() {
    timex state{};
    const int answer = adjtimex(&state);
    if (answer == -1) {
        return access("/run/systemd/timesync/synchronized", F_OK) == 0;
    }
    return answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace primum::daemon

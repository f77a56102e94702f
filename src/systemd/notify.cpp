// SPDX-License-Identifier: MIT
#include "systemd/notify.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include <systemd/sd-daemon.h>

namespace primum::systemd {
namespace {

void send(const std::string& state) {
    // A manager that does not listen is no reason to stop.
    static_cast<void>(sd_notify(0, state.c_str()));
}

}  // namespace

void notify_ready() {
    send("READY=1");
}

void notify_reloading(Instant now) {
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(to_us(now)));
}

void notify_stopping() {
    send("STOPPING=1");
}

void notify_status(std::string_view text) {
    std::string line = "STATUS=" + std::string(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    send(line);
}

void notify_watchdog() {
    send("WATCHDOG=1");
}

std::optional<Duration> watchdog_interval() {
    std::uint64_t us = 0;
    if (sd_watchdog_enabled(0, &us) <= 0 || us == 0) {
        return std::nullopt;
    }
    return Duration{static_cast<std::int64_t>(us)};
}

}  // namespace primum::systemd

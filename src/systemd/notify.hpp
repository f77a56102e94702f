// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <optional>
#include <string_view>

// What a service tells its manager (sd_notify). Without a manager each is a no-op. Never blocks.
namespace primum::systemd {

void notify_ready();
// `now` goes into MONOTONIC_USEC, as the protocol asks for.
void notify_reloading(Instant now);
void notify_stopping();
// One line for `systemctl status`; line breaks become spaces.
void notify_status(std::string_view text);
void notify_watchdog();

// How often the manager expects notify_watchdog() at the latest; kick at half of it. nullopt: not
// watched.
[[nodiscard]] std::optional<Duration> watchdog_interval();

}  // namespace primum::systemd

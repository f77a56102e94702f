// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <optional>
#include <string_view>

namespace primum::ctl {

// Where a time without a date, or a span, lies.
enum class Direction : std::uint8_t { past, future };

// Reads what a person writes for a time, local unless it ends in "Z": "2026-11-22 03:45[:12]" (or
// with a "T"), "2026-11-22", "03:45[:12]" (the last or the next one, by `direction`), "10m ago",
// "in 10m", "@1795320000[.5]" (seconds since 1970), "now". nullopt: none of these.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text,
                                                 WallTime now,
                                                 Direction direction);

}  // namespace primum::ctl

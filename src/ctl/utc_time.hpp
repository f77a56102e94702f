// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace primum::ctl {

// Reads a time of a data file, UTC: "2026-11-22 03:45:12[.123456]" (or with a "T", or a "Z" behind
// it), or seconds since 1970 ("1795320000[.5]"). Strict: nullopt where it is none of these, or no
// such day.
[[nodiscard]] std::optional<WallTime> parse_utc(std::string_view text);

// "2026-11-22 03:45:12"
[[nodiscard]] std::string utc_text(WallTime at);

}  // namespace primum::ctl

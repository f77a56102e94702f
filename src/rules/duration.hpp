// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace primum::rules {

// Reads "250ms", "30s", "2m", "1h", "14d", "1h30m", "1.5s": one or more numbers, each with a unit
// (us, ms, s, m, h, d, w), units falling. Exact: what is no whole number of microseconds is
// refused, as is a number without a unit, a sign, white space, or anything above 100 years. The
// error carries the message only.
[[nodiscard]] Result<Duration, RuleError> parse_duration(std::string_view text);

// The shortest exact spelling that parse_duration reads back: "1h30m", "250ms", "0s".
// Negative spans get a leading '-' and are for people only.
[[nodiscard]] std::string format_duration(Duration duration);

// Reads a size in bytes: "512B", "64KiB", "256MiB", "2GiB", "1TiB", or the decimal kB, MB, GB, TB.
// A number without a unit is refused. The error carries the message only.
[[nodiscard]] Result<std::uint64_t, RuleError> parse_size(std::string_view text);

// The largest binary unit that is exact: "256MiB", "1000B".
[[nodiscard]] std::string format_size(std::uint64_t size_bytes);

}  // namespace primum::rules

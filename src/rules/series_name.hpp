// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"

#include <primum/result.hpp>
#include <primum/series.hpp>

#include <string>
#include <string_view>

namespace primum::rules {

// Bounds of one series name; what is over them is refused.
inline constexpr std::size_t max_series_bytes = 8192;
inline constexpr std::size_t max_labels = 64;

// Reads `name{label="value",...}` as Prometheus exposes it (escapes \\, \" and \n in values; a
// trailing comma is allowed). Labels come out sorted by name; a label given twice is an error.
// The error carries the message only, with the offset at which reading stopped.
[[nodiscard]] Result<SeriesName, RuleError> parse_series_name(std::string_view text);

// The one canonical spelling: labels sorted as they stand, values escaped, no braces without
// labels.
[[nodiscard]] std::string format_series_name(const SeriesName& series);

}  // namespace primum::rules

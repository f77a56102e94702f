// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

namespace primum::source {

// Reads the number that begins at `at`, up to the first byte that is none of a number's. Gives
// where it ends; nullptr when there is none that a double can hold. Decimal numbers, with a sign
// and an exponent where wanted; NaN and the infinities in any case, as Go's ParseFloat (and so
// Prometheus) takes them. The result is the double nearest to what is written.
[[nodiscard]] const char* read_number(const char* at, const char* end, double& value);

// The same of a text that is a number and nothing else.
[[nodiscard]] std::optional<double> number_of(std::string_view text);

}  // namespace primum::source

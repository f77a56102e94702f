// SPDX-License-Identifier: MIT
#pragma once

#include "http/html.hpp"
#include "http/status_view.hpp"

#include <primum/time.hpp>

#include <string>
#include <string_view>

namespace primum::http {

// A figure of an indicator's values of late: a line as SVG, with the least, the most and the last
// value in words. The script puts a chart with more to it in the SVG's place. Nothing where less
// than two values are known.
void put_chart(Html& html, const IndicatorChart& chart, std::string_view target, WallTime now);

// A few significant digits, for people.
[[nodiscard]] std::string short_number(double value);

}  // namespace primum::http

// SPDX-License-Identifier: MIT
#pragma once

#include "source/series_reader.hpp"

#include <primum/series.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

// The parts of a line of OpenMetrics 1.0 text, each read where it stands and without allocating.
// (https://github.com/OpenObservability/OpenMetrics, specification/OpenMetrics.md, its ABNF)
namespace primum::source {

// A label as the page has it.
struct RawLabel {
    std::string_view name;
    std::string_view value;  // still escaped
};

// Where reading ended; with a reason when it ended too early.
struct LineStop {
    const char* at = nullptr;
    const char* reason = nullptr;
};

// Reads `{name="value",...}` from its '{' to behind its '}'. `labels` is cleared first, its memory
// used again.
[[nodiscard]] LineStop read_raw_labels(const char* at,
                                       const char* end,
                                       std::size_t max_labels,
                                       std::vector<RawLabel>& labels);

// A label value as it is meant: \\, \" and \n; any other backslash stands for itself.
[[nodiscard]] std::string unescaped(std::string_view value);

// The same labels with their meant values, sorted by name.
[[nodiscard]] SeriesName series_of(std::string_view name, const std::vector<RawLabel>& labels);

// What follows the series on a line of a sample.
struct LineTail {
    const char* end = nullptr;     // its line feed
    const char* reason = nullptr;  // why it cannot be read, found at `end`
    const char* exemplar = nullptr;
    double value = 0;
    double seconds = 0;  // the timestamp
    bool stamped = false;
};

// Reads ` value[ timestamp][ # {labels} value[ timestamp]]` up to the line feed, which must stand
// before `end`. `scratch` is memory for the exemplar's labels.
[[nodiscard]] LineTail read_tail(const char* at, const char* end, std::vector<RawLabel>& scratch);

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "source/interner.hpp"

#include <primum/event.hpp>
#include <primum/result.hpp>
#include <primum/series.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// Where a page is not what its format allows, and why. Lines and columns count from 1, columns
// in bytes.
struct ExpositionError {
    std::size_t line = 0;
    std::size_t column = 0;
    std::string reason;
    // parse, too_large or too_many_series
    SourceFailure failure = SourceFailure::parse;
    bool operator==(const ExpositionError&) const = default;
};

// "line 3, column 12: the value is not a number".
[[nodiscard]] std::string format_error(const ExpositionError& error);

inline constexpr std::string_view too_many_series =
    "more wanted series than max_series allows: narrow the selectors or raise max_series";

// What one page may be; a page beyond any of these is refused.
struct ExpositionLimits {
    std::size_t page_bytes = 16UL * 1024 * 1024;
    std::size_t line_bytes = 64UL * 1024;
    std::size_t labels = 64;          // per series
    std::size_t samples = 1'000'000;  // lines with a value
};

// Reads one page of the Prometheus text format 0.0.4.
//
// Gives the values of the series that `interner` has ids for, in the order of the page, in
// `values` (cleared first, its memory reused). Series that it has not met are parsed once
// and offered to it. Works on the page in place; where all series are known nothing is allocated.
//
// A page with an error anywhere is refused whole and `values` is left empty: half a page is no
// data. Refused are also: a series twice on a page, carriage returns, a last line without its line
// feed (the page was cut), more wanted series than the interner may hold. Timestamps are checked
// and then ignored: a value counts from when it was collected.
[[nodiscard]] Result<void, ExpositionError> read_exposition(std::string_view page,
                                                            Interner& interner,
                                                            std::vector<SampleValue>& values,
                                                            const ExpositionLimits& limits = {});

}  // namespace primum::source

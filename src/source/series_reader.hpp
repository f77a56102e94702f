// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/series.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace primum::source {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool starts_label(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr bool starts_name(char c) {
    return starts_label(c) || c == ':';
}

inline const char* skip_blanks(const char* at, const char* end) {
    while (at != end && is_blank(*at)) {
        ++at;
    }
    return at;
}

inline const char* skip_token(const char* at, const char* end) {
    while (at != end && !is_blank(*at)) {
        ++at;
    }
    return at;
}

// The end of the metric name at `at`; `at` itself when there is none.
inline const char* skip_name(const char* at, const char* end) {
    if (at == end || !starts_name(*at)) {
        return at;
    }
    while (at != end && (starts_name(*at) || is_digit(*at))) {
        ++at;
    }
    return at;
}

// The first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7) or is NUL; `end`
// when there is none.
[[nodiscard]] const char* find_bad_text(const char* at, const char* end);

inline constexpr std::string_view native_histogram =
    "a native histogram: only histograms with buckets of their own are taken";

// Where in a text reading stopped, and why.
struct Trouble {
    const char* at = nullptr;
    std::string reason;
};

// Reads the text of one series, as a page exposes it: `name` or `name{label="value",...}`, blanks
// between the tokens allowed. Labels come out unescaped and sorted by name.
[[nodiscard]] Result<SeriesName, Trouble> read_series(std::string_view text,
                                                      std::size_t max_labels);

}  // namespace primum::source

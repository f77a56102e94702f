// SPDX-License-Identifier: MIT
#pragma once

#include "http/html.hpp"

#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <optional>
#include <string>
#include <string_view>

// How times, levels and severities read on the status page: always by word and shape, never by
// colour alone. Times are UTC.
namespace primum::http {

// The two largest units: "4m 12s", "2d 3h", "0s". Whole seconds, cut; signs are dropped.
[[nodiscard]] std::string span_text(Duration span);
// "4m 12s ago", "in 4m 12s", "now".
[[nodiscard]] std::string relative_text(WallTime when, WallTime now);
// "16:08:58"
[[nodiscard]] std::string clock_text(WallTime when);
// "2026-11-22"
[[nodiscard]] std::string date_text(WallTime when);
// "1 target", "2 targets"
[[nodiscard]] std::string count_text(std::size_t count, std::string_view noun);
// The enumerator as words: "awaiting data".
[[nodiscard]] std::string spaced(std::string_view name);

// The wall time of a point of the monotonic clock, as the clocks stand now.
[[nodiscard]] WallTime wall_of(Instant t, const Stamp& now);

// <time>: the clock's reading (with its date on another day) and how far away that is.
void put_time(Html& html, WallTime when, WallTime now);
// The same, or a dash for nothing.
void put_time(Html& html, std::optional<WallTime> when, WallTime now);
// Five rising bars, filled up to the level, with its number and name.
void put_level(Html& html, Level level);
// A shape of its own for each severity, with its name.
void put_severity(Html& html, Severity severity);
// The word of a phase, verdict, state, ... with a mark of its own for good, bad and neither.
void put_word(Html& html, std::string_view word);
// A command for people to type.
void put_command(Html& html, std::string_view command);

// A section with its heading; ends with close().
void begin_section(Html& html, std::string_view id, std::string_view heading);
// A table that scrolls by itself where it is too wide, up to its first row.
void begin_table(Html& html,
                 std::string_view caption,
                 std::initializer_list<std::string_view> columns);
void end_table(Html& html);

}  // namespace primum::http

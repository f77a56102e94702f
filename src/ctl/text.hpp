// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Words for people: widths, colours, spans and times.
namespace primum::ctl {

// How many columns a terminal gives to UTF-8 text (combining marks none, CJK and emoji two). A byte
// that is no valid UTF-8 counts as one.
[[nodiscard]] std::size_t display_width(std::string_view text);

// The text with every control character (and invalid byte) as '?', so that nothing in a record can
// steer the reader's terminal. Line feeds stay where `lines` says so.
[[nodiscard]] std::string printable(std::string_view text, bool lines = false);

// The text, cut to `columns` with an ellipsis in the last one where it is wider.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t columns);

enum class Colour : std::uint8_t { plain, bold, dim, green, yellow, red, cyan };

// Paints only when told to: on a terminal and without NO_COLOR.
class Painter {
public:
    // `columns`: how wide tables may be at most; 0: as wide as they are.
    explicit Painter(bool colours, std::uint32_t columns = 0)
        : colours_(colours), columns_(columns) {}

    [[nodiscard]] std::string paint(std::string_view text, Colour colour) const;

    [[nodiscard]] std::uint32_t columns() const { return columns_; }

private:
    bool colours_;
    std::uint32_t columns_;
};

// The colour of a word of primum's vocabulary: red for critical, failed or exhausted, green for ok
// or improved, ...
[[nodiscard]] Colour colour_of(std::string_view word);

// The two largest units: "4m 12s", "2d 3h", "1.5s", "850ms", "0s". Cut, not rounded; signs are
// dropped.
[[nodiscard]] std::string human_span(Duration span);
// "4m 12s ago", "in 4m 12s", "now" (under a second either way).
[[nodiscard]] std::string relative(WallTime when, WallTime now);
// Local time: "2026-11-22 03:45:12".
[[nodiscard]] std::string local_time(WallTime when);
// Both: "2026-11-22 03:45:12 (4m 12s ago)"; "-" for nothing.
[[nodiscard]] std::string when_text(std::optional<WallTime> when, WallTime now);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace primum::ctl {
namespace {

struct Character {
    std::size_t length = 1;
    std::uint32_t code = 0;
    bool valid = false;
};

// The first character of `text`, which is not empty.
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) {
        return {1, lead, true};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {};
    }
    std::uint32_t code = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return {};
        }
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    return {length, code, true};
}

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

// The blocks that matter from Unicode 15: DerivedGeneralCategory (Mn, Me, Cf) and EastAsianWidth
// (W, F).
constexpr std::array<Range, 9> zero_wide{{{0x0300, 0x036F},
                                          {0x0483, 0x0489},
                                          {0x0591, 0x05BD},
                                          {0x064B, 0x065F},
                                          {0x1AB0, 0x1AFF},
                                          {0x200B, 0x200F},
                                          {0x20D0, 0x20F0},
                                          {0xFE00, 0xFE0F},
                                          {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 9> double_wide{{{0x1100, 0x115F},
                                            {0x2E80, 0x303E},
                                            {0x3041, 0xA4CF},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFE30, 0xFE6F},
                                            {0xFF00, 0xFF60},
                                            {0x1F300, 0x1FAFF},
                                            {0x20000, 0x3FFFD}}};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, std::uint32_t code) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

// Bidirectional overrides can make a line read as what it is not.
bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

struct Unit {
    Duration size;
    std::string_view name;
};
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
constexpr std::array<Unit, 4> units{
    {{hours{24}, "d"}, {hours{1}, "h"}, {minutes{1}, "m"}, {seconds{1}, "s"}}};

constexpr std::array<std::pair<std::string_view, Colour>, 38> word_colours{{
    {"ok", Colour::green},
    {"info", Colour::cyan},
    {"warning", Colour::yellow},
    {"error", Colour::red},
    {"critical", Colour::red},
    {"unknown", Colour::dim},
    {"steady", Colour::green},
    {"observe", Colour::cyan},
    {"retry", Colour::yellow},
    {"failover", Colour::yellow},
    {"restart", Colour::red},
    {"fallback", Colour::red},
    {"dry_run", Colour::cyan},
    {"enforce", Colour::bold},
    {"waiting", Colour::yellow},
    {"asking", Colour::yellow},
    {"intending", Colour::yellow},
    {"running", Colour::yellow},
    {"settling", Colour::yellow},
    {"verifying", Colour::yellow},
    {"awaiting_data", Colour::yellow},
    {"rolling_back", Colour::yellow},
    {"soaking", Colour::green},
    {"exhausted", Colour::red},
    {"pass", Colour::green},
    {"veto", Colour::red},
    {"not_asked", Colour::dim},
    {"done", Colour::green},
    {"failed", Colour::red},
    {"ambiguous", Colour::red},
    {"improved", Colour::green},
    {"recovered", Colour::green},
    {"recovered_anyway", Colour::green},
    {"unchanged", Colour::yellow},
    {"worse", Colour::red},
    {"inconclusive", Colour::yellow},
    {"stalled", Colour::red},
    {"acted", Colour::bold},
}};

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character character = first_character(text);
        if (!character.valid) {
            width += 1;
        } else if (!within(zero_wide, character.code)) {
            width += within(double_wide, character.code) ? 2 : 1;
        }
        text.remove_prefix(character.length);
    }
    return width;
}

std::string shortened(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) {
        return std::string{text};
    }
    std::string cut;
    std::size_t width = 1;  // of the ellipsis
    while (!text.empty() && columns > 0) {
        const std::string_view one = text.substr(0, first_character(text).length);
        width += display_width(one);
        if (width > columns) {
            break;
        }
        cut += one;
        text.remove_prefix(one.size());
    }
    return columns == 0 ? cut : cut + "…";
}

std::string printable(std::string_view text, bool lines) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const Character character = first_character(text);
        const bool kept_line = lines && character.code == '\n';
        if (character.valid && (kept_line || !is_control(character.code))) {
            safe += text.substr(0, character.length);
        } else {
            safe += '?';
        }
        text.remove_prefix(character.length);
    }
    return safe;
}

std::string Painter::paint(std::string_view text, Colour colour) const {
    if (!colours_ || colour == Colour::plain || text.empty()) {
        return std::string{text};
    }
    // SGR parameters of ECMA-48.
    constexpr std::array<std::string_view, 7> codes{"0", "1", "2", "32", "33", "31", "36"};
    return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(colour)], text);
}

Colour colour_of(std::string_view word) {
    const auto found = std::find_if(word_colours.begin(),
                                    word_colours.end(),
                                    [&](const auto& entry) { return entry.first == word; });
    return found == word_colours.end() ? Colour::plain : found->second;
}

std::string human_span(Duration span) {
    span = span.count() < 0 ? -span : span;
    if (span < seconds{1}) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
        if (ms > 0) {
            return fmt::format("{}ms", ms);
        }
        return span.count() == 0 ? "0s" : fmt::format("{}us", span.count());
    }
    const auto tenths = span / std::chrono::milliseconds{100};
    if (span < seconds{10} && tenths % 10 != 0) {
        return fmt::format("{}.{}s", tenths / 10, tenths % 10);
    }
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (span < units[i].size) {
            continue;
        }
        std::string text = fmt::format("{}{}", span / units[i].size, units[i].name);
        if (i + 1 < units.size()) {
            const auto rest = (span % units[i].size) / units[i + 1].size;
            text += rest == 0 ? "" : fmt::format(" {}{}", rest, units[i + 1].name);
        }
        return text;
    }
    return "0s";
}

std::string relative(WallTime when, WallTime now) {
    const auto ahead = std::chrono::duration_cast<seconds>(when - now);
    if (ahead == seconds{0}) {
        return "now";
    }
    return ahead.count() > 0 ? "in " + human_span(ahead) : human_span(ahead) + " ago";
}

std::string local_time(WallTime when) {
    const std::time_t whole = std::chrono::floor<seconds>(when).time_since_epoch().count();
    std::tm parts{};
    if (localtime_r(&whole, &parts) == nullptr) {
        return "?";
    }
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
                       parts.tm_year + 1900,
                       parts.tm_mon + 1,
                       parts.tm_mday,
                       parts.tm_hour,
                       parts.tm_min,
                       parts.tm_sec);
}

std::string when_text(std::optional<WallTime> when, WallTime now) {
    return when.has_value() ? fmt::format("{} ({})", local_time(*when), relative(*when, now)) : "-";
}

}  // namespace primum::ctl

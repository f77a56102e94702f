// SPDX-License-Identifier: MIT
#include "ctl/time_text.hpp"

#include "rules/duration.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <string>

namespace primum::ctl {
namespace {

using std::chrono::seconds;

// "@1795320000.25"
std::optional<WallTime> unix_time(std::string_view digits) {
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < 0 || value > 1e11) {
        return std::nullopt;
    }
    return wall_from_us(static_cast<std::int64_t>(value * 1e6));
}

// The whole of `text` by a format of strptime; fields that it does not name stay.
std::optional<std::tm> fields(const std::string& text, const char* format, std::tm start) {
    const char* const end = strptime(text.c_str(), format, &start);
    return end != nullptr && *end == '\0' ? std::optional{start} : std::nullopt;
}

std::optional<WallTime> instant_of(std::tm parts, bool utc) {
    parts.tm_isdst = -1;
    const std::time_t at = utc ? timegm(&parts) : mktime(&parts);
    return at < 0 ? std::nullopt : std::optional{WallTime{seconds{at}}};
}

std::optional<WallTime> dated(const std::string& text, bool utc) {
    for (const char* const format : std::array{"%Y-%m-%d %H:%M:%S",
                                               "%Y-%m-%dT%H:%M:%S",
                                               "%Y-%m-%d %H:%M",
                                               "%Y-%m-%dT%H:%M",
                                               "%Y-%m-%d"}) {
        if (const auto parts = fields(text, format, std::tm{})) {
            return instant_of(*parts, utc);
        }
    }
    return std::nullopt;
}

std::optional<WallTime> hour_of_day(const std::string& text,
                                    bool utc,
                                    WallTime now,
                                    Direction direction) {
    const auto today = std::chrono::duration_cast<seconds>(now.time_since_epoch()).count();
    const std::time_t at = today;
    std::tm start{};
    if ((utc ? gmtime_r(&at, &start) : localtime_r(&at, &start)) == nullptr) {
        return std::nullopt;
    }
    start.tm_sec = 0;
    auto parts = fields(text, "%H:%M:%S", start);
    parts = parts ? parts : fields(text, "%H:%M", start);
    if (!parts) {
        return std::nullopt;
    }
    const auto found = instant_of(*parts, utc);
    const bool future = direction == Direction::future;
    if (found && (future ? *found <= now : *found > now)) {
        parts->tm_mday += future ? 1 : -1;
        return instant_of(*parts, utc);
    }
    return found;
}

}  // namespace

std::optional<WallTime> parse_time(std::string_view text, WallTime now, Direction direction) {
    constexpr std::string_view ago = " ago";
    constexpr std::string_view in = "in ";
    if (text == "now") {
        return now;
    }
    if (text.starts_with('@')) {
        return unix_time(text.substr(1));
    }
    if (text.ends_with(ago)) {
        const auto span = rules::parse_duration(text.substr(0, text.size() - ago.size()));
        return span ? std::optional{now - *span} : std::nullopt;
    }
    if (text.starts_with(in)) {
        const auto span = rules::parse_duration(text.substr(in.size()));
        return span ? std::optional{now + *span} : std::nullopt;
    }
    const bool utc = text.ends_with('Z');
    const std::string bare{text.substr(0, text.size() - (utc ? 1 : 0))};
    const auto found = dated(bare, utc);
    return found ? found : hour_of_day(bare, utc, now, direction);
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/utc_time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace primum::ctl {
namespace {

using std::chrono::microseconds;

// Takes exactly `digits` digits off the front.
bool take_number(std::string_view& text, std::size_t digits, int& number) {
    if (text.size() < digits) {
        return false;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
    if (error != std::errc{} || end != text.data() + digits || text.front() == '-') {
        return false;
    }
    text.remove_prefix(digits);
    return true;
}

bool take_one_of(std::string_view& text, std::string_view characters) {
    if (text.empty() || characters.find(text.front()) == std::string_view::npos) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

// ".123456", at most six digits; nothing is 0.
std::optional<microseconds> take_fraction(std::string_view& text) {
    if (!take_one_of(text, ".")) {
        return microseconds{0};
    }
    std::int64_t us = 0;
    std::int64_t worth = 100'000;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        us += worth * (text[digits] - '0');
        worth /= 10;
    }
    if (digits == 0 || digits > 6) {
        return std::nullopt;
    }
    text.remove_prefix(digits);
    return microseconds{us};
}

std::optional<WallTime> parse_seconds(std::string_view text) {
    constexpr std::int64_t most = 253'402'300'799;  // the last second of the year 9999
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || seconds < 0 || seconds > most) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto fraction = take_fraction(text);
    if (!fraction || !text.empty()) {
        return std::nullopt;
    }
    return wall_from_us(seconds * 1'000'000 + fraction->count());
}

}  // namespace

std::optional<WallTime> parse_utc(std::string_view text) {
    if (text.find('-') == std::string_view::npos) {
        return parse_seconds(text);
    }
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    const bool is_date = take_number(text, 4, year) && take_one_of(text, "-") &&
                         take_number(text, 2, month) && take_one_of(text, "-") &&
                         take_number(text, 2, day) && take_one_of(text, " T");
    const bool is_time = is_date && take_number(text, 2, hour) && take_one_of(text, ":") &&
                         take_number(text, 2, minute) && take_one_of(text, ":") &&
                         take_number(text, 2, second);
    if (!is_time || hour > 23 || minute > 59 || second > 59) {
        return std::nullopt;
    }
    const auto fraction = take_fraction(text);
    static_cast<void>(take_one_of(text, "Z"));
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!fraction || !text.empty() || !date.ok() || year < 1970) {
        return std::nullopt;
    }
    const auto since = std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{hour} +
                       std::chrono::minutes{minute} + std::chrono::seconds{second} + *fraction;
    return wall_from_us(std::chrono::duration_cast<microseconds>(since).count());
}

std::string utc_text(WallTime at) {
    const std::int64_t us = to_us(at);
    const std::chrono::sys_seconds second{std::chrono::seconds{us / 1'000'000}};
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{second - day};
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
                       static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()),
                       time.hours().count(),
                       time.minutes().count(),
                       time.seconds().count());
}

}  // namespace primum::ctl

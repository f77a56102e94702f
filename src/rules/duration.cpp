// SPDX-License-Identifier: MIT
#include "rules/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace primum::rules {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t amount;
};

// From the largest to the smallest.
constexpr std::array<Unit, 7> time_units{{{"w", 604'800'000'000},
                                          {"d", 86'400'000'000},
                                          {"h", 3'600'000'000},
                                          {"m", 60'000'000},
                                          {"s", 1'000'000},
                                          {"ms", 1'000},
                                          {"us", 1}}};
constexpr std::int64_t max_duration_us = 36'525LL * 86'400'000'000;

constexpr std::array<Unit, 5> binary_units{
    {{"TiB", 1LL << 40}, {"GiB", 1LL << 30}, {"MiB", 1LL << 20}, {"KiB", 1LL << 10}, {"B", 1}}};
constexpr std::array<Unit, 4> decimal_units{
    {{"TB", 1'000'000'000'000}, {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1'000}}};

RuleError mistake(std::string message) {
    return RuleError{.message = std::move(message)};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && is_digit(text[n])) {
        ++n;
    }
    const std::string_view digits = text.substr(0, n);
    text.remove_prefix(n);
    return digits;
}

std::string_view take_letters(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && !is_digit(text[n]) && text[n] != '.') {
        ++n;
    }
    const std::string_view letters = text.substr(0, n);
    text.remove_prefix(n);
    return letters;
}

// digits.fraction of `amount`, exactly; nullopt when it is no whole number or too large.
std::optional<std::int64_t> scaled(std::string_view digits,
                                   std::string_view fraction,
                                   std::int64_t amount) {
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
    if (error != std::errc{} || whole > max_duration_us / amount) {
        return std::nullopt;
    }
    while (fraction.ends_with('0')) {
        fraction.remove_suffix(1);
    }
    constexpr std::size_t max_fraction = 6;  // amount * part stays far from overflow
    if (fraction.size() > max_fraction) {
        return std::nullopt;
    }
    std::int64_t part = 0;
    std::int64_t denominator = 1;
    for (const char c : fraction) {
        part = part * 10 + (c - '0');
        denominator *= 10;
    }
    if (amount * part % denominator != 0) {
        return std::nullopt;
    }
    const std::int64_t total = whole * amount + amount * part / denominator;
    return total;
}

}  // namespace

Result<Duration, RuleError> parse_duration(std::string_view text) {
    const auto refuse = [whole = text](std::string_view why) {
        return fail(mistake(
            fmt::format("\"{}\" is no duration: {}; write it like \"250ms\", \"30s\" or \"1h30m\"",
                        whole.substr(0, 64),
                        why)));
    };
    if (text.empty()) {
        return refuse("it is empty");
    }
    std::int64_t total = 0;
    std::size_t next_unit = 0;
    while (!text.empty()) {
        const std::string_view digits = take_digits(text);
        if (digits.empty()) {
            return refuse("a number is expected");
        }
        std::string_view fraction;
        if (text.starts_with('.')) {
            text.remove_prefix(1);
            fraction = take_digits(text);
            if (fraction.empty()) {
                return refuse("digits are expected after the point");
            }
        }
        const std::string_view name = take_letters(text);
        if (name.empty()) {
            return refuse("a unit is missing (us, ms, s, m, h, d, w)");
        }
        std::size_t unit = 0;
        while (unit < time_units.size() && time_units.at(unit).name != name) {
            ++unit;
        }
        if (unit == time_units.size()) {
            return refuse(
                fmt::format("unit \"{}\" is unknown (us, ms, s, m, h, d, w)", name.substr(0, 16)));
        }
        if (unit < next_unit) {
            return refuse("units must fall, each once");
        }
        next_unit = unit + 1;
        const auto part = scaled(digits, fraction, time_units.at(unit).amount);
        if (!part || *part > max_duration_us - total) {
            return refuse("it is no whole number of microseconds, or over 100 years");
        }
        total += *part;
    }
    return Duration{total};
}

std::string format_duration(Duration duration) {
    std::int64_t rest = duration.count();
    if (rest == 0) {
        return "0s";
    }
    std::string out;
    if (rest < 0) {
        out = "-";
        if (rest == std::numeric_limits<std::int64_t>::min()) {
            ++rest;
        }
        rest = -rest;
    }
    for (const Unit& unit : time_units) {
        if (unit.name != "w" && rest >= unit.amount) {
            out += fmt::format("{}{}", rest / unit.amount, unit.name);
            rest %= unit.amount;
        }
    }
    return out;
}

Result<std::uint64_t, RuleError> parse_size(std::string_view text) {
    const auto refuse = [whole = text](std::string_view why) {
        return fail(
            mistake(fmt::format("\"{}\" is no size: {}; write it like \"64KiB\" or \"256MiB\"",
                                whole.substr(0, 64),
                                why)));
    };
    std::string_view rest = text;
    const std::string_view digits = take_digits(rest);
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (digits.empty() || error != std::errc{}) {
        return refuse("a whole number is expected");
    }
    if (rest.empty()) {
        return refuse("a unit is missing (B, KiB, MiB, GiB, TiB)");
    }
    const auto scale = [&](const Unit& unit) -> Result<std::uint64_t, RuleError> {
        const auto amount = static_cast<std::uint64_t>(unit.amount);
        if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / amount) {
            return refuse("it is too large");
        }
        return count * amount;
    };
    for (const Unit& unit : binary_units) {
        if (unit.name == rest) {
            return scale(unit);
        }
    }
    for (const Unit& unit : decimal_units) {
        if (unit.name == rest) {
            return scale(unit);
        }
    }
    return refuse(
        fmt::format("unit \"{}\" is unknown (B, KiB, MiB, GiB, TiB)", rest.substr(0, 16)));
}

std::string format_size(std::uint64_t size_bytes) {
    for (const Unit& unit : binary_units) {
        const auto amount = static_cast<std::uint64_t>(unit.amount);
        if (size_bytes >= amount && size_bytes % amount == 0) {
            return fmt::format("{}{}", size_bytes / amount, unit.name);
        }
    }
    return fmt::format("{}B", size_bytes);
}

}  // namespace primum::rules

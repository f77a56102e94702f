// SPDX-License-Identifier: MIT
#include "core/text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace primum::core {

std::string number_text(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

std::string short_number_text(double value) {
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(
            buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 4)
            .ptr;
    return {buffer.data(), end};
}

std::string rounded_text(double value) {
    if (!(std::abs(value) < 1e15)) {
        return number_text(value);
    }
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(
            buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, 1)
            .ptr;
    return {buffer.data(), end};
}

std::string duration_text(Duration span) {
    const std::int64_t us = span.count();
    if (us < 1'000'000) {
        return std::to_string(us / 1000) + "ms";
    }
    const std::int64_t seconds = us / 1'000'000;
    if (seconds < 60) {
        return std::to_string(seconds) + "s";
    }
    const auto with_rest = [](std::int64_t whole, char unit, std::int64_t rest, char rest_unit) {
        std::string text = std::to_string(whole) + unit;
        if (rest != 0) {
            text += ' ' + std::to_string(rest) + rest_unit;
        }
        return text;
    };
    if (seconds < 3600) {
        return with_rest(seconds / 60, 'm', seconds % 60, 's');
    }
    if (seconds < 86400) {
        return with_rest(seconds / 3600, 'h', seconds % 3600 / 60, 'm');
    }
    return with_rest(seconds / 86400, 'd', seconds % 86400 / 3600, 'h');
}

std::string until_text(Instant now, Instant at) {
    return at <= now ? "now" : "in " + duration_text(at - now);
}

}  // namespace primum::core

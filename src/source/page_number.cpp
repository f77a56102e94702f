// SPDX-License-Identifier: MIT
#include "source/page_number.hpp"

#include "source/series_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace primum::source {
namespace {

// Exact in a double.
constexpr std::array<double, 23> powers_of_ten{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t exact_integers = 1ULL << 53U;
constexpr int most_digits = 18;  // of a 64-bit integer that cannot overflow

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const char* read_word(const char* at, const char* end, double& value) {
    const auto* word_end = std::find_if_not(at, end, is_letter);
    std::array<char, 8> lower{};
    const auto size = static_cast<std::size_t>(word_end - at);
    if (size > lower.size()) {
        return nullptr;
    }
    std::transform(at, word_end, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const std::string_view text{lower.data(), size};
    if (text == "nan") {
        value = std::numeric_limits<double>::quiet_NaN();
        return word_end;
    }
    if (text == "inf" || text == "infinity") {
        value = std::numeric_limits<double>::infinity();
        return word_end;
    }
    return nullptr;
}

// What the fast way does not hold: many digits, large exponents.
const char* read_slowly(const char* at, const char* end, double& value) {
    const auto [rest, error] = std::from_chars(at, end, value);
    return error == std::errc{} && !std::isinf(value) ? rest : nullptr;
}

// The digits of a decimal number, as far as they fit, and where they end.
struct Digits {
    const char* at;
    std::uint64_t whole = 0;
    int count = 0;
};

inline void take_digits(Digits& digits, const char* end) {
    while (digits.at != end && is_digit(*digits.at)) {
        digits.whole = digits.whole * 10 + static_cast<std::uint64_t>(*digits.at - '0');
        ++digits.count;
        ++digits.at;
    }
}

// Clinger's fast path: a whole number below 2^53 times or by a power of ten up to 10^22 is rounded
// once, and so is the nearest double.
const char* read_decimal(const char* begin, const char* end, double& value) {
    Digits digits{begin};
    take_digits(digits, end);
    int exponent = 0;
    if (digits.at != end && *digits.at == '.') {
        const int before = digits.count;
        ++digits.at;
        take_digits(digits, end);
        exponent = before - digits.count;
    }
    if (digits.count == 0) {
        return nullptr;
    }
    const auto* at = digits.at;
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        const bool negative = at != end && *at == '-';
        at += at != end && (*at == '-' || *at == '+') ? 1 : 0;
        Digits power{at};
        take_digits(power, end);
        if (power.count == 0) {
            return nullptr;
        }
        if (power.count > 3) {
            return read_slowly(begin, end, value);
        }
        exponent += negative ? -static_cast<int>(power.whole) : static_cast<int>(power.whole);
        at = power.at;
    }
    if (digits.count > most_digits || digits.whole > exact_integers || exponent < -22 ||
        exponent > 22) {
        return read_slowly(begin, end, value);
    }
    const auto whole = static_cast<double>(digits.whole);
    value = exponent < 0 ? whole / powers_of_ten[static_cast<std::size_t>(-exponent)]
                         : whole * powers_of_ten[static_cast<std::size_t>(exponent)];
    return at;
}

}  // namespace

const char* read_number(const char* at, const char* end, double& value) {
    const bool negative = at != end && *at == '-';
    if (negative || (at != end && *at == '+')) {
        ++at;
    }
    if (at == end) {
        return nullptr;
    }
    const auto* rest = is_letter(*at) ? read_word(at, end, value) : read_decimal(at, end, value);
    if (rest != nullptr && negative && !std::isnan(value)) {
        value = -value;
    }
    return rest;
}

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto* end = text.data() + text.size();
    return read_number(text.data(), end, value) == end ? std::optional{value} : std::nullopt;
}

}  // namespace primum::source

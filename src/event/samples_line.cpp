// SPDX-License-Identifier: MIT
#include "event/samples_line.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>

namespace primum::event {
namespace {

// A number of up to 2^53 over a power of ten of up to 10^22 is exact in double arithmetic: both are
// doubles, and one division rounds correctly (Clinger, How to read floating point numbers
// accurately, 1990).
constexpr std::uint64_t max_exact = std::uint64_t{1} << 53U;
constexpr std::array<double, 23> powers_of_ten{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::size_t max_digits = 18;  // fit into 64 bits whatever they are

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Cursor {
public:
    explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    bool take(std::string_view word) {
        if (!std::string_view{at_, end_}.starts_with(word)) {
            return false;
        }
        at_ += word.size();
        return true;
    }

    bool take(char c) {
        if (at_ == end_ || *at_ != c) {
            return false;
        }
        ++at_;
        return true;
    }

    // A JSON integer of at most 18 digits.
    std::optional<std::int64_t> integer() {
        const bool minus = take('-');
        const char* const first = at_;
        std::int64_t value = 0;
        while (at_ != end_ && is_digit(*at_)) {
            value = value * 10 + (*at_++ - '0');
            if (digits_since(first) > max_digits) {
                return std::nullopt;
            }
        }
        if (at_ == first || (*first == '0' && digits_since(first) > 1)) {
            return std::nullopt;
        }
        return minus ? -value : value;
    }

    // A JSON number that is a finite double.
    std::optional<double> number() {
        const char* const start = at_;
        const bool minus = take('-');
        const char* const first = at_;
        std::uint64_t mantissa = 0;
        scan_digits(mantissa);
        const std::size_t whole = digits_since(first);
        if (whole == 0 || (*first == '0' && whole > 1)) {
            return std::nullopt;
        }
        std::size_t decimals = 0;
        if (take('.')) {
            const char* const point = at_;
            scan_digits(mantissa);
            decimals = digits_since(point);
            if (decimals == 0) {
                return std::nullopt;
            }
        }
        const bool has_exponent = at_ != end_ && (*at_ == 'e' || *at_ == 'E');
        if (decimals == 0 && !has_exponent && (whole > max_digits || (minus && mantissa == 0))) {
            return std::nullopt;
        }
        if (has_exponent || whole + decimals > max_digits || mantissa > max_exact) {
            return slowly(start);
        }
        const double value = static_cast<double>(mantissa) / powers_of_ten.at(decimals);
        return minus ? -value : value;
    }

    // Plain ASCII up to the next quote.
    std::optional<std::string_view> plain_text() {
        const char* const first = at_;
        while (at_ != end_ && *at_ != '"') {
            if (*at_ < ' ' || *at_ > '~' || *at_ == '\\') {
                return std::nullopt;
            }
            ++at_;
        }
        return std::string_view{first, at_};
    }

    [[nodiscard]] bool at_end() const { return at_ == end_; }

private:
    [[nodiscard]] std::size_t digits_since(const char* first) const {
        return static_cast<std::size_t>(at_ - first);
    }

    // Wraps around for more digits than fit; then it is not used.
    void scan_digits(std::uint64_t& value) {
        while (at_ != end_ && is_digit(*at_)) {
            value = value * 10 + static_cast<std::uint64_t>(*at_++ - '0');
        }
    }

    // `start` begins with a whole part and perhaps decimals, as JSON has them.
    std::optional<double> slowly(const char* start) {
        double value = 0;
        const auto [end, error] = std::from_chars(start, end_, value);
        if (error != std::errc{} || end < at_) {
            return std::nullopt;
        }
        at_ = end;
        return value;
    }

    const char* at_;
    const char* end_;
};

bool take_head(Cursor& cursor, Event& event) {
    if (!cursor.take("{\"v\":1,\"t_us\":")) {
        return false;
    }
    const auto t = cursor.integer();
    if (!t || !cursor.take(",\"wall_us\":")) {
        return false;
    }
    const auto wall = cursor.integer();
    if (!wall || !cursor.take(",\"type\":\"samples\",\"source\":\"")) {
        return false;
    }
    event.at = {instant_from_us(*t), wall_from_us(*wall)};
    return true;
}

bool take_pair(Cursor& cursor, SampleValue& sample) {
    if (!cursor.take('[')) {
        return false;
    }
    const auto id = cursor.integer();
    if (!id || *id < 0 || *id > std::numeric_limits<SeriesId>::max() || !cursor.take(',')) {
        return false;
    }
    const auto value = cursor.number();
    if (!value || !cursor.take(']')) {
        return false;
    }
    sample = {static_cast<SeriesId>(*id), *value};
    return true;
}

}  // namespace

bool read_samples_line(std::string_view line, const ReadLimits& limits, Event& event) {
    Cursor cursor{line};
    if (line.size() > limits.line_bytes || !take_head(cursor, event)) {
        return false;
    }
    const auto source = cursor.plain_text();
    if (!source || !cursor.take("\",\"values\":[")) {
        return false;
    }
    auto* samples = std::get_if<SamplesEvent>(&event.body);
    if (samples == nullptr) {
        samples = &event.body.emplace<SamplesEvent>();
    }
    samples->source.assign(*source);
    samples->values.clear();
    if (!cursor.take(']')) {
        do {
            if (samples->values.size() == limits.elements ||
                !take_pair(cursor, samples->values.emplace_back())) {
                return false;
            }
        } while (cursor.take(','));
        if (!cursor.take(']')) {
            return false;
        }
    }
    return cursor.take('}') && cursor.at_end();
}

}  // namespace primum::event

// SPDX-License-Identifier: MIT
#include "source/exposition.hpp"

#include "source/page_number.hpp"
#include "source/series_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace primum::source {
namespace {

bool is_timestamp(std::string_view text) {
    std::int64_t milliseconds = 0;
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), milliseconds);
    return error == std::errc{} && rest == text.data() + text.size();
}

// Reads one page, line by line. The position of an error is kept as a pointer into the page.
class PageReader {
public:
    PageReader(std::string_view page,
               Interner& interner,
               std::vector<SampleValue>& values,
               const ExpositionLimits& limits)
        : at_(page.data()),
          end_(page.data() + page.size()),
          interner_(interner),
          values_(values),
          limits_(limits) {}

    Result<void, ExpositionError> read() {
        interner_.begin_page();
        while (at_ != end_) {
            ++line_;
            line_begin_ = at_;
            if (read_known()) {
                continue;
            }
            const auto* line_end = static_cast<const char*>(
                std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_)));
            if (line_end == nullptr) {
                return refuse(end_, "the page ends within a line: its last line feed is missing");
            }
            if (static_cast<std::size_t>(line_end - at_) > limits_.line_bytes) {
                return refuse(at_,
                              fmt::format("the line is over {} bytes", limits_.line_bytes),
                              SourceFailure::too_large);
            }
            if (line_end != at_ && line_end[-1] == '\r') {
                return refuse(line_end - 1, "a carriage return: lines end in a line feed only");
            }
            const auto* begin = skip_blanks(at_, line_end);
            if (begin != line_end) {
                auto read = *begin == '#' ? read_comment(begin + 1, line_end)
                                          : read_sample(begin, line_end);
                if (!read) {
                    return read;
                }
            }
            at_ = line_end + 1;
        }
        return {};
    }

private:
    using Done = Result<void, ExpositionError>;

    [[nodiscard]] Done refuse(const char* at,
                              std::string reason,
                              SourceFailure failure = SourceFailure::parse) const {
        const auto column = static_cast<std::size_t>(at - line_begin_) + 1;
        return fail(ExpositionError{line_, column, std::move(reason), failure});
    }

    // The line of a series that stands where it stood on the page before, with a number and nothing
    // else behind it. False: nothing was taken, the line is to be read like any other.
    [[nodiscard]] bool read_known() {
        std::size_t size = 0;
        const auto found = interner_.peek(at_, end_, size);
        if (found.standing == Interner::Standing::unknown) {
            return false;
        }
        double value = 0;
        const auto* rest = read_number(at_ + size + 1, end_, value);
        if (rest == nullptr || rest == end_ || *rest != '\n' ||
            static_cast<std::size_t>(rest - at_) > limits_.line_bytes ||
            samples_ == limits_.samples) {
            return false;
        }
        if (found.standing == Interner::Standing::wanted) {
            if (!interner_.see(found.entry)) {
                return false;
            }
            values_.push_back({interner_.id_of(found.entry), value});
        }
        interner_.accept();
        ++samples_;
        at_ = rest + 1;
        return true;
    }

    // HELP and TYPE have a shape; any other comment is free text.
    [[nodiscard]] Done read_comment(const char* at, const char* end) const {
        at = skip_blanks(at, end);
        const auto* word_end = skip_token(at, end);
        const std::string_view word{at, static_cast<std::size_t>(word_end - at)};
        const bool is_type = word == "TYPE";
        if (!is_type && word != "HELP") {
            return {};
        }
        at = skip_blanks(word_end, end);
        if (at == end) {
            return {};
        }
        const auto* name_end = skip_name(at, end);
        if (name_end == at || (name_end != end && !is_blank(*name_end))) {
            return refuse(name_end, fmt::format("not a metric name after {}", word));
        }
        at = skip_blanks(name_end, end);
        if (!is_type || at == end) {
            return {};
        }
        const auto* type_end = skip_token(at, end);
        const std::string_view type{at, static_cast<std::size_t>(type_end - at)};
        constexpr std::array<std::string_view, 5> types{
            "counter", "gauge", "histogram", "summary", "untyped"};
        if (std::find(types.begin(), types.end(), type) == types.end() ||
            skip_blanks(type_end, end) != end) {
            return refuse(at, "the type is none of counter, gauge, histogram, summary, untyped");
        }
        return {};
    }

    [[nodiscard]] Done read_sample(const char* begin, const char* end) {
        // No value or timestamp contains a brace, so the last one ends the series.
        const auto* brace =
            static_cast<const char*>(memrchr(begin, '}', static_cast<std::size_t>(end - begin)));
        const auto* series_end = brace != nullptr ? brace + 1 : skip_token(begin, end);
        const std::string_view text{begin, static_cast<std::size_t>(series_end - begin)};

        auto found = interner_.find(text);
        if (found.standing == Interner::Standing::unknown) {
            auto parsed = read_series(text, limits_.labels);
            if (!parsed) {
                return refuse(parsed.error().at, std::move(parsed.error().reason));
            }
            found = interner_.meet(text, std::move(*parsed));
        }
        if (found.standing == Interner::Standing::over_bound) {
            return refuse(begin, std::string{too_many_series}, SourceFailure::too_many_series);
        }
        if (++samples_ > limits_.samples) {
            return refuse(begin,
                          fmt::format("more than {} samples on the page", limits_.samples),
                          SourceFailure::too_large);
        }
        return read_rest(skip_blanks(series_end, end), end, found);
    }

    [[nodiscard]] Done read_rest(const char* at, const char* end, Interner::Found found) {
        const auto* value_end = skip_token(at, end);
        if (value_end == at) {
            return refuse(at, "the value is missing");
        }
        const auto value = number_of({at, static_cast<std::size_t>(value_end - at)});
        if (!value) {
            return refuse(at, "the value is not a number that a double can hold");
        }
        if (const auto* stamp = skip_blanks(value_end, end); stamp != end) {
            const auto* stamp_end = skip_token(stamp, end);
            if (!is_timestamp({stamp, static_cast<std::size_t>(stamp_end - stamp)})) {
                return refuse(stamp, "the timestamp is not a whole number of milliseconds");
            }
            if (const auto* more = skip_blanks(stamp_end, end); more != end) {
                return refuse(more, "text after the timestamp");
            }
        }
        if (found.standing == Interner::Standing::wanted) {
            if (!interner_.see(found.entry)) {
                return refuse(line_begin_, "the series is on this page twice");
            }
            values_.push_back({interner_.id_of(found.entry), *value});
        }
        return {};
    }

    const char* at_;
    const char* end_;
    const char* line_begin_ = nullptr;
    std::size_t line_ = 0;
    std::size_t samples_ = 0;
    Interner& interner_;
    std::vector<SampleValue>& values_;
    const ExpositionLimits& limits_;
};

}  // namespace

std::string format_error(const ExpositionError& error) {
    return fmt::format("line {}, column {}: {}", error.line, error.column, error.reason);
}

Result<void, ExpositionError> read_exposition(std::string_view page,
                                              Interner& interner,
                                              std::vector<SampleValue>& values,
                                              const ExpositionLimits& limits) {
    values.clear();
    if (page.size() > limits.page_bytes) {
        return fail(ExpositionError{1,
                                    1,
                                    fmt::format("the page is over {} bytes", limits.page_bytes),
                                    SourceFailure::too_large});
    }
    auto read = PageReader{page, interner, values, limits}.read();
    if (!read) {
        values.clear();
    }
    return read;
}

}  // namespace primum::source

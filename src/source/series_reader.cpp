// SPDX-License-Identifier: MIT
#include "source/series_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace primum::source {
const char* find_bad_text(const char* at, const char* end) {
    while (at != end) {
        const auto lead = static_cast<unsigned char>(*at);
        if (lead < 0x80) {
            if (lead == 0) {
                return at;
            }
            ++at;
            continue;
        }
        const std::ptrdiff_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4 || end - at <= more) {
            return at;
        }
        const auto second = static_cast<unsigned char>(at[1]);
        const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return at;
        }
        for (std::ptrdiff_t i = 2; i <= more; ++i) {
            if ((static_cast<unsigned char>(at[i]) & 0xC0U) != 0x80) {
                return at;
            }
        }
        at += more + 1;
    }
    return end;
}

namespace {

// Reads one series from front to back.
class SeriesReader {
public:
    SeriesReader(std::string_view text, std::size_t max_labels)
        : at_(text.data()), end_(text.data() + text.size()), max_labels_(max_labels) {}

    Result<SeriesName, Trouble> read() {
        SeriesName series;
        const auto* name_end = skip_name(at_, end_);
        if (name_end == at_) {
            return fail(Trouble{at_, "a metric name begins with a letter, '_' or ':'"});
        }
        series.name.assign(at_, name_end);
        at_ = skip_blanks(name_end, end_);
        if (at_ == end_) {
            return series;
        }
        if (*at_ != '{') {
            return fail(Trouble{at_, "not a character of a metric name"});
        }
        ++at_;
        if (auto labels = read_labels(series.labels); !labels) {
            return fail(std::move(labels.error()));
        }
        if (at_ != end_ && *at_ == '{') {
            return fail(Trouble{at_, std::string{native_histogram}});
        }
        if (at_ != end_) {
            return fail(Trouble{at_, "text after the labels that is not a value"});
        }
        return sorted(std::move(series));
    }

private:
    Result<void, Trouble> read_labels(std::vector<Label>& labels) {
        for (;;) {
            at_ = skip_blanks(at_, end_);
            if (at_ == end_) {
                return fail(Trouble{at_, "the labels are not closed with '}'"});
            }
            if (*at_ == '}') {
                ++at_;
                return {};
            }
            if (labels.size() == max_labels_) {
                return fail(Trouble{at_, fmt::format("more than {} labels", max_labels_)});
            }
            if (auto label = read_label(labels.emplace_back()); !label) {
                return label;
            }
            at_ = skip_blanks(at_, end_);
            if (at_ != end_ && *at_ == ',') {
                ++at_;
            } else if (at_ != end_ && *at_ != '}') {
                return fail(Trouble{at_, "expected ',' or '}' after a label"});
            }
        }
    }

    Result<void, Trouble> read_label(Label& label) {
        const auto* name = at_;
        if (!starts_label(*at_)) {
            return fail(Trouble{at_, "a label name begins with a letter or '_'"});
        }
        while (at_ != end_ && (starts_label(*at_) || is_digit(*at_))) {
            ++at_;
        }
        label.name.assign(name, at_);
        at_ = skip_blanks(at_, end_);
        if (at_ == end_ || *at_ != '=') {
            const bool native = at_ != end_ && *at_ == ':' && label.name == "count";
            return fail(Trouble{
                at_, native ? std::string{native_histogram} : "expected '=' after a label name"});
        }
        at_ = skip_blanks(at_ + 1, end_);
        if (at_ == end_ || *at_ != '"') {
            return fail(Trouble{at_, "expected '\"' before a label value"});
        }
        ++at_;
        return read_value(label.value);
    }

    Result<void, Trouble> read_value(std::string& value) {
        const auto* begin = at_;
        for (; at_ != end_ && *at_ != '"'; ++at_) {
            if (*at_ != '\\') {
                value += *at_;
                continue;
            }
            const char escaped = at_ + 1 != end_ ? at_[1] : '\0';
            if (escaped != '\\' && escaped != '"' && escaped != 'n') {
                return fail(Trouble{at_, "only \\\\, \\\" and \\n may follow a backslash"});
            }
            value += escaped == 'n' ? '\n' : escaped;
            ++at_;
        }
        if (at_ == end_) {
            return fail(Trouble{at_, "the label value is not closed with '\"'"});
        }
        if (const auto* bad = find_bad_text(begin, at_); bad != at_) {
            return fail(Trouble{bad, "not UTF-8 text"});
        }
        ++at_;
        return {};
    }

    Result<SeriesName, Trouble> sorted(SeriesName series) const {
        auto& labels = series.labels;
        std::sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) {
            return a.name < b.name;
        });
        const auto twice =
            std::adjacent_find(labels.begin(), labels.end(), [](const Label& a, const Label& b) {
                return a.name == b.name;
            });
        if (twice != labels.end()) {
            return fail(Trouble{end_ - 1, fmt::format("label \"{}\" is given twice", twice->name)});
        }
        return series;
    }

    const char* at_;
    const char* end_;
    std::size_t max_labels_;
};

}  // namespace

Result<SeriesName, Trouble> read_series(std::string_view text, std::size_t max_labels) {
    return SeriesReader{text, max_labels}.read();
}

}  // namespace primum::source

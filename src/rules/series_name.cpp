// SPDX-License-Identifier: MIT
#include "rules/series_name.hpp"

#include "rules/text_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace primum::rules {
namespace {

std::optional<std::string> label_value(TextCursor& cursor) {
    std::string value;
    while (!cursor.done()) {
        const char c = cursor.take();
        if (c == '"') {
            return value;
        }
        if (c == '\n') {
            return std::nullopt;
        }
        if (c != '\\') {
            value += c;
            continue;
        }
        const char escaped = cursor.done() ? '\0' : cursor.take();
        if (escaped == 'n') {
            value += '\n';
        } else if (escaped == '\\' || escaped == '"') {
            value += escaped;
        } else {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

// The labels after '{', up to and with '}'. Says what is wrong, or nothing.
std::string_view read_labels(TextCursor& cursor, std::vector<Label>& labels) {
    for (;;) {
        cursor.skip_blanks();
        if (cursor.take_if('}')) {
            return {};
        }
        const std::string_view name = cursor.take_label_name();
        if (name.empty()) {
            return "a label name or '}' is expected";
        }
        cursor.skip_blanks();
        if (!cursor.take_if('=')) {
            return "'=' is expected";
        }
        cursor.skip_blanks();
        if (!cursor.take_if('"')) {
            return "'\"' is expected";
        }
        auto value = label_value(cursor);
        if (!value) {
            return "the label's value does not end, or has an unknown escape";
        }
        if (labels.size() == max_labels) {
            return "it has too many labels";
        }
        labels.push_back(Label{std::string{name}, *std::move(value)});
        cursor.skip_blanks();
        if (!cursor.take_if(',') && cursor.peek() != '}') {
            return "',' or '}' is expected";
        }
    }
}

}  // namespace

Result<SeriesName, RuleError> parse_series_name(std::string_view text) {
    TextCursor cursor{text};
    const auto refuse = [&](std::string_view why) {
        return fail(RuleError{.message = fmt::format("no series name: {} at offset {} of \"{}\"",
                                                     why,
                                                     cursor.offset(),
                                                     text.substr(0, 80))});
    };
    if (text.size() > max_series_bytes) {
        return refuse("it is too long");
    }
    cursor.skip_blanks();
    SeriesName series;
    series.name = cursor.take_metric_name();
    if (series.name.empty()) {
        return refuse("a metric name is expected");
    }
    cursor.skip_blanks();
    if (cursor.take_if('{')) {
        if (const std::string_view why = read_labels(cursor, series.labels); !why.empty()) {
            return refuse(why);
        }
        cursor.skip_blanks();
    }
    if (!cursor.done()) {
        return refuse("nothing more is expected");
    }
    std::sort(series.labels.begin(), series.labels.end(), [](const Label& a, const Label& b) {
        return a.name < b.name;
    });
    const auto twice = std::adjacent_find(
        series.labels.begin(), series.labels.end(), [](const Label& a, const Label& b) {
            return a.name == b.name;
        });
    if (twice != series.labels.end()) {
        return refuse(fmt::format("label {} stands twice", twice->name));
    }
    return series;
}

std::string format_series_name(const SeriesName& series) {
    std::string out = series.name;
    if (series.labels.empty()) {
        return out;
    }
    char separator = '{';
    for (const Label& label : series.labels) {
        out += separator;
        out += label.name;
        out += "=\"";
        for (const char c : label.value) {
            if (c == '\n') {
                out += "\\n";
                continue;
            }
            if (c == '\\' || c == '"') {
                out += '\\';
            }
            out += c;
        }
        out += '"';
        separator = ',';
    }
    out += '}';
    return out;
}

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "event/event_json.hpp"

#include <algorithm>

namespace primum::event {
namespace {

bool starts_name(char c, bool colon) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':');
}

// Takes a Prometheus identifier off the front; empty where there is none.
std::string_view take_name(std::string_view& text, bool colon) {
    std::size_t length = 0;
    while (length < text.size() && (starts_name(text[length], colon) ||
                                    (length > 0 && text[length] >= '0' && text[length] <= '9'))) {
        ++length;
    }
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    return name;
}

bool take_char(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

// Takes a quoted label value, in which \\, \" and \n are escapes.
std::optional<std::string> take_value(std::string_view& text) {
    if (!take_char(text, '"')) {
        return std::nullopt;
    }
    std::string value;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '"') {
            return value;
        }
        if (c != '\\') {
            value += c;
            continue;
        }
        if (take_char(text, '\\')) {
            value += '\\';
        } else if (take_char(text, '"')) {
            value += '"';
        } else if (take_char(text, 'n')) {
            value += '\n';
        } else {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

bool same_name(const Label& a, const Label& b) {
    return a.name == b.name;
}

}  // namespace

std::optional<SeriesName> parse_series_name(std::string_view text) {
    SeriesName series;
    series.name = take_name(text, true);
    if (series.name.empty()) {
        return std::nullopt;
    }
    if (text.empty()) {
        return series;
    }
    if (!take_char(text, '{')) {
        return std::nullopt;
    }
    while (!take_char(text, '}')) {
        Label label;
        label.name = take_name(text, false);
        if (label.name.empty() || !take_char(text, '=')) {
            return std::nullopt;
        }
        std::optional<std::string> value = take_value(text);
        if (!value) {
            return std::nullopt;
        }
        label.value = std::move(*value);
        series.labels.push_back(std::move(label));
        if (!take_char(text, ',') && !text.starts_with('}')) {
            return std::nullopt;
        }
    }
    std::sort(series.labels.begin(), series.labels.end(), [](const Label& a, const Label& b) {
        return a.name < b.name;
    });
    const auto twice = std::adjacent_find(series.labels.begin(), series.labels.end(), same_name);
    if (!text.empty() || twice != series.labels.end()) {
        return std::nullopt;
    }
    return series;
}

}  // namespace primum::event

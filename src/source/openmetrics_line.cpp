// SPDX-License-Identifier: MIT
#include "source/openmetrics_line.hpp"

#include "source/page_number.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace primum::source {
namespace {

constexpr std::size_t max_exemplar_characters = 128;  // UTF-8, names and values together
constexpr std::size_t max_exemplar_labels = 64;
constexpr const char* cut = "the page ends within a line";
constexpr const char* bad_stamp = "the timestamp is not a number of seconds";

// One label from its name to behind the closing quote.
LineStop read_label(const char* at, const char* end, RawLabel& label) {
    const auto* name = at;
    if (at == end || !starts_label(*at)) {
        return {at, "a label name begins with a letter or '_'"};
    }
    while (at != end && (starts_label(*at) || is_digit(*at))) {
        ++at;
    }
    label.name = {name, static_cast<std::size_t>(at - name)};
    if (at == end || *at != '=') {
        return {at, "expected '=' after a label name"};
    }
    if (++at == end || *at != '"') {
        return {at, "expected '\"' before a label value"};
    }
    const auto* value = ++at;
    while (at != end && *at != '"' && *at != '\n') {
        at += *at == '\\' && end - at > 1 ? 2 : 1;
    }
    if (at == end || *at != '"') {
        return {at, "the label value is not closed with '\"'"};
    }
    label.value = {value, static_cast<std::size_t>(at - value)};
    if (const auto* bad = find_bad_text(value, at); bad != at) {
        return {bad, "not UTF-8 text"};
    }
    return {at + 1, nullptr};
}

// Characters of a meant value: bytes that begin one, an escape counted once.
std::size_t characters_of(std::string_view value) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool escape = value[i] == '\\' && i + 1 < value.size() &&
                            (value[i + 1] == '\\' || value[i + 1] == '"' || value[i + 1] == 'n');
        i += escape ? 1U : 0U;
        count += (static_cast<unsigned char>(value[i]) & 0xC0U) != 0x80 ? 1U : 0U;
    }
    return count;
}

// A number that ends where a blank or the line does.
const char* read_word_number(const char* at, const char* end, double& value) {
    const auto* rest = read_number(at, end, value);
    return rest != nullptr && (rest == end || *rest == ' ' || *rest == '\n') ? rest : nullptr;
}

// A timestamp up to a blank or the line's end.
const char* read_stamp(const char* at, const char* end, double& seconds) {
    const auto* rest = read_word_number(at, end, seconds);
    return rest != nullptr && std::isfinite(seconds) ? rest : nullptr;
}

LineTail stop(LineTail tail, const char* at, const char* reason) {
    tail.end = at;
    tail.reason = reason;
    return tail;
}

// From the '#' to the line feed.
LineStop read_exemplar(const char* at, const char* end, std::vector<RawLabel>& scratch) {
    constexpr std::string_view begin = "# {";
    if (end - at < static_cast<std::ptrdiff_t>(begin.size()) ||
        std::string_view{at, begin.size()} != begin) {
        return {at, "an exemplar begins with # {"};
    }
    const auto* labels = at + begin.size() - 1;
    const auto read = read_raw_labels(labels, end, max_exemplar_labels, scratch);
    if (read.reason != nullptr) {
        return read;
    }
    std::size_t characters = 0;
    for (const auto& label : scratch) {
        characters += label.name.size() + characters_of(label.value);
    }
    if (characters > max_exemplar_characters) {
        return {labels, "the labels of an exemplar are over 128 characters"};
    }
    at = read.at;
    double number = 0;
    if (at == end || *at != ' ') {
        return {at, "a blank stands before the value of an exemplar"};
    }
    const auto* rest = read_word_number(at + 1, end, number);
    if (rest == nullptr) {
        return {at + 1, "the value of the exemplar is not a number"};
    }
    if (rest != end && *rest == ' ') {
        at = rest + 1;
        rest = read_stamp(at, end, number);
        if (rest == nullptr) {
            return {at, bad_stamp};
        }
    }
    if (rest == end) {
        return {rest, cut};
    }
    return {rest, *rest == '\n' ? nullptr : "text after the exemplar"};
}

}  // namespace

LineStop read_raw_labels(const char* at,
                         const char* end,
                         std::size_t max_labels,
                         std::vector<RawLabel>& labels) {
    labels.clear();
    ++at;
    if (at != end && *at == '}') {
        return {at + 1, nullptr};
    }
    for (;;) {
        if (labels.size() == max_labels) {
            return {at, "too many labels"};
        }
        RawLabel label;
        const auto read = read_label(at, end, label);
        if (read.reason != nullptr) {
            return read;
        }
        for (const auto& other : labels) {
            if (other.name == label.name) {
                return {label.name.data(), "a label of this name is there already"};
            }
        }
        labels.push_back(label);
        at = read.at;
        if (at != end && *at == '}') {
            return {at + 1, nullptr};
        }
        if (at == end || *at != ',') {
            return {at, "expected ',' or '}' after a label"};
        }
        ++at;
    }
}

std::string unescaped(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char next = value[i] == '\\' && i + 1 < value.size() ? value[i + 1] : '\0';
        if (next == '\\' || next == '"' || next == 'n') {
            text += next == 'n' ? '\n' : next;
            ++i;
        } else {
            text += value[i];
        }
    }
    return text;
}

SeriesName series_of(std::string_view name, const std::vector<RawLabel>& labels) {
    SeriesName series{std::string{name}, {}};
    series.labels.reserve(labels.size());
    for (const auto& label : labels) {
        series.labels.push_back({std::string{label.name}, unescaped(label.value)});
    }
    std::sort(series.labels.begin(), series.labels.end(), [](const Label& a, const Label& b) {
        return a.name < b.name;
    });
    return series;
}

LineTail read_tail(const char* at, const char* end, std::vector<RawLabel>& scratch) {
    LineTail tail;
    if (at == end || *at != ' ') {
        return stop(tail, at, "one blank stands before the value");
    }
    if (++at == end || *at == '\n') {
        return stop(tail, at, "the value is missing");
    }
    const auto* rest = read_word_number(at, end, tail.value);
    if (rest == nullptr) {
        return stop(tail,
                    at,
                    *at == '{' ? native_histogram.data()
                               : "the value is not a number that a double can hold");
    }
    if (rest != end && *rest == ' ' && (rest + 1 == end || rest[1] != '#')) {
        at = rest + 1;
        rest = read_stamp(at, end, tail.seconds);
        if (rest == nullptr) {
            return stop(tail, at, bad_stamp);
        }
        tail.stamped = true;
    }
    if (rest != end && *rest == ' ') {
        tail.exemplar = rest + 1;
        const auto exemplar = read_exemplar(rest + 1, end, scratch);
        if (exemplar.reason != nullptr) {
            return stop(tail, exemplar.at, exemplar.reason);
        }
        rest = exemplar.at;
    }
    if (rest == end) {
        return stop(tail, rest, cut);
    }
    tail.end = rest;
    return tail;
}

}  // namespace primum::source

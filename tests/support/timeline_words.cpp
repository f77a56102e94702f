// SPDX-License-Identifier: MIT
#include "support/timeline_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace primum::support {

void refuse(const std::string& what) {
    throw std::runtime_error(what);
}

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> words;
    std::size_t i = 0;
    while (i < line.size()) {
        if (line[i] == ' ') {
            ++i;
            continue;
        }
        const bool whole = line[i] == '"';
        bool quoted = false;
        std::string word;
        for (; i < line.size() && (quoted || line[i] != ' '); ++i) {
            quoted = quoted != (line[i] == '"');
            if (line[i] != '"' || !whole) {
                word += line[i];
            }
        }
        words.push_back(std::move(word));
    }
    return words;
}

std::optional<Duration> duration_of(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
        {{"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}}};
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    std::int64_t count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view suffix{parsed.ptr,
                                  static_cast<std::size_t>(text.data() + text.size() - parsed.ptr)};
    for (const auto& [unit, us] : units) {
        if (parsed.ec == std::errc{} && suffix == unit) {
            return Duration{(negative ? -count : count) * us};
        }
    }
    return std::nullopt;
}

std::uint32_t number_of(const std::string& word) {
    std::uint32_t value = 0;
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size()) {
        refuse("a number is expected, not " + word);
    }
    return value;
}

const std::string& word(const std::vector<std::string>& words, std::size_t n) {
    if (n >= words.size()) {
        refuse("something is missing at the end");
    }
    return words[n];
}

bool has(const std::vector<std::string>& words, std::string_view flag) {
    return std::find(words.begin(), words.end(), flag) != words.end();
}

std::optional<std::string> option(const std::vector<std::string>& words, std::string_view key) {
    for (const std::string& each : words) {
        if (each.size() > key.size() && each.starts_with(key) && each[key.size()] == '=') {
            return each.substr(key.size() + 1);
        }
    }
    return std::nullopt;
}

Scope scope_of(const std::vector<std::string>& words) {
    Scope scope;
    scope.target = option(words, "target").value_or("");
    if (const auto level = option(words, "level")) {
        scope.level = name_from<Level>(*level);
    }
    return scope;
}

World::Values values_of(const std::vector<std::string>& words, std::size_t n) {
    World::Values values;
    for (; n < words.size(); ++n) {
        const auto equals = words[n].rfind('=');
        if (equals == std::string::npos) {
            refuse("series=value is expected, not " + words[n]);
        }
        values.emplace_back(words[n].substr(0, equals), words[n].substr(equals + 1));
    }
    return values;
}

}  // namespace primum::support

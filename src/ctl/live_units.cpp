// SPDX-License-Identifier: MIT
#include "ctl/live_units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace primum::ctl {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = text.find_first_of(separators);
        if (end != 0) {
            words.push_back(text.substr(0, end));
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return words;
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The N of "00/N".
std::optional<std::int64_t> step_of(std::string_view text) {
    const auto slash = text.find('/');
    std::int64_t step = 0;
    if (slash == std::string_view::npos || !is_number(text.substr(slash + 1)) ||
        std::from_chars(text.data() + slash + 1, text.data() + text.size(), step).ec !=
            std::errc{} ||
        step < 1) {
        return std::nullopt;
    }
    return step;
}

}  // namespace

Duration calendar_period(std::string_view calendar) {
    const auto parts = split(calendar, " ");
    if (parts.size() < 2 || parts[0] != "*-*-*") {
        return Duration{0};
    }
    const auto clock = split(parts[1], ":");
    if (clock.size() != 3) {
        return Duration{0};
    }
    if (clock[0] == "*" && clock[1] == "*" && is_number(clock[2])) {
        return minutes{1};
    }
    if (clock[0] == "*" && clock[1] == "*") {
        return seconds{step_of(clock[2]).value_or(0)};
    }
    if (!is_number(clock[2])) {
        return Duration{0};
    }
    if (clock[0] == "*" && is_number(clock[1])) {
        return hours{1};
    }
    if (clock[0] == "*") {
        return minutes{step_of(clock[1]).value_or(0)};
    }
    if (!is_number(clock[1])) {
        return Duration{0};
    }
    return is_number(clock[0]) ? hours{24} : hours{step_of(clock[0]).value_or(0)};
}

bool acts_on(const Argv& program, std::string_view unit) {
    constexpr std::array<std::string_view, 3> tools{"systemctl", "service", "invoke-rc.d"};
    constexpr std::string_view suffix = ".service";
    const std::string_view stem =
        unit.ends_with(suffix) ? unit.substr(0, unit.size() - suffix.size()) : unit;
    bool tool = false;
    bool named = false;
    for (const std::string& argument : program) {
        for (const std::string_view word : split(argument, " \t\n;&|'\"()")) {
            const std::string_view name = word.substr(word.rfind('/') + 1);
            tool = tool || std::find(tools.begin(), tools.end(), name) != tools.end();
            named = named || word == unit || word == stem;
        }
    }
    return tool && named;
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

namespace primum::http {
namespace {

using std::chrono::seconds;

std::tm parts_of(WallTime when) {
    const std::time_t whole = std::chrono::floor<seconds>(when).time_since_epoch().count();
    std::tm parts{};
    return gmtime_r(&whole, &parts) != nullptr ? parts : std::tm{};
}

struct Unit {
    std::int64_t seconds;
    char name;
};
constexpr std::array<Unit, 4> units{{{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};

// Words that are good news, and those that a person should look at. All others are neither.
constexpr std::array<std::string_view, 11> good{"ok",
                                                "steady",
                                                "pass",
                                                "improved",
                                                "recovered",
                                                "recovered_anyway",
                                                "soaking",
                                                "healthy",
                                                "done",
                                                "closed",
                                                "source_recovered"};
constexpr std::array<std::string_view, 17> bad{"veto",
                                               "exhausted",
                                               "failed",
                                               "ambiguous",
                                               "worse",
                                               "rollback_failed",
                                               "breaker_tripped",
                                               "stalled",
                                               "source_failed",
                                               "dead",
                                               "rate_limited",
                                               "critical",
                                               "error",
                                               "relapsed",
                                               "demoted",
                                               "rolling_back",
                                               "abandoned"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Shapes in a box of 16 by 16, one a severity.
constexpr std::array<std::string_view, severity_count> severity_shapes{
    "M8 2a6 6 0 1 0 .01 0zM8 4a4 4 0 1 1-.01 0z",                             // unknown: a ring
    "M8 3a5 5 0 1 0 .01 0z",                                                  // ok: a disc
    "M8 1.5 14.5 8 8 14.5 1.5 8z",                                            // info: a diamond
    "M8 2 15 14H1z",                                                          // warning: a triangle
    "M2.5 2.5h11v11h-11z",                                                    // error: a square
    "M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z M7 4v5h2V4zm0 6v2h2v-2z",  // critical
};

}  // namespace

std::string span_text(Duration span) {
    auto left = std::chrono::duration_cast<seconds>(span).count();
    left = left < 0 ? -left : left;
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (left < units[i].seconds) {
            continue;
        }
        auto text = fmt::format("{}{}", left / units[i].seconds, units[i].name);
        if (i + 1 < units.size()) {
            const auto rest = left % units[i].seconds / units[i + 1].seconds;
            text += rest == 0 ? "" : fmt::format(" {}{}", rest, units[i + 1].name);
        }
        return text;
    }
    return "0s";
}

std::string relative_text(WallTime when, WallTime now) {
    const auto ahead = std::chrono::duration_cast<seconds>(when - now);
    if (ahead == seconds{0}) {
        return "now";
    }
    return ahead.count() > 0 ? "in " + span_text(ahead) : span_text(ahead) + " ago";
}

std::string clock_text(WallTime when) {
    const auto parts = parts_of(when);
    return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string date_text(WallTime when) {
    const auto parts = parts_of(when);
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string count_text(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string spaced(std::string_view name) {
    std::string text{name};
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

WallTime wall_of(Instant t, const Stamp& now) {
    return now.wall + (t - now.t);
}

void put_time(Html& html, WallTime when, WallTime now) {
    const auto date = date_text(when);
    const auto clock = clock_text(when);
    html.element("time",
                 {{"datetime", fmt::format("{}T{}Z", date, clock)}},
                 date == date_text(now) ? clock : date + " " + clock);
    html.text(" ").element("span", {{"class", "ago"}}, relative_text(when, now));
}

void put_time(Html& html, std::optional<WallTime> when, WallTime now) {
    if (when) {
        put_time(html, *when, now);
    } else {
        html.text("–");
    }
}

void put_level(Html& html, Level level) {
    const auto index = index_of(level);
    html.open("span", {{"class", fmt::format("level level-{}", index)}});
    html.open("svg", {{"class", "bars"}, {"viewBox", "0 0 24 14"}, {"aria-hidden", "true"}});
    for (std::size_t i = 1; i < level_count; ++i) {
        const auto height = 2 + 2 * i;
        html.empty("rect",
                   {{"class", i <= index ? "on" : "off"},
                    {"x", fmt::format("{}", (i - 1) * 5)},
                    {"y", fmt::format("{}", 14 - height)},
                    {"width", "3.6"},
                    {"height", fmt::format("{}", height)}});
    }
    html.close().text(fmt::format("{} {}", index, name_of(level))).close();
}

void put_severity(Html& html, Severity severity) {
    html.open("span", {{"class", fmt::format("severity {}", name_of(severity))}});
    html.open("svg", {{"class", "shape"}, {"viewBox", "0 0 16 16"}, {"aria-hidden", "true"}});
    html.empty(
        "path",
        {{"fill-rule", "evenodd"}, {"d", severity_shapes[static_cast<std::size_t>(severity)]}});
    html.close().text(name_of(severity)).close();
}

void put_word(Html& html, std::string_view word) {
    if (contains(good, word)) {
        html.open("span", {{"class", "word good"}});
        html.element("span", {{"aria-hidden", "true"}}, "✓ ");
    } else if (contains(bad, word)) {
        html.open("span", {{"class", "word bad"}});
        html.element("span", {{"aria-hidden", "true"}}, "✕ ");
    } else {
        html.open("span", {{"class", "word"}});
    }
    html.text(spaced(word)).close();
}

void put_command(Html& html, std::string_view command) {
    html.element("code", {{"class", "command"}}, command);
}

void begin_section(Html& html, std::string_view id, std::string_view heading) {
    html.open("section", {{"aria-labelledby", id}});
    html.element("h2", {{"id", id}}, heading);
}

void begin_table(Html& html,
                 std::string_view caption,
                 std::initializer_list<std::string_view> columns) {
    html.open(
        "div",
        {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", caption}});
    html.open("table").element("caption", caption).open("thead").open("tr");
    for (const auto column : columns) {
        html.element("th", {{"scope", "col"}}, column);
    }
    html.close().close().open("tbody");
}

void end_table(Html& html) {
    html.close().close().close();
}

}  // namespace primum::http

// SPDX-License-Identifier: MIT
#include "ctl/audit_page_parts.hpp"
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace primum::ctl {
namespace {

using http::Html;
using replay::AuditCounts;
using replay::Spread;

constexpr double width = 1000;
constexpr double left = 172;  // of the plot; the names stand before it
constexpr double right = 900;

void begin_drawing(Html& html, std::string_view id, const std::string& what, double height) {
    html.open("div",
              {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", what}});
    html.open("svg",
              {{"class", "timeline drawing"},
               {"role", "img"},
               {"aria-labelledby", fmt::format("{}-title", id)},
               {"viewBox", fmt::format("0 0 {} {:.0f}", width, height)}});
    html.element("title", {{"id", fmt::format("{}-title", id)}}, what);
}

void put_number(Html& html, std::uint64_t value) {
    html.element("td", {{"class", "number"}}, std::to_string(value));
}

std::uint64_t outcome(const AuditCounts& counts, Outcome which) {
    return counts.outcomes.at(static_cast<std::size_t>(which));
}

// A line of a chart of spans: the interval of the median, and the median.
struct Stretch {
    std::string_view name;
    const Spread& spread;
    std::string_view look;
};

void put_stretch(Html& html, const Stretch& one, double y, Duration most) {
    const auto x = [&](Duration at) {
        return left + (right - left) * static_cast<double>(at.count()) /
                          std::max<double>(static_cast<double>(most.count()), 1);
    };
    html.element(
        "text", {{"class", "name"}, {"x", "0"}, {"y", fmt::format("{:.0f}", y + 4)}}, one.name);
    if (one.spread.count == 0) {
        html.element("text",
                     {{"class", "hour"},
                      {"x", fmt::format("{:.0f}", left)},
                      {"y", fmt::format("{:.0f}", y + 4)}},
                     "never");
        return;
    }
    html.open("g", {{"class", one.look}});
    html.element("title", fmt::format("{}: {}", one.name, spread_text(one.spread)));
    html.empty(
        "path",
        {{"class", "whole"},
         {"d", fmt::format("M{:.1f} {:.0f}H{:.1f}", x(one.spread.least), y, x(one.spread.most))}});
    if (one.spread.low && one.spread.high) {
        html.empty(
            "path",
            {{"class", "sure"},
             {"d",
              fmt::format("M{:.1f} {:.0f}H{:.1f}", x(*one.spread.low), y, x(*one.spread.high))}});
    }
    html.empty("circle",
               {{"cx", fmt::format("{:.1f}", x(one.spread.median))},
                {"cy", fmt::format("{:.0f}", y)},
                {"r", "7"}});
    html.close();
}

void put_spread_row(Html& html, std::string_view name, const Spread& spread) {
    html.open("tr").element("th", {{"scope", "row"}}, name);
    put_number(html, spread.count);
    const auto span = [&](std::optional<Duration> value) {
        html.element(
            "td", {{"class", "number"}}, value && spread.count > 0 ? human_span(*value) : "-");
    };
    span(spread.median);
    html.element("td",
                 {{"class", "number"}},
                 spread.low && spread.high
                     ? human_span(*spread.low) + " to " + human_span(*spread.high)
                     : "too few to say");
    span(spread.least);
    span(spread.most);
    html.close();
}

constexpr double guard_height = 26;

// Those that vetoed anything; the most frequent reason first.
std::vector<std::size_t> guards_by_count(const replay::AuditGuards& guards) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < guard_count; ++i) {
        if (guards.all.at(i) > 0) {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return guards.first.at(a) > guards.first.at(b);
    });
    return order;
}

// One bar within the other, of `most` at the plot's end.
void put_guard(Html& html,
               const replay::AuditGuards& guards,
               std::size_t guard,
               double y,
               std::uint64_t most) {
    const std::uint64_t first = guards.first.at(guard);
    const std::uint64_t all = guards.all.at(guard);
    const auto wide = [&](std::uint64_t count) {
        return (right - left) * static_cast<double>(count) / static_cast<double>(most);
    };
    const auto bar = [&](std::uint64_t count, std::string_view look, double high) {
        html.empty("rect",
                   {{"class", look},
                    {"x", fmt::format("{:.0f}", left)},
                    {"y", fmt::format("{:.1f}", y + (20 - high) / 2)},
                    {"width", fmt::format("{:.1f}", std::max(wide(count), 1.0))},
                    {"height", fmt::format("{:.0f}", high)},
                    {"rx", "2"}});
    };
    const auto base = fmt::format("{:.0f}", y + 14);
    const std::string_view name = name_of(static_cast<Guard>(guard));
    html.open("g", {{"class", "guard"}});
    html.element("title",
                 fmt::format("{}: {} times the reason, {} times a veto", name, first, all));
    html.element("text", {{"class", "name"}, {"x", "0"}, {"y", base}}, http::spaced(name));
    bar(all, "any", 18);
    if (first > 0) {
        bar(first, "first", 10);
    }
    html.element(
        "text",
        {{"class", "count"}, {"x", fmt::format("{:.0f}", left + 8 + wide(all))}, {"y", base}},
        first == all ? std::to_string(first) : fmt::format("{} of {}", first, all));
    html.close();
}

}  // namespace

void put_levels(Html& html, const AuditFindings& findings) {
    http::begin_section(html, "levels", "By level");
    http::begin_table(html,
                      "What each level detected and did, and how often it was right",
                      {"Level",
                       "Detected",
                       "Would act",
                       "Acted",
                       "Improved",
                       "Unchanged",
                       "Worse",
                       "Rolled back",
                       "Recovered anyway",
                       "Precision"});
    for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
        const AuditCounts& rung = findings.report.rungs.at(i);
        if (rung == AuditCounts{}) {
            continue;
        }
        html.open("tr").open("th", {{"scope", "row"}});
        http::put_level(html, static_cast<Level>(i));
        html.close();
        put_number(html, rung.detected);
        put_number(html, rung.would_act);
        put_number(html, rung.acted + rung.forced);
        put_number(html, outcome(rung, Outcome::improved));
        put_number(html, outcome(rung, Outcome::unchanged));
        put_number(html, outcome(rung, Outcome::worse));
        put_number(html, rung.rolled_back);
        put_number(html, rung.dry_outcomes.at(static_cast<std::size_t>(Outcome::recovered_anyway)));
        html.element("td", {{"class", "number"}}, share_text(rung.precision())).close();
    }
    http::end_table(html);
    html.element(
        "p",
        {{"class", "calm"}},
        "Whether an action was justified was judged by comparing it with doing nothing, or "
        "by a person's label, which stands above that.");
    html.close();
}

void put_recovery(Html& html, const AuditFindings& findings) {
    const auto& times = findings.report.times;
    const std::array stretches{Stretch{"acting", times.recover_acted, "stretch acted"},
                               Stretch{"doing nothing", times.recover_waited, "stretch waited"}};
    const Duration most = std::max(times.recover_acted.most, times.recover_waited.most);
    http::begin_section(html, "recovery", "Time to recover, acting and doing nothing");
    begin_drawing(html,
                  "recovery-drawing",
                  fmt::format("Time to recover. Acting: {}. Doing nothing: {}. The table says the "
                              "same.",
                              spread_text(times.recover_acted),
                              spread_text(times.recover_waited)),
                  110);
    for (const double part : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const double x = left + (right - left) * part;
        html.empty("path", {{"class", "grid"}, {"d", fmt::format("M{:.1f} 18V104", x)}});
        html.element("text",
                     {{"class", "hour"},
                      {"x", fmt::format("{:.1f}", x)},
                      {"y", "12"},
                      {"text-anchor", "middle"}},
                     human_span(Duration{
                         static_cast<std::int64_t>(static_cast<double>(most.count()) * part)}));
    }
    put_stretch(html, stretches[0], 44, most);
    put_stretch(html, stretches[1], 82, most);
    html.close().close();
    html.element("p",
                 {{"class", "calm"}},
                 "Thin: from the shortest to the longest. Thick: where the median lies with 95 % "
                 "confidence. Dot: the median. Doing nothing is every incident without a real "
                 "action: observed, in dry-run, or held back.");
    http::begin_table(html,
                      "How long it took",
                      {"Span", "How many", "Median", "Median lies within", "Least", "Most"});
    if (findings.has_first_signs) {
        put_spread_row(html, "from the first sign to detection", times.detect);
    }
    put_spread_row(html, "from detection to the first action", times.decide);
    put_spread_row(html, "to recover, acting", times.recover_acted);
    put_spread_row(html, "to recover, doing nothing", times.recover_waited);
    http::end_table(html);
    html.close();
}

void put_guards(Html& html, const AuditFindings& findings) {
    const auto& guards = findings.report.guards;
    const std::vector<std::size_t> order = guards_by_count(guards);
    http::begin_section(html, "guards", "Held back by which guard");
    if (order.empty()) {
        html.element("p", {{"class", "calm"}}, "No guard held anything back.").close();
        return;
    }
    const std::uint64_t most = *std::max_element(guards.all.begin(), guards.all.end());
    begin_drawing(html,
                  "guards-drawing",
                  "How often each guard held something back: " + guards_text(guards) +
                      ". The table says the same.",
                  8 + guard_height * static_cast<double>(order.size()));
    double y = 4;
    for (const std::size_t i : order) {
        put_guard(html, guards, i, y, most);
        y += guard_height;
    }
    html.close().close();
    html.element("p",
                 {{"class", "calm"}},
                 "Dark: it was the reason, the first that said no. Light: it was among those that "
                 "said no. Each is counted when the answer changes, not at each look.");
    http::begin_table(html, "Decisions to wait", {"Guard", "The reason", "Among the vetoes"});
    for (const std::size_t i : order) {
        html.open("tr").element("th", {{"scope", "row"}}, name_of(static_cast<Guard>(i)));
        put_number(html, guards.first.at(i));
        put_number(html, guards.all.at(i));
        html.close();
    }
    http::end_table(html);
    html.close();
}

void put_difference(Html& html, const AuditDifference& difference, const PageBounds& bounds) {
    constexpr std::array<std::string_view, 3> changes{"new", "gone", "changed"};
    const auto& report = difference.report;
    const AuditChanges count = changes_of(report);
    http::begin_section(html, "against", "Against " + difference.rules);
    html.element("p",
                 {{"class", "lead"}},
                 fmt::format("Would have acted {}, now {}: {} alike, {} new, {} gone, {} changed.",
                             http::count_text(report.first, "time"),
                             report.second,
                             report.same,
                             count.appeared,
                             count.gone,
                             count.changed));
    const std::size_t shown = std::min(report.differences.size(), bounds.rows);
    if (shown > 0) {
        http::begin_table(html,
                          shown == report.differences.size()
                              ? std::string{"Actions that are not the same"}
                              : fmt::format("The first {} actions that are not the same, of {}",
                                            shown,
                                            report.differences.size()),
                          {"When", "Change", "Target", "Level", "Action", "Why"});
    }
    for (std::size_t i = 0; i < shown; ++i) {
        const auto& one = report.differences[i];
        html.open("tr").element("td", utc_text(one.action.intended.wall));
        html.element("td", changes.at(static_cast<std::size_t>(one.change)));
        html.element("th", {{"scope", "row"}}, one.action.target).open("td");
        http::put_level(html, one.action.level);
        html.close().element("td", (one.action.dry_run ? "would " : "") + one.action.kind);
        html.element("td", one.evidence).close();
    }
    if (shown > 0) {
        http::end_table(html);
    }
    html.close();
}

}  // namespace primum::ctl

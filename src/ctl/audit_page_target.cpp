// SPDX-License-Identifier: MIT
#include "ctl/audit_page_parts.hpp"
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace primum::ctl {
namespace {

using http::Html;
using replay::AuditAction;
using replay::AuditTarget;

constexpr double width = 1000;
constexpr double left = 96;  // of the plot; the levels' names stand before it
constexpr double right = 988;
constexpr double top = 40;  // beneath hours and marks
constexpr double step_height = 17;
constexpr double foot = top + 5 * step_height;
constexpr double marks_at = 28;
constexpr double mark_width = 14;  // marks stand so far apart at least
constexpr std::size_t most_table_steps = 60;

struct MarkLook {
    std::string_view name;
    std::string_view path;  // in a box from -6 to 6
};

MarkLook look_of(const AuditAction& action) {
    switch (action.outcome) {
        case Outcome::improved:
            return {"improved", "M-5.5.5-2 4.5 5.5-4"};
        case Outcome::unchanged:
            return {action.dry_run ? "would-act" : "no-effect",
                    action.dry_run ? "M0-5.5 6 5H-6z" : "M-5-2H5M-5 2H5"};
        case Outcome::worse:
            return {"worse", "M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5"};
        case Outcome::recovered_anyway:
            return {"anyway", "M0-5.5a5.5 5.5 0 1 0 .01 0z"};
        default:
            return {action.dry_run ? "would-act" : "acted", "M0-5.5 6 5H-6z"};
    }
}

// The more a person should look at it, the higher.
int gravity(const AuditAction& action) {
    return (action.outcome == Outcome::worse ? 8 : 0) + (action.dry_run ? 0 : 4) +
           (action.outcome == Outcome::unchanged ? 2 : 0);
}

class LevelDrawing {
public:
    LevelDrawing(Html& html,
                 const AuditTarget& target,
                 const AuditFindings& findings,
                 std::size_t columns)
        : html_(html),
          target_(target),
          from_(findings.report.from),
          to_(std::max(findings.report.to, findings.report.from + Duration{1})),
          columns_(columns) {}

    void put(std::string_view id) {
        const std::string what =
            fmt::format("Levels of {} over time, from {} to {} UTC; {}. The table says the same.",
                        target_.name,
                        utc_text(from_),
                        utc_text(to_),
                        http::count_text(target_.actions.size(), "action"));
        html_.open(
            "div",
            {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", what}});
        html_.open("svg",
                   {{"class", "timeline drawing"},
                    {"role", "img"},
                    {"aria-labelledby", fmt::format("{}-title", id)},
                    {"viewBox", fmt::format("0 0 {} {:.0f}", width, foot + 6)}});
        html_.element("title", {{"id", fmt::format("{}-title", id)}}, what);
        times();
        names();
        levels();
        marks();
        html_.close().close();
    }

private:
    [[nodiscard]] double x_of(WallTime at) const {
        const auto whole = static_cast<double>((to_ - from_).count());
        const auto part = static_cast<double>((at - from_).count());
        return left + (right - left) * std::clamp(part / whole, 0.0, 1.0);
    }

    void times() {
        using std::chrono::hours;
        using std::chrono::minutes;
        constexpr std::array<Duration, 13> steps{minutes{1},
                                                 minutes{5},
                                                 minutes{15},
                                                 hours{1},
                                                 hours{3},
                                                 hours{6},
                                                 hours{12},
                                                 hours{24},
                                                 hours{48},
                                                 hours{24 * 7},
                                                 hours{24 * 30},
                                                 hours{24 * 90},
                                                 hours{24 * 365}};
        const Duration span = to_ - from_;
        Duration step = steps.back();
        for (const Duration each : steps) {
            if (span / each <= 10) {
                step = each;
                break;
            }
        }
        auto at = WallTime{from_.time_since_epoch() / step * step} + step;
        for (; at < to_; at += step) {
            const auto x = fmt::format("{:.1f}", x_of(at));
            html_.empty("path",
                        {{"class", "grid"}, {"d", fmt::format("M{} {}V{:.0f}", x, 16, foot)}});
            html_.element("text",
                          {{"class", "hour"}, {"x", x}, {"y", "12"}, {"text-anchor", "middle"}},
                          step >= hours{24} ? http::date_text(at).substr(5)
                                            : http::clock_text(at).substr(0, 5));
        }
    }

    void names() {
        for (std::size_t i = 0; i < level_count; ++i) {
            const double y = foot - step_height * static_cast<double>(i);
            html_.empty("path",
                        {{"class", i == 0 ? "base" : "grid"},
                         {"d", fmt::format("M{:.0f} {:.1f}H{:.0f}", left, y, right)}});
            if (i > 0) {
                html_.element("text",
                              {{"class", "hour"}, {"x", "0"}, {"y", fmt::format("{:.1f}", y + 12)}},
                              fmt::format("{} {}", i, name_of(static_cast<Level>(i))));
            }
        }
    }

    // The highest level of each column: a short visit to a level is not lost.
    [[nodiscard]] std::vector<std::size_t> heights() const {
        std::vector<std::size_t> high(columns_, 0);
        const auto column = [&](WallTime at) {
            const double part = (x_of(at) - left) / (right - left);
            return std::min(static_cast<std::size_t>(part * static_cast<double>(columns_)),
                            columns_ - 1);
        };
        for (std::size_t i = 0; i < target_.steps.size(); ++i) {
            const auto& step = target_.steps[i];
            if (step.level == Level::steady) {
                continue;
            }
            const bool last = i + 1 == target_.steps.size();
            const WallTime until =
                last ? (target_.cut.steps > 0 ? step.at : to_) : target_.steps[i + 1].at;
            for (std::size_t x = column(step.at); x <= column(until); ++x) {
                high[x] = std::max(high[x], index_of(step.level));
            }
        }
        return high;
    }

    // One path a level, made of its boxes.
    void levels() {
        const auto high = heights();
        std::array<std::string, level_count> paths;
        const double wide = (right - left) / static_cast<double>(columns_);
        for (std::size_t begin = 0; begin < columns_;) {
            std::size_t end = begin + 1;
            while (end < columns_ && high[end] == high[begin]) {
                ++end;
            }
            if (high[begin] > 0) {
                const double tall = step_height * static_cast<double>(high[begin]);
                paths.at(high[begin]) += fmt::format("M{:.1f} {:.0f}v-{:.0f}h{:.1f}v{:.0f}z",
                                                     left + wide * static_cast<double>(begin),
                                                     foot,
                                                     tall,
                                                     wide * static_cast<double>(end - begin),
                                                     tall);
            }
            begin = end;
        }
        for (std::size_t i = 1; i < level_count; ++i) {
            if (!paths.at(i).empty()) {
                html_.empty("path", {{"class", fmt::format("step lv-{}", i)}, {"d", paths.at(i)}});
            }
        }
    }

    // Of those that would cover each other, the gravest; its title says how many there are.
    void marks() {
        struct Mark {
            double x = 0;
            const AuditAction* action = nullptr;
            std::size_t count = 1;
        };
        std::vector<Mark> marks;
        for (const AuditAction& action : target_.actions) {
            const double x = x_of(action.intended);
            if (marks.empty() || x - marks.back().x >= mark_width) {
                marks.push_back({x, &action});
                continue;
            }
            Mark& near = marks.back();
            ++near.count;
            if (gravity(action) > gravity(*near.action)) {
                near.action = &action;
            }
        }
        for (const Mark& mark : marks) {
            const MarkLook look = look_of(*mark.action);
            html_.open("g",
                       {{"class", fmt::format("mark {}", look.name)},
                        {"transform", fmt::format("translate({:.1f} {})", mark.x, marks_at)}});
            html_.element(
                "title",
                fmt::format("{} {}{}: {}{}",
                            utc_text(mark.action->intended),
                            mark.action->dry_run ? "would " : "",
                            action_text(*mark.action),
                            result_text(*mark.action),
                            mark.count > 1 ? fmt::format(" (and {} more)", mark.count - 1) : ""));
            html_.empty("path", {{"fill-rule", "evenodd"}, {"d", look.path}});
            html_.close();
        }
    }

    Html& html_;
    const AuditTarget& target_;
    WallTime from_;
    WallTime to_;
    std::size_t columns_;
};

std::optional<double> number_in(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional{value} : std::nullopt;
}

// Two bars, one above the other: before, and after.
void put_pair(Html& html, double before, double after) {
    constexpr double wide = 120;
    const double most = std::max({std::abs(before), std::abs(after), 1e-300});
    html.open("svg", {{"class", "pair"}, {"viewBox", "0 0 120 16"}, {"aria-hidden", "true"}});
    html.empty("rect",
               {{"class", "before"},
                {"y", "1"},
                {"width", fmt::format("{:.1f}", std::max(std::abs(before) / most * wide, 1.0))},
                {"height", "6"}});
    html.empty("rect",
               {{"class", "after"},
                {"y", "9"},
                {"width", fmt::format("{:.1f}", std::max(std::abs(after) / most * wide, 1.0))},
                {"height", "6"}});
    html.close();
}

void put_before_after(Html& html, const AuditAction& action) {
    if (action.before.empty()) {
        html.text("–");
        return;
    }
    html.open("ul", {{"class", "changes"}});
    for (const EvidenceItem& before : action.before) {
        const auto after =
            std::find_if(action.after.begin(), action.after.end(), [&](const EvidenceItem& each) {
                return each.indicator == before.indicator;
            });
        html.open("li").element("span", {{"class", "indicator"}}, before.indicator);
        http::put_severity(html, before.severity);
        html.text(" ").element("span", {{"class", "number"}}, before.value);
        if (after != action.after.end()) {
            html.element("span", {{"class", "arrow"}}, " → ");
            http::put_severity(html, after->severity);
            html.text(" ").element("span", {{"class", "number"}}, after->value);
            const auto x = number_in(before.value);
            const auto y = number_in(after->value);
            if (x && y) {
                put_pair(html, *x, *y);
            }
        }
        html.close();
    }
    html.close();
}

void put_actions(Html& html, const AuditTarget& target, const PageBounds& bounds) {
    const std::size_t all = target.actions.size() + target.cut.actions;
    const std::size_t shown = std::min(target.actions.size(), bounds.actions);
    if (shown == 0) {
        html.element("p", {{"class", "calm"}}, "No action, nor one that would have been.");
        return;
    }
    http::begin_table(
        html,
        shown == all ? std::string{"Its actions, before and after"}
                     : fmt::format("The newest {} of {} actions, before and after", shown, all),
        {"When", "Level", "Action", "Came of it", "Judged", "Before → after", "Cost to users"});
    for (std::size_t i = target.actions.size(); i > target.actions.size() - shown; --i) {
        const AuditAction& action = target.actions[i - 1];
        html.open("tr").element("td", utc_text(action.intended)).open("td");
        http::put_level(html, action.level);
        html.close().element(
            "th", {{"scope", "row"}}, (action.dry_run ? "would " : "") + action_text(action));
        html.open("td");
        http::put_word(html, result_text(action));
        html.close().open("td");
        if (action.judged != ActionLabel::none) {
            html.element(
                "span",
                {{"class", action.judged == ActionLabel::justified ? "word good" : "word bad"}},
                name_of(action.judged));
            html.element("span",
                         {{"class", "unit"}},
                         action.by_person ? "by a person" : http::spaced(action.judged_for));
        } else {
            html.text("–");
        }
        html.close().open("td");
        put_before_after(html, action);
        html.close().element(
            "td",
            action.cost ? cost_text(*action.cost)
                        : std::string{target.has_cost ? "not on record" : "no series says so"});
        html.close();
    }
    http::end_table(html);
}

void put_steps(Html& html, const AuditTarget& target) {
    html.open("details").element("summary", "Its levels as a table");
    const std::size_t shown = std::min(target.steps.size(), most_table_steps);
    const std::size_t all = target.steps.size() + target.cut.steps;
    http::begin_table(html,
                      shown == all
                          ? std::string{"When it changed its level"}
                          : fmt::format("The newest {} of {} changes of its level", shown, all),
                      {"When", "Level"});
    for (std::size_t i = target.steps.size() - shown; i < target.steps.size(); ++i) {
        html.open("tr").element("th", {{"scope", "row"}}, utc_text(target.steps[i].at)).open("td");
        http::put_level(html, target.steps[i].level);
        html.close().close();
    }
    http::end_table(html);
    html.close();
}

}  // namespace

void put_target(Html& html,
                const AuditTarget& target,
                const AuditFindings& findings,
                const PageBounds& bounds,
                std::size_t number) {
    const std::string id = fmt::format("target-{}", number);
    http::begin_section(
        html, id, target.host.empty() ? target.name : target.host + "/" + target.name);
    const auto counts = target.counts();
    html.open("dl", {{"class", "facts"}});
    const auto fact = [&](std::string_view name, const std::string& said) {
        html.open("div").element("dt", name).element("dd", said).close();
    };
    fact("Incidents",
         fmt::format("{}{}, ill for {}",
                     target.incidents,
                     target.open > 0 ? fmt::format(" ({} open)", target.open) : "",
                     http::span_text(target.ill)));
    fact("Acted, would have",
         fmt::format("{}, {}", counts.acted + counts.forced, counts.would_act));
    fact("Held back by", guards_text(target.guards));
    fact("Precision", share_text(counts.precision()));
    fact("To recover, acting", spread_text(target.times.recover_acted));
    fact("Doing nothing", spread_text(target.times.recover_waited));
    html.close();
    LevelDrawing{html, target, findings, bounds.columns}.put(id);
    put_actions(html, target, bounds);
    put_steps(html, target);
    html.close();
}

}  // namespace primum::ctl

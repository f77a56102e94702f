// SPDX-License-Identifier: MIT
#include "http/timeline.hpp"
#include "http/words.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace primum::http {
namespace {

constexpr double width = 1000;
constexpr double left = 172;  // of the plot; the names stand before it
constexpr double right = 988;
constexpr double top = 24;  // beneath the hours
constexpr double lane_height = 58;
constexpr double marks_at = 12;  // within a lane
constexpr double base_at = 44;   // the foot of the bars
constexpr double strip_at = 47;  // the severities
constexpr double strip_height = 5;
constexpr double mark_width = 14;   // marks stand so far apart at least
constexpr double digit_width = 12;  // a bar narrower than this has no number in it
constexpr std::size_t name_length = 22;

struct MarkLook {
    std::string_view name;
    std::string_view text;
    std::string_view path;  // in a box from -6 to 6
};
// By MarkKind.
constexpr std::array<MarkLook, 8> looks{{
    {"acted", "acted", "M0-5.5 6 5H-6z"},
    {"would-act", "would have acted (dry-run)", "M0-5.5 6 5H-6z"},
    {"improved", "verified: improved", "M-5.5.5-2 4.5 5.5-4"},
    {"no-effect", "verified: no effect", "M-5-2H5M-5 2H5"},
    {"worse", "verified: worse", "M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5"},
    {"rolled-back", "rolled back", "M-1-5-5-1-1 3M-5-1H1a3.4 3.4 0 0 1 0 6.5H-2"},
    {"trouble", "needs a person", "M-2.5-6h5L6-2.5v5L2.5 6h-5L-6 2.5v-5zM-1-4v5h2v-5zm0 6v2h2V2z"},
    {"person", "a person's word", "M0-5.5a5.5 5.5 0 1 0 .01 0z"},
}};

std::string number(double value) {
    return fmt::format("{:.1f}", value);
}

class Drawing {
public:
    Drawing(Html& html, const Timeline& timeline)
        : html_(html),
          timeline_(timeline),
          bottom_(top + lane_height * static_cast<double>(timeline.lanes.size())) {}

    void put() {
        html_.open("div",
                   {{"class", "scroll"},
                    {"tabindex", "0"},
                    {"role", "region"},
                    {"aria-label", "Timeline, drawn"}});
        html_.open("svg",
                   {{"class", "timeline"},
                    {"role", "img"},
                    {"aria-labelledby", "timeline-title timeline-desc"},
                    {"viewBox", fmt::format("0 0 {} {}", width, number(bottom_ + 4))}});
        html_.element("title", {{"id", "timeline-title"}}, "Timeline");
        html_.element("desc", {{"id", "timeline-desc"}}, description());
        hours();
        for (std::size_t i = 0; i < timeline_.lanes.size(); ++i) {
            lane(timeline_.lanes[i], top + lane_height * static_cast<double>(i));
        }
        html_.close().close();
    }

private:
    [[nodiscard]] double x_of(WallTime at) const {
        const auto whole = static_cast<double>((timeline_.to - timeline_.from).count());
        const auto part = static_cast<double>((at - timeline_.from).count());
        return left + (right - left) * std::clamp(part / std::max(whole, 1.0), 0.0, 1.0);
    }

    [[nodiscard]] std::string description() const {
        std::string text = fmt::format(
            "From {} to {} UTC: a line for each target with its level, "
            "severity, actions and rollbacks. The table beneath says "
            "the same.",
            clock_text(timeline_.from),
            clock_text(timeline_.to));
        for (const auto& lane : timeline_.lanes) {
            text += fmt::format(" {}: {}.", lane.target, lane.open ? "ill now" : "well now");
        }
        return text;
    }

    void hours() {
        using std::chrono::minutes;
        const auto span = timeline_.to - timeline_.from;
        const Duration step = span <= minutes{30}             ? minutes{5}
                              : span <= std::chrono::hours{2} ? minutes{15}
                              : span <= std::chrono::hours{8} ? minutes{60}
                                                              : minutes{180};
        auto at = WallTime{timeline_.from.time_since_epoch() / step * step} + step;
        for (; at < timeline_.to; at += step) {
            const auto x = number(x_of(at));
            html_.empty(
                "path",
                {{"class", "grid"}, {"d", fmt::format("M{} {}V{}", x, top - 6, number(bottom_))}});
            html_.element("text",
                          {{"class", "hour"}, {"x", x}, {"y", "12"}, {"text-anchor", "middle"}},
                          clock_text(at).substr(0, 5));
        }
    }

    void lane(const Lane& lane, double y) {
        auto name = lane.target;
        if (name.size() > name_length) {
            name.resize(name_length - 1);
            name += "…";
        }
        html_.open("g", {{"class", "lane"}});
        html_.empty("path",
                    {{"class", "base"}, {"d", fmt::format("M0 {}H{}", y + base_at + 11, right)}});
        html_.element(
            "text", {{"class", "name"}, {"x", "0"}, {"y", number(y + base_at - 10)}}, name);
        html_.element("text",
                      {{"class", "state"}, {"x", "0"}, {"y", number(y + base_at + 4)}},
                      lane.open ? "ill now" : "well now");
        for (const auto& stretch : lane.levels) {
            level(stretch, y);
        }
        for (const auto& stretch : lane.severities) {
            severity(stretch, y);
        }
        marks(lane.marks, y);
        html_.close();
    }

    void level(const Stretch<Level>& stretch, double y) {
        const auto index = index_of(stretch.value);
        const auto height = 4 + 4 * static_cast<double>(index);
        const auto x = x_of(stretch.from);
        const auto wide = std::max(x_of(stretch.to) - x, 2.0);
        html_.open("g", {{"class", fmt::format("lv lv-{}", index)}});
        html_.element("title",
                      fmt::format("level {} {} from {} to {}",
                                  index,
                                  name_of(stretch.value),
                                  clock_text(stretch.from),
                                  clock_text(stretch.to)));
        html_.empty("rect",
                    {{"x", number(x)},
                     {"y", number(y + base_at - height)},
                     {"width", number(wide)},
                     {"height", number(height)}});
        if (wide >= digit_width) {
            html_.element("text",
                          {{"x", number(x + wide / 2)},
                           {"y", number(y + base_at - 1)},
                           {"text-anchor", "middle"}},
                          std::to_string(index));
        }
        html_.close();
    }

    void severity(const Stretch<Severity>& stretch, double y) {
        const auto x = x_of(stretch.from);
        html_.open("g", {{"class", fmt::format("sv {}", name_of(stretch.value))}});
        html_.element("title",
                      fmt::format("{} from {} to {}",
                                  name_of(stretch.value),
                                  clock_text(stretch.from),
                                  clock_text(stretch.to)));
        html_.empty("rect",
                    {{"x", number(x)},
                     {"y", number(y + strip_at)},
                     {"width", number(std::max(x_of(stretch.to) - x, 2.0))},
                     {"height", number(strip_height)}});
        html_.close();
    }

    // Those that would cover each other stand side by side, in their order.
    void marks(const std::vector<Mark>& marks, double y) {
        if (marks.empty()) {
            return;
        }
        const auto apart = std::min(mark_width, (right - left) / static_cast<double>(marks.size()));
        std::vector<double> at;
        for (const auto& mark : marks) {
            const auto x = x_of(mark.at);
            at.push_back(at.empty() ? x : std::max(x, at.back() + apart));
        }
        auto most = right;
        for (auto x = at.rbegin(); x != at.rend(); ++x, most -= apart) {
            *x = std::min(*x, most);
        }
        for (std::size_t i = 0; i < marks.size(); ++i) {
            const auto& look = looks[static_cast<std::size_t>(marks[i].kind)];
            html_.open("g",
                       {{"class", fmt::format("mark {}", look.name)},
                        {"transform",
                         fmt::format("translate({} {})", number(at[i]), number(y + marks_at))}});
            html_.element("title", clock_text(marks[i].at) + " " + marks[i].text);
            html_.empty("path", {{"fill-rule", "evenodd"}, {"d", look.path}});
            html_.close();
        }
    }

    Html& html_;
    const Timeline& timeline_;
    double bottom_;
};

void put_legend(Html& html) {
    html.open("ul", {{"class", "legend"}, {"aria-label", "Marks of the timeline"}});
    for (const auto& look : looks) {
        html.open("li").open("svg",
                             {{"class", fmt::format("mark {}", look.name)},
                              {"viewBox", "-8 -8 16 16"},
                              {"aria-hidden", "true"}});
        html.empty("path", {{"fill-rule", "evenodd"}, {"d", look.path}});
        html.close().text(look.text).close();
    }
    html.element("li", "bars: the level, by height and number; the strip beneath: the severity");
    html.close();
}

void put_rows(Html& html, const Timeline& timeline) {
    html.open("details", {{"id", "timeline-table"}});
    html.element("summary", "The same as a table");
    begin_table(html,
                timeline.more_rows == 0
                    ? "What was decided, newest first"
                    : fmt::format("What was decided, newest first; {} more are left out",
                                  timeline.more_rows),
                {"When", "Target", "Level", "Decided", "Why"});
    for (const auto* row : timeline.rows) {
        html.open("tr").open("td");
        put_time(html, row->at.wall, timeline.to);
        html.close().element("th", {{"scope", "row"}}, row->target).open("td");
        put_level(html, row->level);
        html.close().open("td");
        put_word(html, name_of(row->kind));
        html.text(row->dry_run ? " (dry-run)" : "").close().open("td");
        html.text(row->reason);
        html.text(row->detail.empty() || row->reason.empty() ? "" : ": ").text(row->detail);
        html.close().close();
    }
    end_table(html);
    html.close();
}

}  // namespace

void put_timeline(Html& html, const Timeline& timeline) {
    if (timeline.lanes.empty()) {
        html.element("p", {{"class", "calm"}}, "Nothing was decided in this time: all was well.");
        return;
    }
    Drawing{html, timeline}.put();
    if (timeline.more_lanes > 0) {
        html.element("p",
                     fmt::format("{} not drawn; the incidents are all in their list.",
                                 count_text(timeline.more_lanes, "more target")));
    }
    put_legend(html);
    put_rows(html, timeline);
}

}  // namespace primum::http

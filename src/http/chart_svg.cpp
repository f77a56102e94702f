// SPDX-License-Identifier: MIT
#include "http/chart_svg.hpp"

#include "http/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace primum::http {
namespace {

constexpr double width = 1000;
constexpr double height = 90;
constexpr double margin = 6;

struct Range {
    double least = 0;
    double most = 0;
    double last = 0;
    std::size_t known = 0;
};

Range range_of(const IndicatorChart& chart) {
    Range range;
    for (const auto& point : chart.points) {
        if (!std::isfinite(point.value)) {
            continue;
        }
        range.least = range.known == 0 ? point.value : std::min(range.least, point.value);
        range.most = range.known == 0 ? point.value : std::max(range.most, point.value);
        range.last = point.value;
        ++range.known;
    }
    return range;
}

// A line with a gap wherever a value was not known.
std::string line_of(const IndicatorChart& chart, const Range& range) {
    const auto first = chart.points.front().at;
    const auto whole =
        std::max<double>(1, static_cast<double>((chart.points.back().at - first).count()));
    const auto high = range.most - range.least;
    std::string path;
    bool pen_down = false;
    for (const auto& point : chart.points) {
        if (!std::isfinite(point.value)) {
            pen_down = false;
            continue;
        }
        const auto x = static_cast<double>((point.at - first).count()) / whole * width;
        const auto part = high > 0 && std::isfinite(high) ? (point.value - range.least) / high : .5;
        const auto y = height - margin - part * (height - 2 * margin);
        path += fmt::format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", x, y);
        pen_down = true;
    }
    return path;
}

}  // namespace

std::string short_number(double value) {
    return std::isfinite(value) ? fmt::format("{:.4g}", value) : "unknown";
}

void put_chart(Html& html, const IndicatorChart& chart, std::string_view target, WallTime now) {
    const auto range = range_of(chart);
    if (range.known < 2) {
        return;
    }
    const auto words = fmt::format("least {}, most {}, last {}",
                                   short_number(range.least),
                                   short_number(range.most),
                                   short_number(range.last));
    html.open("figure",
              {{"class", "chart"},
               {"id", "chart-" + url_segment(chart.indicator)},
               {"data-indicator", chart.indicator},
               {"data-series", "/api/v1/charts/" + url_segment(target)}});
    html.open("figcaption").element("strong", chart.indicator);
    html.text(" since ");
    put_time(html, chart.points.front().at, now);
    html.text(": ").element("span", {{"class", "readout"}}, words).close();
    html.open("svg",
              {{"class", "line"},
               {"role", "img"},
               {"aria-label", fmt::format("{}: {}", chart.indicator, words)},
               {"preserveAspectRatio", "none"},
               {"viewBox", fmt::format("0 0 {} {}", width, height)}});
    html.empty("path", {{"d", line_of(chart, range)}, {"vector-effect", "non-scaling-stroke"}});
    html.close().close();
}

}  // namespace primum::http

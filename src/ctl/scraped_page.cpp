// SPDX-License-Identifier: MIT
#include "ctl/scraped_page.hpp"

#include "ctl/table.hpp"
#include "event/json_writer.hpp"

#include <primum/rules.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <unordered_map>
#include <utility>

namespace primum::ctl {
namespace {

constexpr std::uint32_t most_series = 1'000'000;  // the most that a rule may allow
constexpr std::size_t most_rows = 100;
constexpr std::size_t widest_text = 60;

class WantsAll final : public SeriesMatcher {
public:
    [[nodiscard]] bool matches(const SeriesName& /*series*/) const override { return true; }
};

using Types = std::unordered_map<std::string, std::string>;

// The page has been read: every line with a type is well-formed.
Types types_of(std::string_view page) {
    constexpr std::string_view mark = "# TYPE ";
    Types types;
    while (!page.empty()) {
        auto line = page.substr(0, page.find('\n'));
        page.remove_prefix(std::min(line.size() + 1, page.size()));
        if (!line.starts_with(mark)) {
            continue;
        }
        line.remove_prefix(mark.size());
        const auto name = line.substr(0, line.find(' '));
        line.remove_prefix(std::min(name.size() + 1, line.size()));
        types.emplace(name, line);
    }
    return types;
}

// By its own name, else by that of the family that it is a part of.
std::string type_of(const std::string& name, const Types& types) {
    constexpr std::array<std::string_view, 9> parts{
        "", "_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info"};
    for (const auto part : parts) {
        if (name.ends_with(part)) {
            const auto found = types.find(name.substr(0, name.size() - part.size()));
            if (found != types.end()) {
                return found->second;
            }
        }
    }
    return {};
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

void add_warnings(ScrapedPage& page) {
    std::size_t untyped = 0;
    std::size_t without_value = 0;
    for (const auto& metric : page.metrics) {
        untyped += metric.type.empty() ? 1U : 0U;
        without_value += static_cast<std::size_t>(
            std::count_if(metric.series.begin(), metric.series.end(), [](const auto& series) {
                return std::isnan(series.value);
            }));
    }
    if (page.series == 0) {
        page.warnings.emplace_back("no series: indicators on it stay unknown");
    }
    if (page.series > SourceRule{}.max_series) {
        page.warnings.push_back(fmt::format(
            "more series than the default of max_series ({}): selectors that want them all need "
            "more",
            SourceRule{}.max_series));
    }
    if (page.bytes > HttpAccess{}.max_bytes) {
        page.warnings.push_back(
            fmt::format("larger than the default of max_bytes ({})", HttpAccess{}.max_bytes));
    }
    if (untyped > 0) {
        page.warnings.push_back(counted(untyped, "metric has", "metrics have") + " no # TYPE");
    }
    if (without_value > 0) {
        page.warnings.push_back(counted(without_value, "series is", "series are") +
                                " NaN, which is no evidence");
    }
}

std::string number(double value) {
    std::string text;
    event::append_double(text, value);
    std::erase(text, '"');
    return text;
}

std::string values_of(const ScrapedMetric& metric) {
    const auto less = [](const auto& a, const auto& b) {
        return !std::isnan(a.value) && (std::isnan(b.value) || a.value < b.value);
    };
    const auto [low, high] = std::minmax_element(metric.series.begin(), metric.series.end(), less);
    return low->value == high->value || metric.series.size() == 1
               ? number(low->value)
               : number(low->value) + " .. " + number(high->value);
}

std::string shortened(const std::string& text) {
    return text.size() <= widest_text ? text : text.substr(0, widest_text - 3) + "...";
}

}  // namespace

PageFormat format_of_text(std::string_view page) {
    return page == "# EOF" || page == "# EOF\n" || page.ends_with("\n# EOF") ||
                   page.ends_with("\n# EOF\n")
               ? PageFormat::openmetrics
               : PageFormat::prometheus;
}

Result<ScrapedPage, source::ExpositionError> read_page(std::string_view text, PageFormat format) {
    source::Interner interner{"scrape", most_series};
    interner.want({std::make_shared<WantsAll>()});
    source::ExpositionLimits limits;
    limits.page_bytes = text.size();
    limits.samples = text.size();
    source::ExpositionReader reader;
    std::vector<SampleValue> values;
    if (auto read = reader.read(format, text, interner, values, limits); !read) {
        return fail(std::move(read.error()));
    }
    ScrapedPage page;
    page.format = format;
    page.bytes = text.size();
    page.series = values.size();
    auto news = interner.take_news();
    const auto types = types_of(text);
    std::unordered_map<std::string, std::size_t> places;
    for (const auto& value : values) {
        auto& series = news.at(value.id);  // ids are given from 0, in the order of the page
        const auto [place, is_new] = places.emplace(series.parsed.name, page.metrics.size());
        if (is_new) {
            page.metrics.push_back({series.parsed.name, type_of(series.parsed.name, types), {}});
        }
        page.metrics[place->second].series.push_back({std::move(series.name), value.value});
    }
    add_warnings(page);
    return page;
}

std::string page_json(const ScrapedPage& page) {
    std::string text;
    event::JsonWriter writer{text};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("ok");
    writer.value(true);
    writer.key("format");
    writer.value(name_of(page.format));
    writer.key("bytes");
    writer.value(std::uint64_t{page.bytes});
    writer.key("series");
    writer.value(std::uint64_t{page.series});
    writer.key("metrics");
    writer.begin_array();
    for (const auto& metric : page.metrics) {
        writer.begin_object();
        writer.key("name");
        writer.value(metric.name);
        writer.key("type");
        writer.value(metric.type);
        writer.key("series");
        writer.begin_array();
        for (const auto& series : metric.series) {
            writer.begin_object();
            writer.key("series");
            writer.value(series.text);
            writer.key("value");
            writer.value(series.value);
            writer.end_object();
        }
        writer.end_array();
        writer.end_object();
    }
    writer.end_array();
    writer.key("warnings");
    writer.begin_array();
    for (const auto& warning : page.warnings) {
        writer.value(warning);
    }
    writer.end_array();
    writer.end_object();
    return text + "\n";
}

std::string page_text(const ScrapedPage& page, const Painter& painter) {
    Table table{{"METRIC", "TYPE", "SERIES", "VALUES", "FIRST SERIES"}};
    table.align_right(2);
    const auto shown = std::min(page.metrics.size(), most_rows);
    for (std::size_t i = 0; i < shown; ++i) {
        const auto& metric = page.metrics[i];
        table.add({{shortened(metric.name)},
                   {metric.type},
                   {std::to_string(metric.series.size())},
                   {values_of(metric)},
                   {shortened(metric.series.front().text.substr(metric.name.size()))}});
    }
    std::string text = table.empty() ? std::string{} : table.render(painter);
    if (shown < page.metrics.size()) {
        text += fmt::format("... and {}; --json has all\n",
                            counted(page.metrics.size() - shown, "more metric", "more metrics"));
    }
    text += fmt::format("\n{} of {} in {} bytes of {} text\n",
                        counted(page.series, "series", "series"),
                        counted(page.metrics.size(), "metric", "metrics"),
                        page.bytes,
                        page.format == PageFormat::openmetrics ? "OpenMetrics" : "Prometheus");
    for (const auto& warning : page.warnings) {
        text += painter.paint("note: ", Colour::yellow) + warning + "\n";
    }
    return text;
}

}  // namespace primum::ctl

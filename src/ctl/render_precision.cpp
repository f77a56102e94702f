// SPDX-License-Identifier: MIT
// How often each rung was right.
#include "ctl/render.hpp"
#include "ctl/table.hpp"

#include <primum/precision.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::ctl {
namespace {

// Painted as good from here on: the default of what a promotion asks for (`min_precision`).
constexpr double good_share = 0.9;

std::uint32_t count(const Json& row, std::string_view what) {
    return static_cast<std::uint32_t>(row[what].number());
}

Cell share_cell(std::uint32_t justified, std::uint32_t unjustified) {
    const auto share = precision_share(justified, unjustified);
    const std::string text = precision_percent(justified, unjustified);
    if (!share) {
        return {text, Colour::dim};
    }
    return {text, *share >= good_share ? Colour::green : Colour::yellow};
}

std::string judges(std::uint32_t labelled, std::uint32_t judged, std::uint32_t decided) {
    if (judged == 0) {
        return decided == 0 ? "" : "nobody yet";
    }
    if (labelled == 0) {
        return "comparison";
    }
    return labelled >= judged
               ? fmt::format("{} by people", labelled)
               : fmt::format("{} by people, {} by comparison", labelled, judged - labelled);
}

}  // namespace

std::string render_precision(const Document& precision, const Painter& painter) {
    const std::vector<Json> rows = precision.root()["precision"].items();
    if (rows.empty()) {
        return "the rules in force have no target\n";
    }
    Table table{{"TARGET",
                 "LEVEL",
                 "DETECTED",
                 "WOULD ACT",
                 "ACTED",
                 "JUSTIFIED",
                 "UNJUSTIFIED",
                 "RECOVERED ANYWAY",
                 "PRECISION",
                 "JUDGED BY",
                 "SINCE"}};
    for (std::size_t column = 2; column <= 8; ++column) {
        table.align_right(column);
    }
    for (const Json& row : rows) {
        const std::uint32_t justified = count(row, "justified");
        const std::uint32_t unjustified = count(row, "unjustified");
        const std::uint32_t decided = count(row, "would_act") + count(row, "acted");
        const auto number = [&](std::string_view what) {
            return Cell{std::to_string(row[what].number())};
        };
        table.add({{row["target"].text()},
                   word(row["level"].text()),
                   number("detected"),
                   number("would_act"),
                   number("acted"),
                   number("justified"),
                   number("unjustified"),
                   number("recovered_anyway"),
                   share_cell(justified, unjustified),
                   {judges(count(row, "labelled"), justified + unjustified, decided)},
                   {when_text(row["since"].wall(), precision.now())}});
    }
    return table.render(painter);
}

}  // namespace primum::ctl

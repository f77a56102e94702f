// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// Why what stands after '|' is not what the convention allows.
struct PluginError {
    std::size_t offset = 0;  // in bytes, of the output
    std::string message;
};

// A number of a plugin, in base units: `seconds`, `bytes`, `ratio` (for '%'), `total` (for 'c', a
// counter), the plugin's own word, or empty.
struct PluginFigure {
    std::string label;
    std::string unit;
    double value = 0;
    bool operator==(const PluginFigure&) const = default;
};

struct PluginOutput {
    std::string text;                   // the first line, without its numbers; printable, bounded
    std::vector<PluginFigure> figures;  // in their order; a 'U' (unknown) is left out
};

// The most numbers of one plugin, and bytes of a label.
inline constexpr std::size_t max_plugin_figures = 256;
inline constexpr std::size_t max_plugin_label_bytes = 128;
inline constexpr std::size_t max_plugin_text_bytes = 200;

// Reads what a monitoring plugin prints (Monitoring Plugins development guidelines, "Plugin Output
// for Nagios"): the first line is text, then '|' and numbers; further lines are text until the
// next '|', after which all lines are numbers. A number is 'label'=value[UOM];warn;crit;min;max;
// what follows the first ';' is looked over, not kept. All of it is right or there are no figures.
[[nodiscard]] Result<PluginOutput, PluginError> read_plugin_output(std::string_view output);

// The text alone; also of an output whose numbers cannot be read.
[[nodiscard]] std::string plugin_text(std::string_view output);

}  // namespace primum::source

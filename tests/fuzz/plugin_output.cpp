// SPDX-License-Identifier: MIT
#include "plugin_output.hpp"

#include "source/plugin_output.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>

namespace primum::fuzz {

void take_plugin_output(std::span<const std::uint8_t> bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const auto read = source::read_plugin_output(text);
    const auto first = source::plugin_text(text);
    PRIMUM_CHECK(first.size() <= source::max_plugin_text_bytes);
    PRIMUM_CHECK(
        std::all_of(first.begin(), first.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    if (!read) {
        PRIMUM_CHECK(read.error().offset <= text.size() && !read.error().message.empty());
        return;
    }
    PRIMUM_CHECK(read->text == first);
    PRIMUM_CHECK(read->figures.size() <= source::max_plugin_figures);
    std::set<std::string> labels;
    for (const auto& [label, unit, value] : read->figures) {
        PRIMUM_CHECK(!label.empty() && label.size() <= source::max_plugin_label_bytes);
        PRIMUM_CHECK(labels.insert(label).second && unit.size() <= 16 && std::isfinite(value));
    }
}

}  // namespace primum::fuzz

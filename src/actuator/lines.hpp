// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace primum::actuator {

// Ids as one text of the database, one a line; ids hold no line breaks.
inline std::string as_lines(const std::vector<std::string>& ids) {
    std::string text;
    for (const auto& id : ids) {
        text += id + '\n';
    }
    return text;
}

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> ids;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        ids.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return ids;
}

}  // namespace primum::actuator

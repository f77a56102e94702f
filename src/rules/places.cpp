// SPDX-License-Identifier: MIT
#include "rules/places.hpp"

#include <fmt/format.h>

namespace primum::rules {

void Places::note(const Member& member, const std::string& path, const ErrorList& files) {
    keys_.insert_or_assign(path,
                           KeyPlace{files.file(member.at.file), member.at.line, member.at.column});
    note_value(member.value, path, files);
}

void Places::note_value(const Node& value, const std::string& path, const ErrorList& files) {
    for (const Member& member : value.members) {
        note(member, fmt::format("{}.{}", path, member.key), files);
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const Node& item = value.items[i];
        if (item.kind == Node::Kind::table) {
            const std::string each = fmt::format("{}[{}]", path, i);
            keys_.insert_or_assign(
                each, KeyPlace{files.file(item.at.file), item.at.line, item.at.column});
            note_value(item, each, files);
        }
    }
}

KeyPlace Places::nearest(std::string_view path) const {
    while (!path.empty()) {
        if (const auto found = keys_.find(path); found != keys_.end()) {
            return found->second;
        }
        const auto end = path.find_last_of(".[");
        path = path.substr(0, end == std::string_view::npos ? 0 : end);
    }
    return {};
}

}  // namespace primum::rules

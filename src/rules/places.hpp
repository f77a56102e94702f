// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error_list.hpp"
#include "rules/node.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace primum::rules {

struct KeyPlace {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    bool operator==(const KeyPlace&) const = default;
};

// Where every key of a rule set was written, by its dotted path from the top
// ("target.web.ladder.restart.verify"); tables of an array by number ("...remedy[0].restart").
// What is not in it was left to its default.
class Places {
public:
    // Notes `member`, whose path is `path`, and all that is below it.
    void note(const Member& member, const std::string& path, const ErrorList& files);

    [[nodiscard]] bool has(std::string_view path) const { return keys_.contains(path); }
    // Of the key, or of the nearest table above it that was written; an empty file where there is
    // none.
    [[nodiscard]] KeyPlace nearest(std::string_view path) const;

private:
    void note_value(const Node& value, const std::string& path, const ErrorList& files);

    std::map<std::string, KeyPlace, std::less<>> keys_;
};

}  // namespace primum::rules

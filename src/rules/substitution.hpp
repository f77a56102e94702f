// SPDX-License-Identifier: MIT
#pragma once

#include "rules/node.hpp"

#include <primum/result.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

// `${P}` in the strings of a template.
namespace primum::rules {

// A string of a template, or a parameter put into one, is not longer than this.
inline constexpr std::size_t max_substituted_bytes = 4096;

// A piece of a string: text as it stands, or the name between "${" and "}".
struct StringPart {
    std::string text;
    bool is_reference = false;
    bool operator==(const StringPart&) const = default;
};

// "$${" stands for the text "${"; every other "$" is itself. The error says what is wrong: a "${"
// without its "}", or with something else than letters, digits and '_' between.
[[nodiscard]] Result<std::vector<StringPart>, std::string> parts_of(std::string_view text);

// A value as text within a string: numbers in shortest form; nothing for tables and arrays, which
// have none.
[[nodiscard]] Result<std::string, std::string> text_of(const Node& value);

// The value of a name, or nullptr.
using ValueOf = std::function<const Node*(std::string_view name)>;

// What the string `from` (a node of that kind) becomes: a string that is one single reference takes
// the whole value, its kind included; else a string. It stands where `from` stands, a whole value
// where the value stands. The error says what is wrong.
[[nodiscard]] Result<Node, std::string> substituted(const Node& from, const ValueOf& value_of);

}  // namespace primum::rules

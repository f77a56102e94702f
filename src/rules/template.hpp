// SPDX-License-Identifier: MIT
#pragma once

#include "rules/section.hpp"

#include <primum/names.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

// What a parameter's value must be. `count` is a whole number from 0, `number` any, `list` an array
// of strings; the others are strings in the form that the rest of the rules wants.
enum class ParameterType : std::uint8_t {
    text,
    unit,
    url,
    path,
    duration,
    number,
    count,
    boolean,
    list,
};

}  // namespace primum::rules

template <>
inline constexpr std::array<std::string_view, 9> primum::enum_names<primum::rules::ParameterType>{
    "text", "unit", "url", "path", "duration", "number", "count", "boolean", "list"};

namespace primum::rules {

inline constexpr std::size_t max_parameters = 32;

struct Parameter {
    std::string name;
    std::string describe;
    ParameterType type = ParameterType::text;
    std::optional<Node> standard;  // its `default`
    bool optional = false;         // may be without a value

    [[nodiscard]] bool is_needed() const { return !standard && !optional; }
};

// One `[template.NAME]`, checked. The nodes belong to the tree it was read from.
struct Template {
    std::string name;
    Place at;
    std::string summary;
    std::vector<Parameter> parameters;  // sorted by name
    const Node* target = nullptr;
    const Node* sources = nullptr;    // nullptr: none
    const Node* providers = nullptr;  // nullptr: none
    bool is_good = false;             // without a mistake

    // nullptr: there is no such parameter.
    [[nodiscard]] const Parameter* find(std::string_view parameter) const;
};

// Reads one template. Its strings may refer only to its parameters and to `name`, which is the name
// of the target that uses it; each parameter must be referred to. What stands beneath `target`,
// `source` and `provider` is checked when it is used.
[[nodiscard]] Template read_template(const std::string& name, Section& section);

// What is wrong with the value for a parameter of this type, or empty.
[[nodiscard]] std::string mistake_in_value(ParameterType type, const Node& value);

// The key of a template's table that leaves the table out where a parameter has no value.
inline constexpr std::string_view only_with = "only_with";

}  // namespace primum::rules

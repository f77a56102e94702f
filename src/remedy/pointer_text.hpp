// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/pointer_file.hpp"

#include <cstddef>
#include <vector>

// Where a value stands in a text, for each of its formats. Used by pointer_file.cpp.
namespace primum::remedy {

struct FoundValue {
    std::size_t begin = 0;  // of the value as it is written, quotes included
    std::size_t end = 0;
    std::string value;  // what it means
};

using FindResult = Result<FoundValue, TextError>;
using WriteResult = Result<std::string, TextError>;

[[nodiscard]] FindResult find_in_env(std::string_view text, std::string_view key);
[[nodiscard]] FindResult find_in_toml(std::string_view text, std::string_view key);
[[nodiscard]] FindResult find_in_json(std::string_view text, std::string_view key);

// `value` as it is written; `old` is how the old one was.
[[nodiscard]] WriteResult write_for_env(std::string_view value, std::string_view old);
[[nodiscard]] WriteResult write_for_toml(std::string_view value, std::string_view old);
[[nodiscard]] WriteResult write_for_json(std::string_view value);

// Whether two TOML texts mean the same but for the value of `key`.
[[nodiscard]] bool same_toml_but(std::string_view key, std::string_view a, std::string_view b);

// "a.b" -> {"a", "b"}; empty where a part is.
[[nodiscard]] std::vector<std::string> key_parts(std::string_view key);

// "line 3: " of a place in the text.
[[nodiscard]] std::string line_of(std::string_view text, std::size_t at);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error_list.hpp"
#include "rules/node.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace primum::rules {

// Bounds kept before the TOML library sees a byte: it recurses as deep as it is told to.
inline constexpr std::size_t max_nesting = 16;
inline constexpr std::size_t max_key_parts = 16;

// Parses one file into a table. A syntax error, or a file over the bounds above or over 64 KiB,
// is put into `errors` (exactly one), and nothing comes back.
[[nodiscard]] std::optional<Node> read_toml(std::string_view text,
                                            std::uint32_t file,
                                            ErrorList& errors);

}  // namespace primum::rules

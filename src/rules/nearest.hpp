// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

// How many characters must be changed, added, left out or swapped with their neighbour to get from
// `a` to `b` (optimal string alignment).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The one of `known` that `word` was most likely meant to be, or "" when none is near: at most one
// edit in three characters. The first of equals wins.
[[nodiscard]] std::string nearest(std::string_view word,
                                  const std::vector<std::string_view>& known);

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Gives the bytes to the loader of rules as a file, and as a file with one that overrides it.
// Aborts where a rule set comes with mistakes or neither comes, where its own text does not give
// the same rule set again, or where a mistake stands in no place of the file.
void take_rules(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

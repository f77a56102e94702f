// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace primum::source {

// How often this program has asked for memory so far.
[[nodiscard]] std::uint64_t allocations();

}  // namespace primum::source

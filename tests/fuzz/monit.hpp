// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Reads the bytes as monit's control file. Aborts where the rules that come of it are not right or
// act, or where what is left over has no line or no reason.
void take_monit(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

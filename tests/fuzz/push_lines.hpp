// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Gives the bytes to the push desk as a user who may push would, cut where the
// first byte says, and aborts where the lines depend on the cut, where a line
// that was taken gave no value or the wrong one, or where more is held than one
// line.
void take_push_lines(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Reads the bytes as what a monitoring plugin has printed. Aborts where more comes out than may, or
// something that is no number, no label or no text to show.
void take_plugin_output(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

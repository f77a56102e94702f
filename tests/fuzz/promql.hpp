// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Reads the bytes as the reply of a Prometheus server. Aborts where an error has no reason or one
// without end, or where more or longer samples come out than the bytes can hold.
void take_promql(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Reads the bytes as a webhook of Alertmanager. Aborts where one that was read
// names no series, or is more than the bytes allow.
void take_webhook(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

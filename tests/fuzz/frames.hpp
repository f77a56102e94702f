// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Gives the bytes to the actuator as a peer that may ask would: cut into frames, decoded, handled.
// The host is a fake one. Aborts where something was done, or where memory or replies grow beyond
// what the bytes allow: no bytes name a plan's digest, for that is not among what they are made of.
void take_frames(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

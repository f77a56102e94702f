// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace primum::fuzz {

// Reads the bytes as pages of one endpoint, cut at each NUL, in both formats. Aborts where a reader
// that knows the pages before says of a page anything else than a reader that knows nothing, where
// a page that is refused leaves values, or where its error points beside it.
void take_pages(std::span<const std::uint8_t> bytes);

}  // namespace primum::fuzz

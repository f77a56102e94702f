// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace primum::rules {

// SHA-256 of `bytes`, as 64 lower-case hex digits. Safe from any thread; readies libgcrypt at its
// first use unless the program already has.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace primum::rules

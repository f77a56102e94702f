// SPDX-License-Identifier: MIT
#pragma once

#include <span>

namespace primum::ledger {

// What takes the ledger's schema from version i to i + 1. Never changed once released.
[[nodiscard]] std::span<const char* const> schema_migrations();

}  // namespace primum::ledger

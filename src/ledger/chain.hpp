// SPDX-License-Identifier: MIT
#pragma once

#include "ledger/sqlite.hpp"

#include <primum/record.hpp>

#include <cstdint>
#include <string_view>

namespace primum::ledger {

// What one row of action_transitions says.
struct ChainRow {
    std::int64_t sequence = 0;
    TransitionRecord transition;
    std::string boot_id;
    Sha256 record_hash{};  // of an intent: over its action; else all zero
};

// SHA-256 over the hash before (empty for the very first row) and every field of the row. Fields
// are preceded by their length, numbers are 8 bytes little-endian: no two rows read alike.
[[nodiscard]] Sha256 chain_hash(Blob previous, const ChainRow& row);

// SHA-256 over every field of an action as it was intended.
[[nodiscard]] Sha256 record_hash(const ActionRecord& action, std::string_view boot_id);

}  // namespace primum::ledger

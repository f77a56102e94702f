// SPDX-License-Identifier: MIT
#pragma once

#include "ledger/sqlite.hpp"

#include <functional>
#include <string>
#include <vector>

// Reading a ledger's file as it is, whatever its tables are.
namespace primum::ledger {

// By name.
[[nodiscard]] LedgerResult<std::vector<std::string>> table_names(Database& database);

// Gives every row of a table that table_names() named, in the order of its key.
[[nodiscard]] LedgerResult<void> for_each_row(Database& database,
                                              const std::string& table,
                                              const std::function<void(const Statement&)>& take);

}  // namespace primum::ledger

// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// Raises what a target enforces by one level, where every condition of the gate is met or waived;
// else says what is missing (Exit::breach). Both leave an entry in the ledger, but for
// PromoteOptions::check. For root.
[[nodiscard]] Exit promote(const PromoteOptions& options, bool json, Surroundings& world);

// Takes promotions of a target back, whatever else is wrong: also without primumd, and with rules
// that have mistakes. For root. Exit::breach where the target may still act.
[[nodiscard]] Exit demote(const PromoteOptions& options, bool json, Surroundings& world);

}  // namespace primum::ctl

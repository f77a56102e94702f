// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

#include <primum/rules.hpp>

namespace primum::ctl {

// Runs rules through the scenario library twice, with primum and without, and shows how much of
// their time targets were well. Exit::breach where a scenario ends worse with primum.
[[nodiscard]] Exit simulate_availability(const SimulateOptions& options,
                                         const RuleSet& rules,
                                         bool json,
                                         Surroundings& world);

}  // namespace primum::ctl

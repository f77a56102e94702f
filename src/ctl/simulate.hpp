// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// Runs rules through the scenario library, without primumd. Exit::breach where an invariant or an
// expectation does not hold, Exit::bad_data for rules with mistakes.
[[nodiscard]] Exit simulate(const SimulateOptions& options, bool json, Surroundings& world);

}  // namespace primum::ctl

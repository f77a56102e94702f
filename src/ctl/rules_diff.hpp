// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// Carries out `rules diff`: ends with 0 where both come to the same, else with `regression`.
[[nodiscard]] Exit rules_diff(const Command& command, Surroundings& world);

}  // namespace primum::ctl

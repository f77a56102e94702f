// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// Carries out `rules new`: looks at the unit and writes a rule file for it.
[[nodiscard]] Exit rules_new(const Command& command, Surroundings& world);

}  // namespace primum::ctl

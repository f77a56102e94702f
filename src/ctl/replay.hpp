// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// Makes the decisions of recordings again and prints them, or compares what two rule sets would
// have done. Needs no primumd.
[[nodiscard]] Exit replay(const Command& command, Surroundings& surroundings);

}  // namespace primum::ctl

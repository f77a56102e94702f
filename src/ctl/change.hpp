// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// The verbs that ask primumd to change something. A rollback is waited for: Exit::breach where it
// was not done, Exit::temporary where that is not known in time.
[[nodiscard]] Exit change(const Command& command, Surroundings& world);

}  // namespace primum::ctl

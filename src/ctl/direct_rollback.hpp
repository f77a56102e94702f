// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/client.hpp"
#include "ctl/command.hpp"
#include "ctl/run.hpp"

namespace primum::ctl {

// `rollback` without primumd, for root: asks the actuator itself, and waits for the end. `why` is
// how the bus did not answer.
[[nodiscard]] Exit roll_back_directly(const CallFailure& why,
                                      const Command& command,
                                      Surroundings& world);

}  // namespace primum::ctl

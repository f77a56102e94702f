// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>

namespace primum::remedy {

// A signal to the unit's processes through systemd's KillUnit, never by a process number. The unit
// must run, and its main process be the same as when it was admitted.
[[nodiscard]] std::unique_ptr<Execution> make_signal(const Tools& tools, Order order);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>

namespace primum::remedy {

// systemd's ResetFailedUnit: a failed unit becomes inactive and its start limit is counted anew, so
// that whatever starts it (a timer, a socket, a path) can do so again. Starts nothing itself.
[[nodiscard]] std::unique_ptr<Execution> make_reset_failed(const Tools& tools, Order order);

// Of one that an earlier run has begun: what the unit is in tells.
[[nodiscard]] Report judge_reset_failed(const systemd::UnitFacts& unit);

}  // namespace primum::remedy

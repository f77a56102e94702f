// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>

namespace primum::remedy {

// Points the provider's pointer at the order's candidate, in one step, then reloads or restarts the
// unit as the plan says. Refused: `points_there`, `not_applicable` where the pointer is not what
// the rules say or its value is not certain, `untrusted`, `unsafe_path`, `too_large`, `storage`;
// `conflict` when somebody changes the pointer meanwhile. The way back puts the old pointer back.
[[nodiscard]] std::unique_ptr<Execution> make_failover(const Tools& tools, Order order);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>

namespace primum::remedy {

// Puts the known-good files in place of those that stand there, each in one step and with the old
// owner, mode and attributes, then restarts or reloads the unit as the plan says. Where one cannot
// be replaced the earlier ones are put back.
//
// Refused: `untrusted` where a good file is not root's alone, `unsafe_path` (protected files too),
// `too_large`, `storage`; `not_applicable` where all of them stand there already; `check_failed`
// where the check, which is shown each new file at its path, does not end well. It cannot be shown
// one where nothing stands: then a plan with a check is `not_applicable`. The way back puts back
// the exact old ones.
[[nodiscard]] std::unique_ptr<Execution> make_config_fallback(const Tools& tools, Order order);

}  // namespace primum::remedy

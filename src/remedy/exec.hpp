// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <memory>

namespace primum::remedy {

// A program with its arguments (never a shell) in a sandboxed transient unit: as the rule's user,
// else the target unit's own. Its end is awaited; a bad one is a failure. At the timeout, and when
// its main process ends, everything it has started is ended, too.
[[nodiscard]] std::unique_ptr<Execution> make_exec(const Tools& tools, Order order);

}  // namespace primum::remedy

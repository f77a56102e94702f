// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <functional>
#include <memory>

// The files part of make_rollback and judge_left.
namespace primum::remedy {

// Puts back what stood there before, last changed first, then reloads or restarts the unit (unless
// it is stopped, or for a reload not active: what is stopped stays stopped). prepare() looks at
// every path first: one that is neither as the action left it nor as it was before is a conflict,
// told with a diff, and nothing is put back.
//
// A way back for a person only (by_hand) needs the unit stopped, else not_applicable; what stands
// there by then is set aside as PATH.primum-kept-ACTION, and nothing is reloaded or restarted.
[[nodiscard]] std::unique_ptr<Execution> make_file_rollback(const Tools& tools,
                                                            WayBackRecord way_back);

// All paths as the action leaves them: done, once its `then` is (a restart is seen by the unit's
// InvocationID). All as before: failed, nothing was changed. Anything else is ambiguous. What was
// left beside them when they were being changed is removed.
void judge_left_files(const Tools& tools,
                      const Order& order,
                      const WayBackRecord& way_back,
                      const systemd::UnitFacts& unit,
                      std::function<void(const Report&)> done);

}  // namespace primum::remedy

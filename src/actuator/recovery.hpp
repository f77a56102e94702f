// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "remedy/execution.hpp"

#include <optional>
#include <string>

// What is made of an action whose end nobody saw. Pure.
namespace primum::actuator {

// The order as far as the database keeps it.
[[nodiscard]] remedy::Order order_of(const StoredAction& action);

// The stored way back; empty where there is none or it cannot be read.
[[nodiscard]] remedy::WayBackRecord way_back_of(const StoredAction& action);

// The end of an action that an earlier run has started, where it is known without a look:
// - its effect had not begun: nothing was done;
// - another boot started it: nothing can tell any longer, but for files, which stay as they are.
[[nodiscard]] std::optional<ActionEnd> end_without_a_look(const StoredAction& action,
                                                          const std::string& boot_id,
                                                          Stamp now);

// The end of one about whose unit systemd gives no answer.
[[nodiscard]] ActionEnd end_in_silence(const StoredAction& action, Stamp now);

// The end that an execution reports, or the judgement on one that an earlier run began.
[[nodiscard]] ActionEnd end_of_report(const StoredAction& action,
                                      const remedy::Report& report,
                                      Stamp now);

}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace primum::actuator {

// What of an order is needed to judge an action that an earlier run has begun: the plan of a kind
// that leaves traces (failover, restart, config_fallback, exec), the pointer, the candidate, whose
// user it was. As one JSON object.
[[nodiscard]] std::string write_order(const remedy::Order& order);

// Completes `order`, which names the action, its unit and its kind, from such a text. False: the
// text is none (of an older version, it is empty), and nothing more is known.
bool read_order(std::string_view text, remedy::Order& order);

}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/effect.hpp>

#include <string>

namespace primum::event {

// One JSON line, without the newline: {"effect":"run_action",...}, every field, in a fixed order.
// The same effects give the same bytes. A record names its kind: {"effect":"record",
// "record":"incident",...}.
[[nodiscard]] std::string write_effect(const Effect& effect);

}  // namespace primum::event

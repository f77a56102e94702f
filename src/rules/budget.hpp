// SPDX-License-Identifier: MIT
#pragma once

#include "rules/section.hpp"

namespace primum::rules {

// { actions = 4, per = "1h" }: both are needed, and the rate stays under the compiled-in ceiling.
[[nodiscard]] Budget read_budget(Section& section);

}  // namespace primum::rules

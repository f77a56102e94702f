// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/drill_copy.hpp"

#include <primum/rules.hpp>

#include <vector>

namespace primum::ctl {

// A config_fallback on copies: the replacement is the good content with the old owners, modes and
// attributes; the way back gives the exact old bytes; an edit is a conflict; the host's own files
// are as they were.
[[nodiscard]] std::vector<Proof> drill_fallback(const DrillTools& drill, const RemedyRule& rule);

// The copies that a restart keeps of its state: taken, laid out again, compared; and their size.
[[nodiscard]] std::vector<Proof> drill_state(const DrillTools& drill, const RestartPlan& plan);

}  // namespace primum::ctl

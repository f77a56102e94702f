// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/drill_unit.hpp"

#include <primum/remedy.hpp>

#include <string>
#include <vector>

namespace primum::ctl {

// What of a call or a program can be shown without making it: programs are there and root's alone,
// users and written paths exist, somebody has the name on the bus, and how it is undone.
[[nodiscard]] std::vector<Proof> prove_plan(const DrillSight& sight,
                                            const std::string& action,
                                            const RemedyRule& rule);

}  // namespace primum::ctl

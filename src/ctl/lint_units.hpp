// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/live_units.hpp"
#include "rules/lint.hpp"

#include <primum/rules.hpp>

#include <vector>

namespace primum::ctl {

// Whether two periods meet again and again: one is as long as the other or twice as long, within
// a twentieth. Below a second there is nothing to meet.
[[nodiscard]] bool in_step(Duration one, Duration other);

// The periods at which systemd or a timer may act on the unit by themselves.
[[nodiscard]] std::vector<Duration> periods_of(const UnitSight& unit);

// What of a target does not go with its unit as it is on this host.
void lint_unit(const TargetRule& target, const UnitSight& unit, rules::LintList& lints);

// The same for all targets with remedies, whose units are asked for.
void lint_units(const RuleSet& rules, LiveUnits& units, rules::LintList& lints);

}  // namespace primum::ctl

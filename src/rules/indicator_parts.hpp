// SPDX-License-Identifier: MIT
#pragma once

#include "rules/section.hpp"

#include <primum/rules.hpp>

// The parts of an indicator's table.
namespace primum::rules {

// `value` and `series`: the kind, its selectors and its parameters. False, and an error, when it is
// no value.
bool read_value(IndicatorRule& rule, Section& section);

// The severities and `baseline`. Gives whether any threshold was given; a probe has one by default.
bool read_thresholds(IndicatorRule& rule, Section& section);

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>
#include <primum/time.hpp>

#include <string>

namespace primum::core {

// What a target enforces now.
struct Enforcement {
    Mode mode = Mode::dry_run;     // under the ceiling
    Level up_to = Level::observe;  // as far as `mode` allows
    std::string held_back;         // why it is less than its rules ask for; empty where it is not
};

[[nodiscard]] Enforcement enforcement_of(const TargetRule& rule, Mode ceiling, WallTime now);

}  // namespace primum::core

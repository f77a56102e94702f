// SPDX-License-Identifier: MIT
#include "core/enforcement.hpp"

#include <primum/names.hpp>

#include <algorithm>

namespace primum::core {

Enforcement enforcement_of(const TargetRule& rule, Mode ceiling, WallTime now) {
    Enforcement found{std::min(rule.mode, ceiling), rule.enforce_up_to, rule.held_back};
    if (rule.mode != Mode::enforce) {
        return found;
    }
    bool acts_below = false;
    for (std::size_t i = index_of(Level::retry); i <= index_of(rule.enforce_up_to); ++i) {
        const auto level = static_cast<Level>(i);
        if (rule.rungs[i].remedies.empty()) {
            continue;
        }
        if (rule.enforces(level, Mode::enforce, now)) {
            acts_below = true;
            continue;
        }
        if (rule.in_share) {
            found.held_back = "the promotion to " + std::string{name_of(level)} + " has ended";
        }
        found.mode = acts_below ? found.mode : std::min(Mode::dry_run, ceiling);
        found.up_to = static_cast<Level>(i - 1);
        break;
    }
    return found;
}

}  // namespace primum::core

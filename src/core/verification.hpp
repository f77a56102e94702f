// SPDX-License-Identifier: MIT
#pragma once

#include "core/target_state.hpp"

#include <string>

namespace primum::core {

// What verification found, with the words for it.
struct Finding {
    Outcome outcome = Outcome::none;
    std::string detail;
};

// Whether the action has done harm, judged at any moment after it finished: the unit failed and had
// not at intent, or (once settled) an indicator is confirmed at a higher severity than at intent,
// or a target that depends on this one or went down with it has turned ill. An indicator that was
// unknown at intent cannot show harm.
bool is_worse(const TargetState& target, const Flight& flight, bool settled, std::string& why);

// The judgement at the end of `verify`: inconclusive while an indicator that triggered the action
// is unknown; improved if all are below the rung's `when`; else unchanged.
Finding judge_outcome(const TargetState& target, const Flight& flight);

}  // namespace primum::core

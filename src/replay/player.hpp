// SPDX-License-Identifier: MIT
#pragma once

#include "replay/replay_error.hpp"

#include <primum/engine.hpp>
#include <primum/event.hpp>
#include <primum/result.hpp>
#include <primum/rules.hpp>

#include <memory>
#include <vector>

namespace primum::replay {

// Makes the decisions of a recording again: recorded rules, recorded answers, the same bytes. It
// begins at any segment: a later one of a run carries the engine's state, and changes nothing where
// the ones before it were played. A state of another version of primum is left alone there, and
// elsewhere refused.
class Player {
public:
    // What the engine gives for this event. An error where the recording does not begin as one
    // does, or its rules do not compile to what they were.
    [[nodiscard]] Result<std::vector<Effect>, ReplayError> play(const Event& event);

    [[nodiscard]] const Engine& engine() const { return engine_; }
    // Those in force; null before there are any.
    [[nodiscard]] const std::shared_ptr<const RuleSet>& rules() const { return rules_; }

private:
    [[nodiscard]] Result<std::vector<Effect>, ReplayError> begin(const Event& event);

    Engine engine_;
    std::shared_ptr<const RuleSet> rules_;
    bool begun_ = false;
    bool wants_rules_ = false;  // even those that it says it has
};

}  // namespace primum::replay

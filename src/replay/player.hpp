// SPDX-License-Identifier: MIT
#pragma once

#include "replay/replay_error.hpp"

#include <primum/engine.hpp>
#include <primum/event.hpp>
#include <primum/result.hpp>

#include <vector>

namespace primum::replay {

// Makes the decisions of a recording again: recorded rules, recorded answers, the same bytes. The
// rules that a later segment begins with are those in force, and change nothing.
class Player {
public:
    // What the engine gives for this event. An error where the recording does not begin as one
    // does, or its rules do not compile to what they were.
    [[nodiscard]] Result<std::vector<Effect>, ReplayError> play(const Event& event);

    [[nodiscard]] const Engine& engine() const { return engine_; }

private:
    Engine engine_;
    bool begun_ = false;
};

}  // namespace primum::replay

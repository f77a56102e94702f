// SPDX-License-Identifier: MIT
#pragma once

#include "replay/replay_error.hpp"

#include <primum/event.hpp>
#include <primum/result.hpp>

namespace primum::replay {

// Fills in `compiled` from the text that was recorded with it, under the settings recorded in it.
// An error where it does not compile, or gives another digest than the recorded one: then it was
// recorded by a version that understood it differently, and its decisions cannot be made again.
[[nodiscard]] Result<void, ReplayError> compile_recorded(RulesEvent& rules);

}  // namespace primum::replay

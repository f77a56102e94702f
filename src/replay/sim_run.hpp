// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_scenario.hpp"
#include "replay/sim_world.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace primum::replay {

struct SimChecks {
    bool invariants = true;
    bool twin = false;     // a second engine is given the same events
    bool liveness = true;  // what comes after the faults, too; false: it ends when they do
};

struct SimOutcome {
    std::uint64_t steps = 0;  // events that reached the engine
    std::vector<std::string> breaches;
    SimSummary summary;
};

// Runs a world through its timeline: safety while there are faults, then liveness once they have
// ended. It ends as soon as all is settled, at the latest at the timeline's end.
//
// `listener`, if there is one, sees every step too.
[[nodiscard]] SimOutcome simulate(const SimSetup& setup,
                                  SimChecks checks,
                                  SimObserver* listener = nullptr);

// The shortest timeline found whose run still has a breach; `setup` must have one. At most `tries`
// runs.
[[nodiscard]] Timeline shrink_timeline(const SimSetup& setup,
                                       SimChecks checks,
                                       std::uint32_t tries);

}  // namespace primum::replay

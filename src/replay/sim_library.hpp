// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_scenario.hpp"

#include <primum/rules.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace primum::replay {

// Which part of the scenario library is run against a rule set.
struct SimRequest {
    std::string scenario;  // empty: all of them
    std::string target;    // empty: all of them
    std::uint64_t seed = 1;
    Duration length = std::chrono::hours{6};  // of the time in which faults happen
    bool enforced = false;                    // as if every target enforced every level
    std::uint32_t shrink_tries = 300;
};

// One run: what a scenario made of one target, or of the host.
struct SimRow {
    std::string scenario;
    std::string target;  // empty: all
    SimCount count;      // of all together where the target is empty
    std::string outcome;
    std::uint64_t steps = 0;
    std::vector<std::string> breaches;  // of invariants, and what of the expectation was unmet
    std::vector<std::string> timeline;  // the shortest found that still has a breach
};

// Runs it all, in the order of the library and of the targets. A scenario that says nothing about a
// target has no row for it. `progress` is called before each run with its scenario and target.
[[nodiscard]] std::vector<SimRow> run_library(
    const RuleSet& rules,
    const SimRequest& request,
    const std::function<void(std::string_view, std::string_view)>& progress);

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_tally.hpp"
#include "replay/sim_timeline.hpp"

#include <primum/rules.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace primum::replay {

// What a scenario's timeline is made for.
struct SimPlot {
    const RuleSet* rules = nullptr;
    std::uint32_t target = 0;  // the one it is about
    std::uint64_t seed = 1;
    Duration length{0};  // of the time in which faults happen, at most
};

// What a run came to.
struct SimSummary {
    std::vector<SimCount> counts;  // by target
    std::uint32_t source_incidents = 0;
    bool host_breaker = false;
    // Of each target the share of the time until `calm` in which it was well and its unit ran;
    // empty where the setup does not count it.
    std::vector<double> well;
};

// One line of the scenario library. `expectation` is what must hold beside the invariants.
struct SimScenario {
    std::string_view name;
    std::string_view summary;
    std::string_view expectation;
    // Nothing where the scenario says nothing about such a target.
    std::optional<Timeline> (*timeline)(const SimPlot& plot);
    // What of the expectation was not met, in words.
    std::vector<std::string> (*unmet)(const SimPlot& plot, const SimSummary& summary);
    bool of_the_host = false;  // one run for all targets, not one each
    // How much less of its time a target may be well than without primum, on average over seeds.
    double bearable_loss = 0;
};

// The library, in the order in which it is told.
[[nodiscard]] std::span<const SimScenario> scenarios();
[[nodiscard]] const SimScenario* find_scenario(std::string_view name);

// After how long every incident must have ended once the faults have: from the rules' own times.
[[nodiscard]] Duration settling_time(const RuleSet& rules);

// When a target may be made ill: it has warmed up and has learnt what is normal.
[[nodiscard]] Duration ready_at(const SimPlot& plot);

// A random mixture of everything, drawn from the plot's seed.
[[nodiscard]] std::optional<Timeline> mixed_timeline(const SimPlot& plot);

}  // namespace primum::replay

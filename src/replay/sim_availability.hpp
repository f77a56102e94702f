// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::replay {

// Which worlds are run with primum and without.
struct AvailabilityRequest {
    std::string scenario;  // empty: all of them
    std::string target;    // empty: all of them
    std::uint64_t seed = 1;
    std::uint32_t seeds = 1;  // from `seed` on
    Duration length = std::chrono::hours{6};
    bool enforced = false;  // as if every target enforced every level
};

// One scenario: the mean share of the time in which targets were well and their units ran, until
// the faults end.
struct AvailabilityRow {
    std::string scenario;
    std::uint32_t worlds = 0;
    double with = 0;
    double without = 0;        // the same worlds under mode "observe"
    double bearable_loss = 0;  // what `with` may be less
    double worst = 0;          // the least with - without of a world
    std::uint64_t worst_seed = 0;
    std::string worst_target;  // empty: of the host

    [[nodiscard]] bool is_worse() const;
};

// The rows of all scenarios that say something about these rules, in the order of the library. Of a
// scenario about one target, that target's time counts; of one about the host, all targets' mean.
// `progress` is called before each pair of runs with its scenario and target.
[[nodiscard]] std::vector<AvailabilityRow> measure_availability(
    const RuleSet& rules,
    const AvailabilityRequest& request,
    const std::function<void(std::string_view, std::string_view)>& progress);

// The rules as if every target enforced every level.
[[nodiscard]] RuleSet all_enforced(RuleSet rules);

}  // namespace primum::replay

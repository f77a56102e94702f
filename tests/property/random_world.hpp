// SPDX-License-Identifier: MIT
#pragma once

#include "property/rng.hpp"
#include "support/temp_dir.hpp"
#include "support/world.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace primum::property {

struct Shape {
    int most_targets = 3;
    int crowd = 8;  // in one world of four: enough to be ill for a common cause
    bool hostile =
        true;  // also events that no honest world sends, and an actuator that falls silent
    bool reloads = true;
    bool holds_lie_about_time = true;  // wall clock jumps
    bool rich = false;                 // indicators of every kind, with baselines
    bool forces = true;                // persons force levels
    bool providers = true;             // a provider, and targets that fail over with it
};

// What is done to a world, at a time; the same list can be put on any number of worlds.
struct Deed {
    Duration at{0};
    std::function<void(support::World&)> what;
};

// Rules and a timeline, drawn from a seed. Until `calm` anything may happen; then every fault ends:
// units are started, sources answer well, the ledger and the actuator do their work. At `end` the
// dust must have settled.
struct Story {
    std::string settings;
    std::string rules;
    std::shared_ptr<const RuleSet> compiled;
    std::vector<Deed> deeds;
    Duration calm{0};
    Duration end{0};

    void put_on(support::World& world) const;
};

[[nodiscard]] Story make_story(std::uint64_t seed, const Shape& shape, const support::TempDir& dir);

}  // namespace primum::property

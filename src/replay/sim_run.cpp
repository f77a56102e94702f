// SPDX-License-Identifier: MIT
#include "replay/sim_run.hpp"

#include "replay/sim_invariants.hpp"
#include "replay/sim_shrink.hpp"
#include "replay/sim_tally.hpp"

#include <algorithm>
#include <utility>

namespace primum::replay {
namespace {

// How often it is looked whether all is settled.
constexpr Duration look_every = std::chrono::minutes{10};

}  // namespace

SimOutcome simulate(const SimSetup& setup, SimChecks checks, SimObserver* listener) {
    SimWorld world{setup};
    SimInvariants invariants{world};
    SimTwin twin{invariants};
    SimTally tally{world};
    if (listener != nullptr) {
        world.watch(*listener);
    }
    if (checks.invariants) {
        world.watch(invariants);
        world.watch(tally);
    }
    if (checks.twin) {
        world.watch(twin);
    }
    bool goes_on = world.run_until(setup.timeline->calm);
    std::vector<double> well;
    for (std::uint32_t i = 0; setup.availability && i < world.rules().targets.size(); ++i) {
        well.push_back(std::chrono::duration<double>(world.well_time(i)) /
                       std::chrono::duration<double>(world.elapsed()));
    }
    while (goes_on && checks.liveness && world.elapsed() < setup.timeline->end) {
        goes_on = world.run_until(std::min(world.elapsed() + look_every, setup.timeline->end));
        if (checks.invariants && world.is_up() && invariants.is_settled()) {
            break;
        }
    }
    if (!goes_on) {
        invariants.breach("a deadline that is past stays a deadline");
    } else if (checks.invariants && checks.liveness) {
        invariants.at_the_end();
    }
    SimOutcome outcome;
    outcome.steps = world.steps();
    outcome.breaches = invariants.breaches();
    outcome.summary = {
        tally.counts(), tally.source_incidents(), tally.host_breaker(), std::move(well)};
    return outcome;
}

Timeline shrink_timeline(const SimSetup& setup, SimChecks checks, std::uint32_t tries) {
    Timeline shorter = *setup.timeline;
    shorter.deeds = shrink(setup.timeline->deeds, tries, [&](const std::vector<Deed>& deeds) {
        Timeline candidate{deeds, setup.timeline->calm, setup.timeline->end};
        SimSetup again = setup;
        again.timeline = &candidate;
        return !simulate(again, checks).breaches.empty();
    });
    return shorter;
}

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "replay/sim_library.hpp"

#include "replay/sim_availability.hpp"
#include "replay/sim_exhibit.hpp"
#include "replay/sim_run.hpp"
#include "replay/sim_shrink.hpp"

#include <algorithm>
#include <memory>

namespace primum::replay {
namespace {

SimCount sum_of(const std::vector<SimCount>& counts) {
    SimCount sum;
    for (const SimCount& each : counts) {
        for (std::size_t i = 0; i < level_count; ++i) {
            sum.acted[i] += each.acted[i];
            sum.would_act[i] += each.would_act[i];
            sum.worse[i] += each.worse[i];
            sum.taken_back[i] += each.taken_back[i];
        }
        for (std::size_t i = 0; i < sum.pages.size(); ++i) {
            sum.pages[i] += each.pages[i];
        }
        sum.waited |= each.waited;
        sum.opened += each.opened;
        sum.rollbacks_by_hand += each.rollbacks_by_hand;
        sum.peak = std::max(sum.peak, each.peak);
        sum.breaker = sum.breaker || each.breaker;
        sum.open = sum.open || each.open;
        sum.exhausted = each.exhausted.empty() ? sum.exhausted : each.exhausted;
    }
    return sum;
}

// All that is wrong with a run.
std::vector<std::string> wrong(const SimScenario& scenario,
                               const SimPlot& plot,
                               const SimOutcome& outcome) {
    std::vector<std::string> all = outcome.breaches;
    for (std::string& unmet : scenario.unmet(plot, outcome.summary)) {
        all.push_back("expected: " + std::string{scenario.expectation} + "; " + unmet);
    }
    return all;
}

SimRow run_one(const SimScenario& scenario,
               const SimPlot& plot,
               const SimExhibit& exhibit,
               const Timeline& timeline,
               std::uint32_t tries) {
    SimSetup setup;
    setup.exhibit = &exhibit;
    setup.timeline = &timeline;
    setup.seed = plot.seed;
    const SimOutcome outcome = simulate(setup, {});
    SimRow row;
    row.scenario = scenario.name;
    row.target = scenario.of_the_host ? std::string{} : plot.rules->targets[plot.target].name;
    row.count =
        scenario.of_the_host ? sum_of(outcome.summary.counts) : outcome.summary.counts[plot.target];
    row.outcome = outcome_text(row.count);
    row.steps = outcome.steps;
    row.breaches = wrong(scenario, plot, outcome);
    if (row.breaches.empty()) {
        return row;
    }
    const auto shortest = shrink(timeline.deeds, tries, [&](const std::vector<Deed>& deeds) {
        const Timeline candidate{deeds, timeline.calm, timeline.end};
        SimSetup again = setup;
        again.timeline = &candidate;
        return !wrong(scenario, plot, simulate(again, {})).empty();
    });
    for (const Deed& deed : shortest) {
        row.timeline.push_back(deed_text(deed, *plot.rules));
    }
    return row;
}

}  // namespace

std::vector<SimRow> run_library(
    const RuleSet& rules,
    const SimRequest& request,
    const std::function<void(std::string_view, std::string_view)>& progress) {
    const SimExhibit exhibit = make_exhibit(request.enforced ? all_enforced(rules) : rules);
    std::vector<SimRow> rows;
    for (const SimScenario& scenario : scenarios()) {
        if (!request.scenario.empty() && request.scenario != scenario.name) {
            continue;
        }
        for (std::uint32_t target = 0; target < rules.targets.size(); ++target) {
            const std::string& name = rules.targets[target].name;
            const bool is_wanted = request.target.empty() || request.target == name;
            if (scenario.of_the_host ? target > 0 : !is_wanted) {
                continue;
            }
            const SimPlot plot{exhibit.rules.get(), target, request.seed, request.length};
            if (const auto timeline = scenario.timeline(plot)) {
                progress(scenario.name, scenario.of_the_host ? "" : name);
                rows.push_back(run_one(scenario, plot, exhibit, *timeline, request.shrink_tries));
            }
        }
    }
    return rows;
}

}  // namespace primum::replay

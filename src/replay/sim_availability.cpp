// SPDX-License-Identifier: MIT
#include "replay/sim_availability.hpp"

#include "replay/sim_exhibit.hpp"
#include "replay/sim_run.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace primum::replay {
namespace {

// What sums of shares may differ by without meaning anything.
constexpr double rounding = 1e-9;

RuleSet only_observing(RuleSet rules) {
    rules.settings.mode = Mode::observe;
    return rules;
}

double share_of(const SimScenario& scenario, const SimPlot& plot, const std::vector<double>& well) {
    if (!scenario.of_the_host) {
        return well[plot.target];
    }
    return std::accumulate(well.begin(), well.end(), 0.0) / static_cast<double>(well.size());
}

class Measurement {
public:
    Measurement(const RuleSet& rules, const AvailabilityRequest& request)
        : request_(request),
          with_(make_exhibit(request.enforced ? all_enforced(rules) : rules)),
          without_(make_exhibit(only_observing(rules))) {}

    // Adds the worlds of one scenario about one target; false where it says nothing about it.
    bool add(AvailabilityRow& row, const SimScenario& scenario, std::uint32_t target) const {
        for (std::uint32_t i = 0; i < request_.seeds; ++i) {
            const SimPlot plot{with_.rules.get(), target, request_.seed + i, request_.length};
            const auto timeline = scenario.timeline(plot);
            if (!timeline) {
                return false;
            }
            const double with = run(with_, scenario, plot, *timeline);
            const double without = run(without_, scenario, plot, *timeline);
            if (row.worlds == 0 || with - without < row.worst) {
                row.worst = with - without;
                row.worst_seed = plot.seed;
                row.worst_target =
                    scenario.of_the_host ? std::string{} : plot.rules->targets[target].name;
            }
            row.with += with;
            row.without += without;
            ++row.worlds;
        }
        return true;
    }

private:
    static double run(const SimExhibit& exhibit,
                      const SimScenario& scenario,
                      const SimPlot& plot,
                      const Timeline& timeline) {
        SimSetup setup;
        setup.exhibit = &exhibit;
        setup.timeline = &timeline;
        setup.seed = plot.seed;
        setup.availability = true;
        const SimChecks checks{.invariants = false, .twin = false, .liveness = false};
        return share_of(scenario, plot, simulate(setup, checks).summary.well);
    }

    const AvailabilityRequest& request_;
    SimExhibit with_;
    SimExhibit without_;
};

}  // namespace

bool AvailabilityRow::is_worse() const {
    return with < without - bearable_loss - rounding;
}

RuleSet all_enforced(RuleSet rules) {
    rules.settings.mode = Mode::enforce;
    for (TargetRule& target : rules.targets) {
        target.mode = Mode::enforce;
        target.enforce_up_to = Level::fallback;
        target.in_share = true;
        target.promoted = {};
        target.held_back.clear();
    }
    return rules;
}

std::vector<AvailabilityRow> measure_availability(
    const RuleSet& rules,
    const AvailabilityRequest& request,
    const std::function<void(std::string_view, std::string_view)>& progress) {
    const Measurement measurement{rules, request};
    std::vector<AvailabilityRow> rows;
    for (const SimScenario& scenario : scenarios()) {
        if (!request.scenario.empty() && request.scenario != scenario.name) {
            continue;
        }
        AvailabilityRow row;
        row.scenario = scenario.name;
        row.bearable_loss = scenario.bearable_loss;
        for (std::uint32_t target = 0; target < rules.targets.size(); ++target) {
            const std::string& name = rules.targets[target].name;
            const bool is_wanted = request.target.empty() || request.target == name;
            if (scenario.of_the_host ? target > 0 : !is_wanted) {
                continue;
            }
            progress(scenario.name, scenario.of_the_host ? std::string_view{} : name);
            measurement.add(row, scenario, target);
        }
        if (row.worlds > 0) {
            row.with /= row.worlds;
            row.without /= row.worlds;
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

}  // namespace primum::replay

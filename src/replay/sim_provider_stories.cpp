// SPDX-License-Identifier: MIT
// Providers that fail: one that is dead for long, and two that are half ill.
#include "replay/sim_rng.hpp"
#include "replay/sim_stories.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::replay {
namespace {

using std::chrono::minutes;

constexpr std::uint64_t draw_half_ill = 42;

const TargetRule& rule_of(const SimPlot& plot) {
    return plot.rules->targets[plot.target];
}

const RungRule& failover_of(const SimPlot& plot) {
    return rule_of(plot).rungs[index_of(Level::failover)];
}

// The place of the provider that the target fails over with, where two of its candidates at the
// least can be judged.
std::optional<std::uint32_t> provider_of(const SimPlot& plot) {
    const auto& remedies = failover_of(plot).remedies;
    const auto* plan =
        remedies.empty() ? nullptr : std::get_if<FailoverPlan>(&remedies.front().plan);
    const auto& providers = plot.rules->providers;
    for (std::uint32_t i = 0; plan != nullptr && i < providers.size(); ++i) {
        const auto& candidates = providers[i].candidates;
        if (providers[i].name == plan->provider && candidates.size() > 1 &&
            candidates[0].indicator && candidates[1].indicator) {
            return i;
        }
    }
    return std::nullopt;
}

bool has_series(const SimPlot& plot) {
    const auto& indicators = rule_of(plot).indicators;
    return std::any_of(indicators.begin(), indicators.end(), [](const IndicatorRule& each) {
        return each.kind != ValueKind::unit_state;
    });
}

// Whether what a dead provider does to it, an error of all its series, meets the rung.
bool feels_it(const SimPlot& plot) {
    const auto& indicators = rule_of(plot).indicators;
    const auto count =
        std::count_if(indicators.begin(), indicators.end(), [](const IndicatorRule& each) {
            return each.kind != ValueKind::unit_state &&
                   each.thresholds[static_cast<std::size_t>(Severity::error)].has_value();
        });
    return failover_of(plot).when <= Severity::error &&
           count >= static_cast<std::ptrdiff_t>(failover_of(plot).indicators) &&
           rule_of(plot).enforces(Level::failover, plot.rules->settings.mode, WallTime{});
}

Deed stands(std::uint32_t provider,
            std::int64_t candidate,
            CandidateState state,
            Duration at,
            Duration length) {
    return {at, DeedKind::candidate, provider, candidate, static_cast<std::int64_t>(state), length};
}

Timeline begun(const SimPlot& plot) {
    Timeline timeline;
    timeline.calm = ready_at(plot) + plot.length;
    timeline.end = timeline.calm + settling_time(*plot.rules);
    return timeline;
}

}  // namespace

std::optional<Timeline> provider_outage_timeline(const SimPlot& plot) {
    if (failover_of(plot).remedies.empty() || !has_series(plot)) {
        return std::nullopt;
    }
    Timeline timeline = begun(plot);
    const Duration at = ready_at(plot);
    if (const auto provider = provider_of(plot)) {
        timeline.deeds.push_back(stands(*provider, 0, CandidateState::dead, at, plot.length / 2));
    } else {
        timeline.deeds.push_back({at,
                                  DeedKind::falls_ill,
                                  plot.target,
                                  static_cast<std::int64_t>(Severity::error),
                                  bit_of(Level::failover),
                                  Duration{0}});
    }
    return timeline;
}

Unmet provider_outage_unmet(const SimPlot& plot, const SimSummary& summary) {
    const SimCount& count = summary.counts[plot.target];
    const std::size_t level = index_of(Level::failover);
    if (!feels_it(plot)) {
        return {};
    }
    if (count.open || count.acted[level] == 0) {
        return {fmt::format("failover is enforced and cures it, yet it ends {} after {} of them",
                            outcome_text(count),
                            count.acted[level])};
    }
    const auto provider = provider_of(plot);
    const auto after = provider ? plot.rules->providers[*provider].failback_after : std::nullopt;
    if (after && 4 * *after < plot.length && count.taken_back[level] == 0) {
        return {"its provider is healthy again, and nobody went back"};
    }
    return {};
}

std::optional<Timeline> half_ill_providers_timeline(const SimPlot& plot) {
    const auto provider = provider_of(plot);
    if (!provider || !has_series(plot)) {
        return std::nullopt;
    }
    Timeline timeline = begun(plot);
    SimRng rng = SimRng::of(plot.seed, draw_half_ill);
    const auto& candidates = plot.rules->providers[*provider].candidates;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto which = static_cast<std::int64_t>(i);
        Duration at = ready_at(plot);
        if (i > 1) {
            timeline.deeds.push_back(
                stands(*provider, which, CandidateState::dead, at, plot.length));
            continue;
        }
        while (at + minutes{90} < timeline.calm) {
            at += minutes{rng.between(5, 60)};
            const Duration span = minutes{rng.between(5, 20)};
            timeline.deeds.push_back(stands(*provider, which, CandidateState::dead, at, span));
            at += span;
        }
    }
    std::stable_sort(timeline.deeds.begin(),
                     timeline.deeds.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    return timeline;
}

// No flapping: failovers and their ways back together are no more than one for each failback_after,
// and what one incident is worth.
Unmet half_ill_providers_unmet(const SimPlot& plot, const SimSummary& summary) {
    const SimCount& count = summary.counts[plot.target];
    const std::size_t level = index_of(Level::failover);
    const auto provider = provider_of(plot);
    const Duration after = plot.rules->providers[*provider].failback_after.value_or(plot.length);
    const auto most = static_cast<std::uint32_t>(plot.length / after) + failover_of(plot).attempts;
    const std::uint32_t moves = count.acted[level] + count.taken_back[level];
    if (moves > most) {
        return {fmt::format("its pointer moved {} times, at most {} are expected", moves, most)};
    }
    return {};
}

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
// The watchdog that took log noise for illness, and whose fallback was the outage: what it would
// have met here.
#include "replay/sim_rng.hpp"
#include "replay/sim_stories.hpp"

#include <primum/event.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::replay {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t draw_noise = 41;
constexpr Level harmful = Level::fallback;
// "which two tools conflict over the same token every 10 to 30 s" is a flicker of this length.
constexpr std::int64_t shortest_flicker_s = 10;
constexpr std::int64_t longest_flicker_s = 30;

}  // namespace

// First the noise: `info` and `warning` that come and go, retries, and a second tool that restarts
// the unit now and then. Then a real illness that no gentler remedy cures, and a fallback that
// makes it worse; a person acknowledges, it is tried again, does harm again, and that was that. At
// last the way back fails once, and the person takes it.
std::optional<Timeline> post_mortem_timeline(const SimPlot& plot) {
    const TargetRule& target = plot.rules->targets[plot.target];
    const bool has_series =
        std::any_of(target.indicators.begin(), target.indicators.end(), [](const auto& each) {
            return each.kind != ValueKind::unit_state;
        });
    if (!has_series) {
        return std::nullopt;
    }
    Timeline timeline;
    SimRng rng = SimRng::of(plot.seed, draw_noise);
    const Duration begin = ready_at(plot);
    const Duration ends = begin + plot.length / 2;
    const auto add = [&](Duration at, DeedKind kind, std::int64_t a, std::int64_t b, Duration l) {
        timeline.deeds.push_back({at, kind, plot.target, a, b, l});
    };
    for (Duration at = begin; at < ends; at += seconds{rng.between(60, 600)}) {
        const auto severity = rng.pick({Severity::info, Severity::warning});
        add(at, DeedKind::falls_ill, static_cast<std::int64_t>(severity), 0, Duration{0});
        at += seconds{rng.between(shortest_flicker_s, longest_flicker_s)};
        add(at, DeedKind::recovers, 0, 0, Duration{0});
    }
    for (Duration at = begin + minutes{7}; at < ends; at += minutes{rng.between(5, 30)}) {
        add(at, DeedKind::person, static_cast<std::int64_t>(SimHand::restart), 0, Duration{0});
    }
    if (!target.rungs[index_of(harmful)].remedies.empty()) {
        const Duration ill = ends + hours{1};
        add(ill,
            DeedKind::remedy,
            static_cast<std::int64_t>(index_of(harmful)),
            static_cast<std::int64_t>(SimEffect::harms),
            Duration{0});
        add(ill, DeedKind::unit_fails, 0, 0, Duration{0});
    }
    timeline.calm = ends + plot.length;
    timeline.end = timeline.calm + settling_time(*plot.rules);
    return timeline;
}

Unmet post_mortem_unmet(const SimPlot& plot, const SimSummary& summary) {
    const SimCount& count = summary.counts[plot.target];
    Unmet unmet;
    const std::size_t level = index_of(harmful);
    if (count.acted[level] > 2) {
        unmet.push_back(fmt::format("the harmful fallback was used {} times", count.acted[level]));
    }
    if (count.worse[level] > count.taken_back[level] + count.rollbacks_by_hand) {
        unmet.push_back(fmt::format("it did harm {} times and was taken back {}",
                                    count.worse[level],
                                    count.taken_back[level]));
    }
    return unmet;
}

}  // namespace primum::replay

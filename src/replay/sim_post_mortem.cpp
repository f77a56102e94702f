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
// Of the breaker's default: so often it may do harm.
constexpr std::uint32_t most_uses = 2;
constexpr int acknowledgements = 4;
constexpr Duration one_round = hours{6};
// Two tools that fight over one token conflict every 10 to 30 s.
constexpr std::int64_t shortest_flicker_s = 10;
constexpr std::int64_t longest_flicker_s = 30;

// When the noise is over and the illness is real.
Duration real_at(const SimPlot& plot) {
    return ready_at(plot) + plot.length / 2 + hours{1};
}

bool has_fallback(const SimPlot& plot) {
    return !plot.rules->targets[plot.target].rungs[index_of(harmful)].remedies.empty();
}

// `info` and `warning` that come and go, and a second tool that restarts the unit now and then.
void add_noise(const SimPlot& plot, Timeline& timeline) {
    SimRng rng = SimRng::of(plot.seed, draw_noise);
    const Duration begin = ready_at(plot);
    const Duration ends = real_at(plot) - hours{1};
    const auto span = [&](std::int64_t low, std::int64_t high) {
        return Duration{seconds{rng.between(low, high)}};
    };
    for (Duration at = begin; at < ends; at += span(60, 600)) {
        const auto severity = rng.pick({Severity::info, Severity::warning});
        timeline.deeds.push_back({at,
                                  DeedKind::falls_ill,
                                  plot.target,
                                  static_cast<std::int64_t>(severity),
                                  0,
                                  span(shortest_flicker_s, longest_flicker_s)});
    }
    for (Duration at = begin + minutes{7}; at < ends; at += span(300, 1'800)) {
        timeline.deeds.push_back({at,
                                  DeedKind::person,
                                  plot.target,
                                  static_cast<std::int64_t>(SimHand::restart),
                                  0,
                                  Duration{0}});
    }
}

// An illness that nothing cures, and a fallback that takes the service down. Whenever primum has
// given up a person acknowledges, which arms the ladder again; at last they roll back themselves.
void add_illness(const SimPlot& plot, Timeline& timeline) {
    const auto add = [&](Duration at, DeedKind kind, std::int64_t a, std::int64_t b) {
        timeline.deeds.push_back({at, kind, plot.target, a, b, Duration{0}});
    };
    const auto command = [&](Duration at, OperatorVerb verb) {
        add(at, DeedKind::command, static_cast<std::int64_t>(verb), 0);
    };
    Duration at = real_at(plot);
    add(at,
        DeedKind::remedy,
        static_cast<std::int64_t>(index_of(harmful)),
        static_cast<std::int64_t>(SimEffect::harms));
    add(at, DeedKind::falls_ill, static_cast<std::int64_t>(Severity::critical), 0);
    for (int round = 0; round < acknowledgements; ++round) {
        at += one_round;
        command(at, OperatorVerb::acknowledge);
    }
    at += one_round;
    command(at, OperatorVerb::rollback);
    timeline.calm = at + hours{1};
}

}  // namespace

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
    timeline.calm = real_at(plot);
    add_noise(plot, timeline);
    if (has_fallback(plot)) {
        add_illness(plot, timeline);
    }
    timeline.end = timeline.calm + settling_time(*plot.rules);
    return timeline;
}

Unmet post_mortem_unmet(const SimPlot& plot, const SimSummary& summary) {
    const SimCount& count = summary.counts[plot.target];
    Unmet unmet;
    const std::size_t level = index_of(harmful);
    if (count.first && *count.first < real_at(plot)) {
        unmet.emplace_back("noise led to an action");
    }
    if (count.acted[level] > most_uses) {
        unmet.push_back(fmt::format("the harmful fallback was used {} times", count.acted[level]));
    }
    if (count.taken_back[level] < count.worse[level]) {
        unmet.push_back(fmt::format("it did harm {} times and was taken back {}",
                                    count.worse[level],
                                    count.taken_back[level]));
    }
    if (count.worse[level] < plot.rules->settings.breaker.worse) {
        return unmet;
    }
    const std::uint32_t pages = count.pages[static_cast<std::size_t>(PageKind::breaker)];
    if (!count.breaker || pages != 1) {
        unmet.push_back(fmt::format(
            "the breaker is {}latched, with {} pages", count.breaker ? "" : "not ", pages));
    }
    if (count.rollbacks_by_hand == 0) {
        unmet.emplace_back("a person's rollback did not work");
    }
    return unmet;
}

}  // namespace primum::replay

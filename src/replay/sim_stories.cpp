// SPDX-License-Identifier: MIT
#include "replay/sim_stories.hpp"

#include "replay/sim_rng.hpp"

#include <primum/event.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::replay {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t draw_story = 40;
// So many targets make a common cause.
constexpr std::size_t a_crowd = 4;
constexpr std::int64_t all_cures = bit_of(Level::retry) | bit_of(Level::failover) |
                                   bit_of(Level::restart) | bit_of(Level::fallback);

const TargetRule& rule_of(const SimPlot& plot) {
    return plot.rules->targets[plot.target];
}

// What one look at all its series takes; nothing for a target without any.
std::optional<Duration> interval_of(const SimPlot& plot) {
    std::optional<Duration> longest;
    for (const IndicatorRule& indicator : rule_of(plot).indicators) {
        if (indicator.kind != ValueKind::unit_state) {
            const Duration interval = plot.rules->sources[indicator.source].interval;
            longest = std::max(longest.value_or(interval), interval);
        }
    }
    return longest;
}

// How long an illness must last to be believed, or health to be.
Duration believed_after(const SimPlot& plot, bool illness) {
    Duration longest = seconds{30};
    for (const IndicatorRule& indicator : rule_of(plot).indicators) {
        const Persistence& rule = illness ? indicator.trip : indicator.clear;
        const Duration interval = indicator.kind == ValueKind::unit_state
                                      ? Duration{0}
                                      : plot.rules->sources[indicator.source].interval;
        longest = std::max(longest, indicator.over + rule.duration + rule.n * interval);
    }
    return longest;
}

bool is_enforced(const SimPlot& plot, Level level) {
    const TargetRule& target = rule_of(plot);
    return !target.rungs[index_of(level)].remedies.empty() &&
           target.enforces(level, plot.rules->settings.mode, WallTime{});
}

// Whether its unit can be seen to fail.
bool has_unit(const SimPlot& plot) {
    const TargetRule& target = rule_of(plot);
    return !target.unit.empty() &&
           std::any_of(target.indicators.begin(), target.indicators.end(), [](const auto& each) {
               return each.kind == ValueKind::unit_state;
           });
}

// Builds a timeline for the plot's target.
class Story {
public:
    explicit Story(const SimPlot& plot) : plot_(plot), at_(ready_at(plot)) {
        timeline_.calm = at_ + plot.length;
    }

    [[nodiscard]] Duration now() const { return at_; }
    [[nodiscard]] Duration left() const { return timeline_.calm - at_; }
    void pass(Duration span) { at_ += span; }
    void add(DeedKind kind, std::int64_t a = 0, std::int64_t b = 0, Duration length = {}) {
        timeline_.deeds.push_back({at_, kind, plot_.target, a, b, length});
    }
    void ill(Severity severity, std::int64_t cures) {
        add(DeedKind::falls_ill, static_cast<std::int64_t>(severity), cures);
    }
    void remedies(Level level, SimEffect effect) {
        add(DeedKind::remedy,
            static_cast<std::int64_t>(index_of(level)),
            static_cast<std::int64_t>(effect));
    }
    void deed(const Deed& deed) { timeline_.deeds.push_back(deed); }
    Timeline take() {
        timeline_.end = timeline_.calm + settling_time(*plot_.rules);
        return std::move(timeline_);
    }

private:
    const SimPlot& plot_;
    Timeline timeline_;
    Duration at_;
};

const SimCount& of(const SimPlot& plot, const SimSummary& summary) {
    return summary.counts[plot.target];
}

Unmet expect_nothing_done(const SimPlot& plot, const SimSummary& summary) {
    const SimCount& count = of(plot, summary);
    if (count.actions() + count.would_acts() == 0) {
        return {};
    }
    return {fmt::format(
        "{} actions and {} would-acts, expected none", count.actions(), count.would_acts())};
}

// Whether its series alone can meet the rung's condition.
bool can_be_met(const SimPlot& plot, Level level) {
    const RungRule& rung = rule_of(plot).rungs[index_of(level)];
    const auto& indicators = rule_of(plot).indicators;
    const auto count =
        std::count_if(indicators.begin(), indicators.end(), [&](const IndicatorRule& each) {
            const auto first = each.thresholds.begin() + static_cast<std::ptrdiff_t>(rung.when);
            return each.kind != ValueKind::unit_state &&
                   std::any_of(first, each.thresholds.end(), [](const auto& threshold) {
                       return threshold.has_value();
                   });
        });
    return count >= static_cast<std::ptrdiff_t>(rung.indicators);
}

Unmet expect_recovered_by(const SimPlot& plot, const SimSummary& summary, Level level) {
    const SimCount& count = of(plot, summary);
    if (is_enforced(plot, level) && can_be_met(plot, level) && count.open) {
        return {fmt::format(
            "{} is enforced and cures it, yet it ends {}", name_of(level), outcome_text(count))};
    }
    return {};
}

}  // namespace

Duration ready_at(const SimPlot& plot) {
    const TargetRule& target = rule_of(plot);
    Duration learnt{0};
    for (const IndicatorRule& indicator : target.indicators) {
        if (indicator.baseline && indicator.kind != ValueKind::unit_state) {
            learnt = std::max(learnt,
                              (indicator.baseline->min_samples + 10) *
                                  plot.rules->sources[indicator.source].interval);
        }
    }
    return std::max(target.warm_up, learnt) + minutes{5};
}

std::optional<Timeline> blip_timeline(const SimPlot& plot) {
    Story story{plot};
    SimRng rng = SimRng::of(plot.seed, draw_story);
    const auto interval = interval_of(plot);
    while (story.left() > hours{1}) {
        if (has_unit(plot) && (!interval || rng.one_in(2))) {
            story.add(DeedKind::unit_fails, 3, 0, seconds{1});
        } else if (interval) {
            story.add(DeedKind::falls_ill,
                      static_cast<std::int64_t>(Severity::error),
                      0,
                      *interval - Duration{1});
        }
        story.pass(minutes{rng.between(20, 60)});
    }
    return story.take();
}

Unmet blip_unmet(const SimPlot& plot, const SimSummary& summary) {
    return expect_nothing_done(plot, summary);
}

std::optional<Timeline> flap_timeline(const SimPlot& plot) {
    Story story{plot};
    if (!interval_of(plot)) {
        return std::nullopt;
    }
    while (story.left() > hours{1}) {
        story.ill(Severity::error, 0);
        story.pass(believed_after(plot, true));
        story.add(DeedKind::recovers);
        story.pass(believed_after(plot, false));
    }
    return story.take();
}

Unmet flap_unmet(const SimPlot& plot, const SimSummary& summary) {
    std::uint32_t worth = 0;
    for (const RungRule& rung : rule_of(plot).rungs) {
        worth += rung.attempts;
    }
    const std::uint32_t done = of(plot, summary).actions();
    if (done <= worth) {
        return {};
    }
    return {fmt::format("{} actions; one incident is worth {}", done, worth)};
}

std::optional<Timeline> slow_leak_timeline(const SimPlot& plot) {
    Story story{plot};
    if (!interval_of(plot)) {
        return std::nullopt;
    }
    story.add(DeedKind::leaks, 0, bit_of(Level::restart), hours{1});
    return story.take();
}

Unmet slow_leak_unmet(const SimPlot& plot, const SimSummary& summary) {
    return expect_recovered_by(plot, summary, Level::restart);
}

std::optional<Timeline> persistent_failure_timeline(const SimPlot& plot) {
    Story story{plot};
    if (has_unit(plot)) {
        story.add(DeedKind::unit_fails, 0, 0);
    } else {
        story.ill(Severity::critical, 0);
    }
    return story.take();
}

Unmet persistent_failure_unmet(const SimPlot& plot, const SimSummary& summary) {
    Unmet unmet;
    const SimCount& count = of(plot, summary);
    for (std::size_t i = 0; i < level_count; ++i) {
        const std::uint32_t attempts = rule_of(plot).rungs[i].attempts;
        if (count.acted[i] > attempts) {
            unmet.push_back(fmt::format("{} times {}, which has {} attempts",
                                        count.acted[i],
                                        enum_names<Level>[i],
                                        attempts));
        }
    }
    return unmet;
}

std::optional<Timeline> dead_source_timeline(const SimPlot& plot) {
    Story story{plot};
    if (!interval_of(plot)) {
        return std::nullopt;
    }
    for (const DeedKind kind :
         {DeedKind::source_fails, DeedKind::source_silent, DeedKind::source_nan}) {
        const Duration span = plot.length / 4;
        for (std::uint32_t source = 0; source < plot.rules->sources.size(); ++source) {
            story.deed({story.now(), kind, source, 0, 0, span});
        }
        story.pass(span + minutes{10});
    }
    return story.take();
}

Unmet dead_source_unmet(const SimPlot& plot, const SimSummary& summary) {
    Unmet unmet = expect_nothing_done(plot, summary);
    if (summary.source_incidents == 0) {
        unmet.emplace_back("no incident of a source");
    }
    return unmet;
}

std::optional<Timeline> lying_source_timeline(const SimPlot& plot) {
    Story story{plot};
    if (!interval_of(plot)) {
        return std::nullopt;
    }
    story.add(DeedKind::lies, static_cast<std::int64_t>(Severity::critical), 0, plot.length);
    return story.take();
}

Unmet lying_source_unmet(const SimPlot& plot, const SimSummary& summary) {
    return persistent_failure_unmet(plot, summary);
}

std::optional<Timeline> one_liar_timeline(const SimPlot& plot) {
    std::vector<std::uint32_t> sources;
    for (const IndicatorRule& indicator : rule_of(plot).indicators) {
        if (indicator.kind != ValueKind::unit_state) {
            sources.push_back(indicator.source);
        }
    }
    std::sort(sources.begin(), sources.end());
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    if (sources.empty()) {
        return std::nullopt;
    }
    Story story{plot};
    SimRng rng = SimRng::of(plot.seed, draw_story);
    story.add(DeedKind::lies,
              static_cast<std::int64_t>(Severity::critical),
              std::int64_t{rng.pick(sources)} + 1,
              plot.length);
    return story.take();
}

Unmet one_liar_unmet(const SimPlot& plot, const SimSummary& summary) {
    return persistent_failure_unmet(plot, summary);
}

std::optional<Timeline> harmful_remedy_timeline(const SimPlot& plot) {
    Story story{plot};
    if (!interval_of(plot)) {
        return std::nullopt;
    }
    for (const Level level : {Level::retry, Level::failover, Level::restart, Level::fallback}) {
        story.remedies(level, SimEffect::harms);
    }
    story.ill(Severity::error, 0);
    return story.take();
}

Unmet harmful_remedy_unmet(const SimPlot& plot, const SimSummary& summary) {
    const SimCount& count = of(plot, summary);
    std::uint32_t worse = 0;
    Unmet unmet;
    for (std::size_t i = 0; i < level_count; ++i) {
        worse += count.worse[i];
        const auto& remedies = rule_of(plot).rungs[i].remedies;
        const bool has_way_back =
            !remedies.empty() && std::all_of(remedies.begin(), remedies.end(), [](const auto& r) {
                return r.way_back != WayBack::none;
            });
        if (has_way_back && count.taken_back[i] < count.worse[i]) {
            unmet.push_back(fmt::format("{} made it worse {} times and was taken back {}",
                                        enum_names<Level>[i],
                                        count.worse[i],
                                        count.taken_back[i]));
        }
    }
    const std::uint32_t most = plot.rules->settings.breaker.worse;
    if (worse > most) {
        unmet.push_back(fmt::format("{} actions did harm; the breaker trips at {}", worse, most));
    }
    return unmet;
}

std::optional<Timeline> mass_failure_timeline(const SimPlot& plot) {
    if (plot.rules->targets.size() < a_crowd) {
        return std::nullopt;
    }
    Story story{plot};
    Duration ready{0};
    for (std::uint32_t i = 0; i < plot.rules->targets.size(); ++i) {
        SimPlot each = plot;
        each.target = i;
        ready = std::max(ready, ready_at(each));
    }
    for (std::uint32_t i = 0; i < plot.rules->targets.size(); ++i) {
        story.deed({ready,
                    DeedKind::lies,
                    i,
                    static_cast<std::int64_t>(Severity::critical),
                    0,
                    plot.length});
    }
    return story.take();
}

Unmet mass_failure_unmet(const SimPlot& /*plot*/, const SimSummary& summary) {
    std::uint32_t done = 0;
    bool is_said = false;
    for (const SimCount& count : summary.counts) {
        done += count.actions();
        is_said = is_said || count.was_held_back_by(Guard::common_cause);
    }
    Unmet unmet;
    if (done > 0) {
        unmet.push_back(fmt::format("{} actions while most targets are ill", done));
    }
    const bool is_wanted = std::any_of(
        summary.counts.begin(), summary.counts.end(), [](auto& c) { return c.waited != 0; });
    if (is_wanted && !is_said) {
        unmet.emplace_back("common_cause held nothing back");
    }
    return unmet;
}

std::optional<Timeline> competing_healer_timeline(const SimPlot& plot) {
    if (rule_of(plot).unit.empty() || !interval_of(plot)) {
        return std::nullopt;
    }
    Duration shortest = minutes{2};
    for (const RungRule& rung : rule_of(plot).rungs) {
        if (!rung.remedies.empty()) {
            shortest = std::min(shortest, rung.settle + rung.verify);
        }
    }
    Story story{plot};
    story.add(DeedKind::tool, 0, std::max<Duration>(shortest / 2, seconds{5}).count(), plot.length);
    story.pass(seconds{1});
    story.ill(Severity::critical, 0);
    return story.take();
}

Unmet competing_healer_unmet(const SimPlot& plot, const SimSummary& summary) {
    Unmet unmet = expect_nothing_done(plot, summary);
    const SimCount& count = of(plot, summary);
    if (count.waited != 0 && !count.was_held_back_by(Guard::foreign_actor)) {
        unmet.emplace_back("foreign_actor held nothing back");
    }
    return unmet;
}

}  // namespace primum::replay

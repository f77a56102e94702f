// SPDX-License-Identifier: MIT
// The random mixture of everything.
#include "replay/sim_rng.hpp"
#include "replay/sim_scenario.hpp"

#include <primum/event.hpp>

#include <algorithm>

namespace primum::replay {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t draw_timeline = 20;
constexpr std::int64_t fewest_deeds = 5;
constexpr std::int64_t most_deeds = 60;
constexpr std::int64_t mask_shift = 8;

// Collects the deeds of one timeline.
class Author {
public:
    explicit Author(const SimPlot& plot) : plot_(plot), rng_(SimRng::of(plot.seed, draw_timeline)) {
        const auto longest = std::max<std::int64_t>(minutes{plot.length / minutes{1}}.count(), 10);
        timeline_.calm = minutes{rng_.between(10, longest)};
        timeline_.end = timeline_.calm + settling_time(*plot.rules);
    }

    Timeline write() {
        for (std::uint32_t i = 0; i < plot_.rules->targets.size(); ++i) {
            remedies(i);
        }
        for (auto left = rng_.between(fewest_deeds, most_deeds); left > 0; --left) {
            at_ = Duration{rng_.between(1, timeline_.calm.count() - 1)};
            one();
        }
        calm();
        return std::move(timeline_);
    }

private:
    void add(DeedKind kind,
             std::uint32_t who = 0,
             std::int64_t a = 0,
             std::int64_t b = 0,
             Duration length = Duration{0}) {
        timeline_.deeds.push_back({at_, kind, who, a, b, length});
    }

    [[nodiscard]] std::uint32_t target() { return rng_.below(plot_.rules->targets.size()); }
    // What ends before the calm.
    [[nodiscard]] Duration span(Duration longest) {
        const Duration most = std::min(longest, timeline_.calm - at_);
        return Duration{rng_.between(1, std::max<std::int64_t>(most.count(), 1))};
    }
    [[nodiscard]] std::int64_t cures() {
        std::int64_t bits = 0;
        for (const Level level : {Level::retry, Level::failover, Level::restart, Level::fallback}) {
            bits |= rng_.one_in(3) ? bit_of(level) : 0;
        }
        return bits;
    }

    void remedies(std::uint32_t who) {
        at_ = Duration{0};
        for (std::int64_t level = 2; level < static_cast<std::int64_t>(level_count); ++level) {
            const auto effect = rng_.one_in(6)   ? SimEffect::harms
                                : rng_.one_in(4) ? SimEffect::nothing
                                                 : SimEffect::helps;
            if (effect != SimEffect::helps) {
                add(DeedKind::remedy, who, level, static_cast<std::int64_t>(effect));
            }
        }
    }

    void one() {
        if (!plot_.rules->providers.empty() && rng_.one_in(4)) {
            return provider();
        }
        const auto dice = rng_.between(0, 99);
        if (dice < 40) {
            illness();
        } else if (dice < 55) {
            evidence();
        } else if (dice < 67) {
            hands();
        } else if (dice < 79) {
            orders();
        } else if (dice < 89) {
            machinery();
        } else {
            host();
        }
    }

    void provider() {
        const auto who = rng_.below(plot_.rules->providers.size());
        const auto& candidates = plot_.rules->providers[who].candidates;
        const auto which = static_cast<std::int64_t>(rng_.below(candidates.size()));
        const auto state = static_cast<std::int64_t>(rng_.pick({CandidateState::dead,
                                                                CandidateState::dead,
                                                                CandidateState::degraded,
                                                                CandidateState::rate_limited}));
        switch (rng_.between(0, 9)) {
            case 0:
                return add(DeedKind::points, who, which);
            case 1:
                return add(DeedKind::mark, who, which, rng_.between(0, 4), span(hours{1}));
            default:
                return add(DeedKind::candidate, who, which, state, span(hours{2}));
        }
    }

    void illness() {
        const std::uint32_t who = target();
        switch (rng_.between(0, 5)) {
            case 0:
                add(DeedKind::unit_fails, who, rng_.one_in(3) ? rng_.between(1, 5) : 0, cures());
                break;
            case 1:
                add(DeedKind::leaks, who, 0, cures(), span(hours{1}));
                break;
            case 2: {  // all at once
                const auto severity = rng_.between(3, 5);
                for (std::uint32_t i = 0; i < plot_.rules->targets.size(); ++i) {
                    add(DeedKind::falls_ill, i, severity, cures());
                }
                return;
            }
            default: {
                const std::int64_t mask = rng_.one_in(3) ? rng_.between(1, 7) << mask_shift : 0;
                add(DeedKind::falls_ill, who, rng_.between(2, 5) | mask, cures());
            }
        }
        if (rng_.one_in(2)) {
            at_ += span(minutes{30});
            add(DeedKind::recovers, who);
        }
    }

    void evidence() {
        const bool has_source = !plot_.rules->sources.empty();
        const std::uint32_t source = has_source ? rng_.below(plot_.rules->sources.size()) : 0;
        switch (has_source ? rng_.between(0, 3) : 0) {
            case 0:
                return add(DeedKind::lies, target(), rng_.between(1, 5), 0, span(minutes{30}));
            case 1:
                return add(DeedKind::source_fails, source, 0, 0, span(minutes{20}));
            case 2:
                return add(DeedKind::source_silent, source, 0, 0, span(minutes{20}));
            default:
                return add(DeedKind::source_nan, source, 0, 0, span(minutes{20}));
        }
    }

    void hands() {
        if (rng_.one_in(6)) {
            return add(
                DeedKind::tool, target(), 0, rng_.between(20, 600) * 1'000'000, span(hours{1}));
        }
        add(DeedKind::person, target(), rng_.between(0, 4));
    }

    void orders() {
        const auto verb = rng_.pick({OperatorVerb::hold,
                                     OperatorVerb::hold,
                                     OperatorVerb::release,
                                     OperatorVerb::disable,
                                     OperatorVerb::enable,
                                     OperatorVerb::acknowledge,
                                     OperatorVerb::acknowledge,
                                     OperatorVerb::reset_breaker,
                                     OperatorVerb::rollback,
                                     OperatorVerb::force,
                                     OperatorVerb::label});
        const bool ends = verb == OperatorVerb::hold || verb == OperatorVerb::disable;
        add(DeedKind::command,
            target(),
            static_cast<std::int64_t>(verb),
            rng_.one_in(4) ? 1 : 0,
            ends ? span(hours{1}) : Duration{0});
    }

    void machinery() {
        switch (rng_.between(0, 3)) {
            case 0:
                return add(DeedKind::preflight, 0, rng_.between(1, 4), 0, span(minutes{20}));
            case 1:
                return add(DeedKind::course, 0, rng_.between(1, 5), 0, span(minutes{20}));
            case 2:
                return add(DeedKind::way_back, 0, rng_.between(1, 2), 0, span(minutes{20}));
            default:
                return add(DeedKind::ledger, 0, rng_.between(1, 3), 0, span(minutes{10}));
        }
    }

    void host() {
        switch (rng_.between(0, 6)) {
            case 0:
                return add(DeedKind::off_switch, 0, 0, 0, span(minutes{20}));
            case 1:
                return add(DeedKind::wall_jump, 0, rng_.between(-90'000, 90'000) * 1'000'000);
            case 2:
                return add(DeedKind::suspend, 0, 0, 0, Duration{rng_.between(1, 36'000'000'000)});
            case 3:
                return add(DeedKind::busy, 0, 0, 0, span(minutes{10}));
            case 4:
                return add(DeedKind::reload, 0, rng_.between(0, 7));
            default:
                return add(DeedKind::crash,
                           0,
                           rng_.one_in(2) ? rng_.between(0, 3) : rng_.between(0, 200),
                           rng_.between(0, 9) == 0 ? 2 : rng_.between(0, 1),
                           seconds{rng_.between(0, 40)});
        }
    }

    // Some get well then; others stay as they are, and primum must come to an end with them.
    void calm() {
        at_ = timeline_.calm;
        for (std::uint32_t i = 0; i < plot_.rules->targets.size(); ++i) {
            if (!rng_.one_in(3)) {
                add(DeedKind::recovers, i);
            }
        }
    }

    const SimPlot& plot_;
    SimRng rng_;
    Timeline timeline_;
    Duration at_{0};
};

}  // namespace

std::optional<Timeline> mixed_timeline(const SimPlot& plot) {
    if (plot.rules->targets.empty()) {
        return std::nullopt;
    }
    return Author{plot}.write();
}

Duration settling_time(const RuleSet& rules) {
    Duration longest{hours{1}};
    for (const TargetRule& target : rules.targets) {
        Duration sum = target.warm_up + target.soak + target.relapse;
        for (const RungRule& rung : target.rungs) {
            Duration once = rung.dwell + rung.max_wait;
            Duration attempt = rung.max_plan_age + rung.settle + rung.verify +
                               std::max(rung.cooldown.max, rung.cooldown.initial) + rung.max_wait +
                               target.soak + target.relapse;
            for (const RemedyRule& remedy : rung.remedies) {
                once += 2 * remedy.timeout + minutes{1};
            }
            sum += once + static_cast<std::int64_t>(rung.attempts) * attempt;
        }
        longest = std::max(longest, sum);
    }
    return 2 * longest + hours{1};
}

}  // namespace primum::replay

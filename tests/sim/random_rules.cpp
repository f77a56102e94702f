// SPDX-License-Identifier: MIT
#include "sim/random_rules.hpp"

#include "replay/sim_rng.hpp"

#include <algorithm>
#include <string>

namespace primum::sim {
namespace {

using replay::SimRng;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t draw_shape = 30;
constexpr std::uint64_t draw_numbers = 31;

std::optional<Threshold> above(double value) {
    Threshold threshold;
    threshold.above = value;
    return threshold;
}

std::optional<Threshold> below(double value) {
    Threshold threshold;
    threshold.below = value;
    return threshold;
}

IndicatorRule unit_indicator() {
    IndicatorRule rule;
    rule.name = "unit";
    rule.kind = ValueKind::unit_state;
    rule.trip = {1, 1, Duration{0}};
    return rule;
}

IndicatorRule gauge_indicator(std::uint32_t source, Duration interval) {
    IndicatorRule rule;
    rule.name = "load";
    rule.source = source;
    rule.kind = ValueKind::gauge;
    rule.selectors = {"load"};
    rule.thresholds[static_cast<std::size_t>(Severity::warning)] = above(10);
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = above(20);
    rule.thresholds[static_cast<std::size_t>(Severity::critical)] = above(40);
    rule.trip = {2, 3, Duration{0}};
    rule.clear = {2, 2, Duration{0}};
    rule.stale_after = 3 * interval;
    return rule;
}

IndicatorRule ratio_indicator(std::uint32_t source, Duration interval) {
    IndicatorRule rule = gauge_indicator(source, interval);
    rule.name = "errors";
    rule.kind = ValueKind::ratio;
    rule.reduce = Reduce::sum;
    rule.selectors = {"failed", "all"};
    rule.over = 2 * interval;
    rule.min_count = 5;
    rule.thresholds = {};
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = above(0.1);
    rule.thresholds[static_cast<std::size_t>(Severity::critical)] = above(0.5);
    return rule;
}

IndicatorRule up_indicator(std::uint32_t source, Duration interval) {
    IndicatorRule rule = gauge_indicator(source, interval);
    rule.name = "up";
    rule.selectors = {"up"};
    rule.thresholds = {};
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = below(1);
    rule.trip = {0, 0, interval};
    return rule;
}

// The kinds that a level may have, and how each is undone.
RemedyRule remedy_at(Level level, SimRng& rng) {
    RemedyRule remedy;
    switch (level) {
        case Level::retry:
            remedy.kind = rng.pick({RemedyKind::reload, RemedyKind::reload, RemedyKind::exec});
            remedy.way_back = remedy.kind == RemedyKind::exec ? WayBack::call : WayBack::none;
            break;
        case Level::failover:
            remedy.kind = RemedyKind::failover;
            remedy.way_back = WayBack::files;
            break;
        case Level::restart:
            remedy.kind = RemedyKind::restart;
            break;
        default:
            remedy.kind = RemedyKind::config_fallback;
            remedy.way_back = WayBack::files;
            break;
    }
    remedy.timeout = seconds{rng.between(30, 60)};
    return remedy;
}

// Draws the ladder of one target; `shape` says what there is, `numbers` how it is set.
void draw_ladder(TargetRule& target, SimRng& shape, SimRng& numbers, const std::string& variant) {
    for (const Level level : {Level::retry, Level::failover, Level::restart, Level::fallback}) {
        RungRule& rung = target.rungs[index_of(level)];
        rung.named = level == Level::restart || shape.one_in(2);
        const std::uint32_t remedies = shape.one_in(5) ? 2 : 1;
        if (!rung.named) {
            continue;
        }
        rung.when = shape.pick({Severity::warning, Severity::error, Severity::critical});
        rung.indicators = shape.one_in(3) ? 2 : 1;
        rung.dwell = seconds{numbers.between(0, 30)};
        for (std::uint32_t i = 0; i < remedies; ++i) {
            RemedyRule remedy = remedy_at(level, shape);
            remedy.plan_digest =
                target.name + '/' + std::string{name_of(level)} + '/' + std::to_string(i) + variant;
            rung.remedies.push_back(std::move(remedy));
        }
        rung.attempts = static_cast<std::uint32_t>(numbers.between(1, 3));
        rung.settle = seconds{numbers.between(0, 10)};
        rung.verify = seconds{numbers.between(60, 120)};
        rung.cooldown = {seconds{numbers.between(0, 180)},
                         static_cast<double>(numbers.between(1, 3)),
                         minutes{numbers.between(3, 10)}};
        rung.max_blast_radius = static_cast<std::uint32_t>(numbers.between(0, 2));
        rung.max_plan_age = seconds{numbers.between(1, 30)};
        rung.max_wait = minutes{numbers.between(5, 40)};
    }
    if (shape.one_in(3)) {
        RungRule& observe = target.rungs[index_of(Level::observe)];
        observe.named = true;
        observe.when = Severity::warning;
        observe.dwell = seconds{numbers.between(0, 20)};
    }
}

TargetRule draw_target(std::uint32_t number, SimRng& shape, SimRng& numbers, bool changed) {
    TargetRule target;
    target.name = "t" + std::to_string(number);
    target.unit = shape.one_in(8) ? "" : shape.pick({"a.service", "b.service", "c.service"});
    const std::string variant = changed ? "/changed" : "";
    target.digest = target.name + variant;
    target.mode = shape.one_in(8) ? Mode::dry_run : Mode::enforce;
    target.enforce_up_to =
        shape.pick({Level::fallback, Level::fallback, Level::restart, Level::retry});
    if (number > 0 && shape.one_in(4)) {
        target.depends_on = {"t0"};
    }
    target.warm_up = seconds{numbers.between(0, 120)};
    target.soak = seconds{numbers.between(0, 120)};
    target.relapse = minutes{numbers.between(1, 20)};
    if (shape.one_in(2)) {
        target.budget = Budget{static_cast<std::uint32_t>(numbers.between(1, 4)),
                               minutes{numbers.between(5, 60)}};
    }
    const Duration interval = seconds{10};
    if (!target.unit.empty()) {
        target.indicators.push_back(unit_indicator());
    }
    if (target.unit.empty() || !shape.one_in(6)) {
        target.indicators.push_back(gauge_indicator(shape.one_in(3) ? 1 : 0, interval));
    }
    if (shape.one_in(2)) {
        target.indicators.push_back(ratio_indicator(0, interval));
    }
    if (shape.one_in(3)) {
        target.indicators.push_back(up_indicator(1, interval));
    }
    draw_ladder(target, shape, numbers, variant);
    return target;
}

std::vector<SourceRule> two_sources() {
    std::vector<SourceRule> sources(2);
    sources[0].name = "m0";
    sources[1].name = "m1";
    for (SourceRule& source : sources) {
        source.interval = seconds{10};
        source.digest = source.name;
    }
    return sources;
}

CandidateRule candidate(const std::string& name, std::uint32_t source, bool has_rate_limit) {
    CandidateRule rule;
    rule.name = name;
    rule.points_to = "/etc/" + name;
    rule.indicator = gauge_indicator(source, seconds{10});
    rule.indicator->name = name;
    if (has_rate_limit) {
        rule.rate_limit = up_indicator(source, seconds{10});
        rule.rate_limit->name = name;
    }
    return rule;
}

ProviderRule provider(const std::string& name, std::uint32_t candidates, Duration failback_after) {
    ProviderRule rule;
    rule.name = name;
    rule.pointer = {PointerForm::symlink, "/etc/" + name, ""};
    for (std::uint32_t i = 0; i < candidates; ++i) {
        rule.candidates.push_back(candidate("c" + std::to_string(i), i % 2, i == 1));
    }
    rule.failback_after = failback_after;
    rule.digest = name;
    return rule;
}

void use_provider(TargetRule& target, const std::string& name) {
    for (RemedyRule& remedy : target.rungs[index_of(Level::failover)].remedies) {
        remedy.plan = FailoverPlan{name, Then::reload};
    }
}

// Half of the worlds have one; a target's failover uses it or is none of a provider.
void draw_provider(RuleSet& rules, std::uint64_t seed, std::uint32_t variant) {
    SimRng shape = SimRng::of(seed, draw_shape, 1'000);
    SimRng numbers = SimRng::of(seed, draw_numbers, variant + 2'000);
    if (shape.one_in(2)) {
        return;
    }
    const auto candidates = static_cast<std::uint32_t>(shape.between(1, 4));
    ProviderRule rule = provider("p0", candidates, minutes{shape.between(2, 30)});
    if (shape.one_in(6)) {
        rule.failback_after.reset();
    }
    if (shape.one_in(4)) {
        rule.candidates.back().indicator.reset();
    }
    for (TargetRule& target : rules.targets) {
        if (!shape.one_in(4)) {
            use_provider(target, "p0");
        }
    }
    if (variant > 0 && numbers.one_in(2)) {
        rule.failback_after = minutes{numbers.between(2, 30)};
        rule.digest += "/changed-" + std::to_string(variant);
    }
    rules.providers.push_back(std::move(rule));
}

}  // namespace

std::shared_ptr<const RuleSet> random_rules(std::uint64_t seed, std::uint32_t variant) {
    SimRng shape = SimRng::of(seed, draw_shape);
    SimRng numbers = SimRng::of(seed, draw_numbers, variant);
    SimRng changes = SimRng::of(seed, draw_numbers, variant + 1'000);
    auto rules = std::make_shared<RuleSet>();
    rules->digest = "sim-" + std::to_string(seed) + '-' + std::to_string(variant);
    rules->sources = two_sources();
    DecisionSettings& settings = rules->settings;
    settings.mode = shape.one_in(12) ? Mode::dry_run : Mode::enforce;
    settings.in_flight = shape.one_in(3) ? 2 : 1;
    settings.host = {static_cast<std::uint32_t>(shape.between(2, 8)),
                     minutes{shape.between(10, 60)}};
    if (shape.one_in(2)) {
        settings.per_level[index_of(Level::restart)] =
            Budget{static_cast<std::uint32_t>(shape.between(1, 4)), minutes{30}};
    }
    const auto targets = static_cast<std::uint32_t>(shape.between(1, 5));
    for (std::uint32_t i = 0; i < targets; ++i) {
        SimRng of_target = SimRng::of(seed, draw_shape, i + 1);
        const bool changed = variant > 0 && changes.one_in(2);
        SimRng same = SimRng::of(seed, draw_numbers, 0);
        rules->targets.push_back(draw_target(i, of_target, changed ? numbers : same, changed));
    }
    draw_provider(*rules, seed, variant);
    return rules;
}

std::shared_ptr<const RuleSet> careful_rules() {
    auto rules = std::make_shared<RuleSet>();
    rules->digest = "careful";
    rules->sources = two_sources();
    rules->settings.mode = Mode::enforce;
    SimRng rng{1};
    for (const char* name : {"cache", "gateway", "indexer", "mailer", "worker"}) {
        TargetRule target;
        target.name = name;
        target.unit = std::string{name} + ".service";
        target.digest = name;
        target.mode = Mode::enforce;
        target.enforce_up_to = Level::fallback;
        target.budget = Budget{6, hours{2}};
        target.indicators = {
            unit_indicator(), gauge_indicator(0, seconds{10}), ratio_indicator(1, seconds{10})};
        for (const Level level : {Level::retry, Level::failover, Level::restart, Level::fallback}) {
            RungRule& rung = target.rungs[index_of(level)];
            rung.named = true;
            rung.when = level >= Level::restart ? Severity::critical : Severity::error;
            rung.indicators = level >= Level::restart ? 2 : 1;
            rung.remedies = {remedy_at(level, rng)};
            rung.remedies.front().kind =
                level == Level::retry ? RemedyKind::reload : rung.remedies.front().kind;
            rung.remedies.front().way_back =
                level == Level::retry ? WayBack::none : rung.remedies.front().way_back;
            rung.remedies.front().plan_digest = target.name + '/' + std::string{name_of(level)};
            rung.attempts = level == Level::fallback ? 3 : 1;
        }
        rules->providers.push_back(provider(target.name + "-upstream", 3, minutes{30}));
        use_provider(target, rules->providers.back().name);
        rules->targets.push_back(std::move(target));
    }
    return rules;
}

std::shared_ptr<const RuleSet> fallback_rules() {
    auto rules = std::make_shared<RuleSet>(*careful_rules());
    rules->digest = "fallback";
    rules->targets.resize(1);
    for (const Level level : {Level::retry, Level::failover, Level::restart}) {
        rules->targets.front().rungs[index_of(level)] = RungRule{};
    }
    return rules;
}

}  // namespace primum::sim

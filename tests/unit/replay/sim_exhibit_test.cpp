// SPDX-License-Identifier: MIT
#include "replay/sim_exhibit.hpp"

#include <primum/engine.hpp>

#include <gtest/gtest.h>

namespace primum::replay {
namespace {

IndicatorRule rule_with(ValueKind kind, double warning, double error, double critical) {
    IndicatorRule rule;
    rule.name = "shown";
    rule.kind = kind;
    rule.over = std::chrono::minutes{1};
    rule.quantile = 0.9;
    rule.trip = {1, 1, Duration{0}};
    rule.clear = {1, 1, Duration{0}};
    rule.stale_after = std::chrono::minutes{1};
    rule.reduce = kind == ValueKind::gauge ? Reduce::worst : Reduce::sum;
    const auto set = [&](Severity severity, double above) {
        Threshold threshold;
        threshold.above = above;
        rule.thresholds[static_cast<std::size_t>(severity)] = threshold;
    };
    set(Severity::warning, warning);
    set(Severity::error, error);
    set(Severity::critical, critical);
    return rule;
}

// What the engine confirms when the channels of one indicator have shown a severity for a while.
Severity confirmed(const IndicatorRule& indicator, Severity severity) {
    RuleSet rules;
    rules.digest = "one";
    rules.sources.resize(1);
    rules.sources[0].name = "m";
    rules.sources[0].interval = std::chrono::seconds{10};
    rules.targets.resize(1);
    rules.targets[0].name = "t";
    rules.targets[0].indicators = {indicator};
    const SimExhibit exhibit = make_exhibit(rules);
    Engine engine;
    Stamp now;
    static_cast<void>(engine.advance({now, RestoreEvent{}}));
    static_cast<void>(engine.advance({now, RulesEvent{"one", "", exhibit.rules}}));
    SamplesEvent samples;
    samples.source = "m";
    for (const SeriesEvent& declared : exhibit.sources[0].declarations) {
        static_cast<void>(engine.advance({now, declared}));
        samples.values.push_back({declared.id, 0});
    }
    for (int i = 0; i < 20; ++i) {
        now.t += std::chrono::seconds{10};
        for (std::size_t c = 0; c < samples.values.size(); ++c) {
            const SimChannel& channel = exhibit.sources[0].channels[c];
            const double told = channel.by_severity[static_cast<std::size_t>(severity)];
            double& value = samples.values[c].value;
            value = channel.kind == SimChannel::Kind::level ? told : value + told;
        }
        static_cast<void>(engine.advance({now, samples}));
    }
    return engine.explain("t")->evidence.front().evidence.severity;
}

class SimExhibitTest : public testing::TestWithParam<ValueKind> {};

TEST_P(SimExhibitTest, EverySeverityIsShownAsWhatItIs) {
    const IndicatorRule rule = rule_with(GetParam(), 0.1, 0.3, 0.6);
    for (const Severity severity :
         {Severity::ok, Severity::warning, Severity::error, Severity::critical}) {
        EXPECT_EQ(confirmed(rule, severity), severity) << name_of(severity);
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         SimExhibitTest,
                         testing::Values(ValueKind::gauge,
                                         ValueKind::rate,
                                         ValueKind::increase,
                                         ValueKind::ratio,
                                         ValueKind::quantile),
                         [](const auto& tested) { return std::string{name_of(tested.param)}; });

TEST(SimExhibitValueTest, BelowIsShownBelow) {
    IndicatorRule rule;
    Threshold threshold;
    threshold.below = 1;
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = threshold;
    EXPECT_GT(value_at(rule, Severity::ok), 1);
    EXPECT_LT(value_at(rule, Severity::error), 1);
    EXPECT_LT(value_at(rule, Severity::critical), 1);
    EXPECT_GT(value_at(rule, Severity::warning), 1) << "no threshold says warning";
}

TEST(SimExhibitValueTest, ClearThresholdsAreHeldToo) {
    IndicatorRule rule;
    Threshold threshold;
    threshold.above = 10;
    threshold.clear_below = 4;
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = threshold;
    EXPECT_LT(value_at(rule, Severity::ok), 4);
}

TEST(SimExhibitValueTest, BaselinesAreLeftFarEnough) {
    IndicatorRule rule;
    rule.baseline = BaselineRule{};
    Threshold threshold;
    threshold.above_baseline = 4;
    threshold.by_at_least = 50;
    rule.thresholds[static_cast<std::size_t>(Severity::warning)] = threshold;
    EXPECT_GT(value_at(rule, Severity::warning), value_at(rule, Severity::ok) + 50);
}

}  // namespace
}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "core/indicator.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace primum::core {
namespace {

using namespace test;

IndicatorRule immediate(ValueKind kind) {
    IndicatorRule rule = gauge_indicator();
    rule.kind = kind;
    rule.over = 60s;
    rule.trip = {1, 1, Duration{0}};
    rule.clear = {1, 1, Duration{0}};
    return rule;
}

std::size_t bind(IndicatorState& state, std::size_t role) {
    return *state.bind(role, {"queue", {}});
}

void collect(IndicatorState& state,
             Duration when,
             const std::vector<std::pair<std::size_t, double>>& values) {
    state.begin_collection();
    for (const auto& [slot, value] : values) {
        state.feed(slot, at(when), value);
    }
    state.evaluate(stamp(when), false);
}

TEST(IndicatorTest, AGaugeTakesTheWorstOfItsSeries) {
    const IndicatorRule rule = immediate(ValueKind::gauge);
    IndicatorState state{rule, 100};
    const std::size_t first = bind(state, 0);
    const std::size_t second = bind(state, 0);
    collect(state, 0s, {{first, 1}, {second, 50}});
    EXPECT_EQ(state.severity(), Severity::error);
    EXPECT_EQ(state.evidence().value, "50");
}

TEST(IndicatorTest, NaNIsNoEvidence) {
    const IndicatorRule rule = immediate(ValueKind::gauge);
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    collect(state, 0s, {{slot, std::numeric_limits<double>::quiet_NaN()}});
    EXPECT_EQ(state.severity(), Severity::unknown);
    EXPECT_FALSE(state.last_known().has_value());
}

TEST(IndicatorTest, AVanishedSeriesIsNoZero) {
    IndicatorRule rule = immediate(ValueKind::gauge);
    Threshold below;
    below.below = 1;
    rule.thresholds[static_cast<std::size_t>(Severity::critical)] = below;
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    collect(state, 0s, {{slot, 5}});
    collect(state, 5s, {});
    EXPECT_EQ(state.severity(), Severity::ok);
}

TEST(IndicatorTest, NothingKnownForTooLongBecomesUnknown) {
    const IndicatorRule rule = immediate(ValueKind::gauge);
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    collect(state, 0s, {{slot, 50}});
    EXPECT_EQ(state.expire(at(14s)), at(15s));
    EXPECT_EQ(state.severity(), Severity::error);
    EXPECT_FALSE(state.expire(at(15s)).has_value());
    EXPECT_EQ(state.severity(), Severity::unknown);
}

TEST(IndicatorTest, ARatioNeedsItsMinimumCount) {
    IndicatorRule rule = immediate(ValueKind::ratio);
    rule.min_count = 20;
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = above(0.05);
    IndicatorState state{rule, 100};
    const std::size_t bad = bind(state, 0);
    const std::size_t all = bind(state, 1);
    collect(state, 0s, {{bad, 0}, {all, 0}});
    collect(state, 5s, {{bad, 19}, {all, 19}});
    EXPECT_EQ(state.severity(), Severity::unknown);
    collect(state, 10s, {{bad, 20}, {all, 20}});
    EXPECT_EQ(state.severity(), Severity::error);
    EXPECT_EQ(state.evidence().value, "1");
}

TEST(IndicatorTest, AnAbsentNumeratorCountsAsNone) {
    IndicatorRule rule = immediate(ValueKind::ratio);
    IndicatorState state{rule, 100};
    const std::size_t all = bind(state, 1);
    collect(state, 0s, {{all, 0}});
    collect(state, 5s, {{all, 40}});
    EXPECT_EQ(state.severity(), Severity::ok);
    EXPECT_EQ(state.evidence().value, "0");
}

TEST(IndicatorTest, ARateIsPerSecondAndSurvivesAReset) {
    IndicatorRule rule = immediate(ValueKind::rate);
    rule.reduce = Reduce::sum;
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    collect(state, 0s, {{slot, 1000}});
    collect(state, 10s, {{slot, 20}});
    EXPECT_EQ(state.evidence().value, "2");
    EXPECT_EQ(state.severity(), Severity::ok);
}

TEST(IndicatorTest, AUnitIsJudgedAtOnceWithoutFor) {
    const IndicatorRule rule = unit_indicator();
    IndicatorState state{rule, 100};
    state.judge_unit(at(0s), Severity::critical, "failed", "signal");
    EXPECT_EQ(state.severity(), Severity::critical);
    state.judge_unit(at(1s), Severity::unknown, "activating", "it is changing");
    EXPECT_EQ(state.severity(), Severity::unknown);
}

TEST(IndicatorTest, AUnitsForIsWaitedOut) {
    IndicatorRule rule = unit_indicator();
    rule.trip.duration = 10s;
    IndicatorState state{rule, 100};
    state.judge_unit(at(0s), Severity::ok, "active", "");
    state.judge_unit(at(5s), Severity::critical, "failed", "signal");
    EXPECT_EQ(state.severity(), Severity::ok);
    EXPECT_EQ(state.settle_unit(at(14s)), at(15s));
    EXPECT_FALSE(state.settle_unit(at(15s)).has_value());
    EXPECT_EQ(state.severity(), Severity::critical);
}

}  // namespace
}  // namespace primum::core

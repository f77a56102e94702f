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

IndicatorRule learning(std::uint32_t min_samples = 20) {
    IndicatorRule rule = immediate(ValueKind::gauge);
    rule.baseline = BaselineRule{min_samples, 1h, Season::none};
    Threshold threshold;
    threshold.above_baseline = 4;
    threshold.by_at_least = 1;
    rule.thresholds.fill(std::nullopt);
    rule.thresholds[static_cast<std::size_t>(Severity::warning)] = threshold;
    return rule;
}

// So many collections, 5 s apart, of values that go round 10, 11, 12; gives when the last was.
Duration teach(IndicatorState& state, std::size_t slot, Duration from, int count, bool learns) {
    for (int i = 0; i < count; ++i) {
        state.begin_collection();
        state.feed(slot, at(from + 5s * i), 10 + i % 3);
        state.evaluate(stamp(from + 5s * i), learns);
    }
    return from + 5s * (count - 1);
}

void show(IndicatorState& state, std::size_t slot, Duration when, double value, bool learns) {
    state.begin_collection();
    state.feed(slot, at(when), value);
    state.evaluate(stamp(when), learns);
}

TEST(IndicatorBaselineTest, WhileItLearnsItIsUnknownAndSaysSo) {
    const IndicatorRule rule = learning();
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    teach(state, slot, 0s, 19, true);
    EXPECT_EQ(state.severity(), Severity::unknown);
    EXPECT_FALSE(state.last_known().has_value());
    EXPECT_EQ(state.evidence().value, "10");
    EXPECT_EQ(state.evidence().why, "learning what is normal: 19 of 20 samples");
    teach(state, slot, 95s, 2, true);
    EXPECT_EQ(state.severity(), Severity::ok);
}

TEST(IndicatorBaselineTest, SaysHowFarFromNormal) {
    const IndicatorRule rule = learning();
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    teach(state, slot, 0s, 30, true);
    show(state, slot, 150s, 21, true);
    EXPECT_EQ(state.severity(), Severity::warning);
    EXPECT_EQ(state.evidence().why, "6.7 deviations above normal 11 (by 10) in 1 of 1");
    EXPECT_EQ(state.baseline_text(), "normal 11 ± 1.483 (30 samples)");
    show(state, slot, 155s, 16, true);
    EXPECT_EQ(state.severity(), Severity::ok);
}

TEST(IndicatorBaselineTest, WithAnAbsoluteThresholdItJudgesByThatMeanwhile) {
    IndicatorRule rule = learning();
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = above(100);
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    show(state, slot, 0s, 10, true);
    EXPECT_EQ(state.severity(), Severity::ok);
    show(state, slot, 5s, 101, true);
    EXPECT_EQ(state.severity(), Severity::error);
    EXPECT_EQ(state.evidence().why, "above 100 in 1 of 1");
}

TEST(IndicatorBaselineTest, LearnsNothingWhileItsTargetIsIll) {
    const IndicatorRule rule = learning();
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    teach(state, slot, 0s, 100, false);
    EXPECT_EQ(state.baseline()->samples(), 0U);
    EXPECT_EQ(state.severity(), Severity::unknown);
}

TEST(IndicatorBaselineTest, NeverLearnsWhatItCallsIll) {
    const IndicatorRule rule = learning();
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    Duration now = teach(state, slot, 0s, 30, true);
    for (int i = 0; i < 5'000; ++i) {
        now += 5s;
        show(state, slot, now, 50, true);
        ASSERT_EQ(state.severity(), Severity::warning);
    }
    EXPECT_EQ(state.baseline()->samples(), 30U);
}

TEST(IndicatorBaselineTest, IsKeptHourlyAndOnlyWhenSomethingWasLearnt) {
    const IndicatorRule rule = learning();
    IndicatorState state{rule, 100, 40min};
    const std::size_t slot = bind(state, 0);
    int kept = 0;
    Duration last{0};
    for (Duration now = 0s; now < 5h; now += 5s) {
        show(state, slot, now, 10, true);
        if (state.take_lesson(at(now))) {
            EXPECT_GE(now - last, kept == 0 ? 45min : 1h);
            last = now;
            ++kept;
        }
    }
    EXPECT_EQ(kept, 5);
    EXPECT_EQ(last, 4h + 45min + 20s);
    show(state, slot, 6h, 10, false);
    EXPECT_TRUE(state.take_lesson(at(6h)));
    show(state, slot, 8h, 10, false);
    EXPECT_FALSE(state.take_lesson(at(10h)));
}

TEST(IndicatorBaselineTest, AnAgeWhoseBeginningNobodySawIsNotLearnt) {
    IndicatorRule rule = learning();
    rule.kind = ValueKind::age;
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    show(state, slot, 0s, 1, true);
    show(state, slot, 5s, 1, true);
    EXPECT_EQ(state.baseline()->samples(), 0U);
    show(state, slot, 10s, 2, true);
    EXPECT_EQ(state.baseline()->samples(), 1U);
}

TEST(IndicatorTest, AnAgeThatIsOnlyAtLeastIsEnoughForIllnessNotForHealth) {
    const IndicatorRule rule = immediate(ValueKind::age);  // error above 10
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    collect(state, 0s, {{slot, 5}});
    collect(state, 5s, {{slot, 5}});
    EXPECT_EQ(state.severity(), Severity::unknown);
    collect(state, 11s, {{slot, 5}});
    EXPECT_EQ(state.severity(), Severity::error);
}

TEST(IndicatorTest, OnBothSidesTheWorstEndCounts) {
    IndicatorRule rule = immediate(ValueKind::gauge);  // error above 10
    Threshold below;
    below.below = 1;
    rule.thresholds[static_cast<std::size_t>(Severity::critical)] = below;
    IndicatorState state{rule, 100};
    const std::size_t first = bind(state, 0);
    const std::size_t second = bind(state, 0);
    collect(state, 0s, {{first, 0}, {second, 50}});
    EXPECT_EQ(state.severity(), Severity::critical);
    EXPECT_EQ(state.evidence().value, "0");
    collect(state, 5s, {{first, 5}, {second, 50}});
    EXPECT_EQ(state.severity(), Severity::error);
    EXPECT_EQ(state.evidence().value, "50");
}

TEST(IndicatorTest, NewsIsToldOnce) {
    const IndicatorRule rule = immediate(ValueKind::gauge);
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    EXPECT_FALSE(state.take_news());
    collect(state, 0s, {{slot, 5}});
    EXPECT_EQ(state.take_news(), Severity::unknown);
    EXPECT_FALSE(state.take_news());
}

TEST(IndicatorTest, AsksForOneLookAtATime) {
    const IndicatorRule rule = immediate(ValueKind::gauge);  // stale after 15 s
    IndicatorState state{rule, 100};
    const std::size_t slot = bind(state, 0);
    EXPECT_FALSE(state.next_look(at(0s)));
    collect(state, 0s, {{slot, 5}});
    EXPECT_EQ(state.next_look(at(0s)), at(15s));
    collect(state, 10s, {{slot, 5}});
    EXPECT_FALSE(state.next_look(at(10s)));
    EXPECT_EQ(state.look(at(15s)), at(25s));
    EXPECT_FALSE(state.look(at(25s)));
    EXPECT_EQ(state.severity(), Severity::unknown);
}

}  // namespace
}  // namespace primum::core

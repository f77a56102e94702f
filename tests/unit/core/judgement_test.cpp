// SPDX-License-Identifier: MIT
#include "core/judgement.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace primum::core {
namespace {

using namespace test;

TEST(JudgeTest, AValueAtTheThresholdHasNotCrossedIt) {
    std::array<std::optional<Threshold>, severity_count> thresholds;
    Threshold threshold = above(10);
    threshold.clear_below = 7;
    thresholds[static_cast<std::size_t>(Severity::error)] = threshold;
    EXPECT_EQ(judge(10, thresholds).crossed, Severity::ok);
    EXPECT_EQ(judge(10.1, thresholds).crossed, Severity::error);
    EXPECT_EQ(judge(7, thresholds).uncleared, Severity::error);
    EXPECT_EQ(judge(6.9, thresholds).uncleared, Severity::ok);
}

TEST(JudgeTest, BelowCountsDownwards) {
    std::array<std::optional<Threshold>, severity_count> thresholds;
    Threshold threshold;
    threshold.below = 1;
    thresholds[static_cast<std::size_t>(Severity::critical)] = threshold;
    EXPECT_EQ(judge(0, thresholds).crossed, Severity::critical);
    EXPECT_EQ(judge(1, thresholds).crossed, Severity::ok);
}

Thresholds from_normal(double count, double by_at_least) {
    Thresholds thresholds;
    Threshold threshold;
    threshold.above_baseline = count;
    threshold.by_at_least = by_at_least;
    thresholds[static_cast<std::size_t>(Severity::warning)] = threshold;
    return thresholds;
}

TEST(JudgeTest, ABaselineThresholdNeedsBothDistances) {
    const Normal normal{1, 0.1};
    const Thresholds many = from_normal(4, 0.01);
    EXPECT_EQ(judge(1.4, many, &normal).crossed, Severity::ok);
    EXPECT_EQ(judge(1.41, many, &normal).crossed, Severity::warning);
    const Thresholds far = from_normal(4, 2);
    EXPECT_EQ(judge(2.9, far, &normal).crossed, Severity::ok);
    EXPECT_EQ(judge(3.1, far, &normal).crossed, Severity::warning);
}

TEST(JudgeTest, AValueNotAboveTheBaselineThresholdIsClear) {
    const Normal normal{1, 0.1};
    EXPECT_EQ(judge(1.4, from_normal(4, 0.01), &normal).uncleared, Severity::ok);
    EXPECT_EQ(judge(1.5, from_normal(4, 0.01), &normal).uncleared, Severity::warning);
}

TEST(JudgeTest, BelowTheBaselineCountsDownwards) {
    const Normal normal{1, 0.1};
    Thresholds thresholds;
    Threshold threshold;
    threshold.below_baseline = 4;
    threshold.by_at_least = 0.01;
    thresholds[static_cast<std::size_t>(Severity::error)] = threshold;
    EXPECT_EQ(judge(0.5, thresholds, &normal).crossed, Severity::error);
    EXPECT_EQ(judge(1.5, thresholds, &normal).crossed, Severity::ok);
}

TEST(JudgeTest, WithoutANormalABaselineThresholdIsNotCrossed) {
    EXPECT_EQ(judge(1e308, from_normal(4, 0.01)).crossed, Severity::ok);
}

TEST(DeviationsTest, AreInfiniteWhereNothingEverMoved) {
    EXPECT_EQ(deviations(1.5, {1, 0.25}), 2);
    EXPECT_EQ(deviations(0.5, {1, 0.25}), -2);
    EXPECT_TRUE(std::isinf(deviations(2, {1, 0})));
    EXPECT_EQ(deviations(1, {1, 0}), 0);
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/recovering.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace primum::core {
namespace {

using namespace test;

class TrendTest : public testing::Test {
protected:
    void add(std::initializer_list<double> values) {
        for (const double value : values) {
            trend.add(rule, value, value > 10 || value < lowest);
        }
    }

    IndicatorRule rule = gauge_indicator();  // ill above 10
    double lowest = -1e9;                    // ill below
    Trend trend;
};

TEST_F(TrendTest, FallingThreeTimesInARowIsRecovering) {
    add({100, 100, 90, 80});
    EXPECT_FALSE(trend.recovering());
    add({70});
    EXPECT_TRUE(trend.recovering());
    EXPECT_TRUE(trend.turned());
    add({60});
    EXPECT_TRUE(trend.recovering());
    EXPECT_FALSE(trend.turned());
}

TEST_F(TrendTest, WhatWasBeforeTheIllnessSaysNothing) {
    for (int i = 0; i < 100; ++i) {
        add({1});
    }
    add({100, 100, 90, 80, 70});
    EXPECT_TRUE(trend.recovering());
}

TEST_F(TrendTest, RisingOrStayingIsNot) {
    add({50, 50, 50, 50, 50, 50});
    EXPECT_FALSE(trend.recovering());
    add({60, 70, 80, 90, 100});
    EXPECT_FALSE(trend.recovering());
}

TEST_F(TrendTest, TheFirstStepBackEndsIt) {
    add({100, 100, 80, 60, 40});
    ASSERT_TRUE(trend.recovering());
    add({80});
    EXPECT_FALSE(trend.recovering());
    EXPECT_TRUE(trend.turned());
}

TEST_F(TrendTest, AValueThatHasComeBackGoesOnRecoveringWhileItClears) {
    add({100, 100, 100, 100, 0, 0, 0});
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(trend.recovering()) << i;
        add({0});
    }
}

TEST_F(TrendTest, IllnessBelowIsTurnedRound) {
    Threshold below;
    below.below = 1;
    rule.thresholds = {};
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = below;
    lowest = 1;
    add({0, 0, 0.2, 0.4, 0.6});
    EXPECT_TRUE(trend.recovering());
}

TEST_F(TrendTest, WithThresholdsOnBothSidesItComesBackFromWhereItWas) {
    rule.thresholds[static_cast<std::size_t>(Severity::error)]->below = -10;
    lowest = -10;
    add({0, 1, 2, 3});
    EXPECT_FALSE(trend.recovering()) << "never ill";
    add({-100, -80, -60, -40, -8});
    EXPECT_TRUE(trend.recovering());
    add({100});
    EXPECT_FALSE(trend.recovering()) << "to the other side";
    add({90, 80, 70});
    EXPECT_TRUE(trend.recovering());
}

TEST_F(TrendTest, NumbersThatAreNoneBeginAnew) {
    add({100, 100, 80, 60, 40});
    ASSERT_TRUE(trend.recovering());
    add({std::numeric_limits<double>::infinity()});
    EXPECT_FALSE(trend.recovering());
    add({1e308, -1e308, 1e308, -1e308});
    EXPECT_FALSE(trend.recovering());
    add({100, 100, 80, 60, 40, 20});
    EXPECT_TRUE(trend.recovering());
}

// Noise looks like recovering now and then, never for long.
TEST_F(TrendTest, NoiseDoesNotHoldBackForEver) {
    std::uint64_t state = 88172645463325252U;  // xorshift, Marsaglia 2003
    int recovering = 0;
    int longest = 0;
    int run = 0;
    constexpr int rounds = 100'000;
    for (int i = 0; i < rounds; ++i) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        trend.add(rule, 50 + static_cast<double>(state % 1000) / 50, true);
        run = trend.recovering() ? run + 1 : 0;
        recovering += trend.recovering() ? 1 : 0;
        longest = std::max(longest, run);
    }
    EXPECT_LT(recovering, rounds / 8);
    EXPECT_LE(longest, 10);
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/recent_values.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace primum::core {
namespace {

using namespace test;

// Evenly scattered over 0..1.
class Noise {
public:
    double next() {
        state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        return static_cast<double>(state_ >> 11U) * 0x1.0p-53;
    }

private:
    std::uint64_t state_ = 42;
};

TEST(RecentValuesTest, GivesMedianAndDeviation) {
    RecentValues values{16, 1h};
    for (const double value : {1.0, 100.0, 2.0, 4.0, 3.0}) {
        EXPECT_TRUE(values.offer(0s, value));
    }
    EXPECT_EQ(values.normal().median, 3);
    EXPECT_NEAR(values.normal().deviation, 1.4826, 1e-12);  // distances 0 1 1 2 97
    values.offer(0s, 5);
    EXPECT_EQ(values.normal().median, 3.5);
}

TEST(RecentValuesTest, ASpreadThatMostValuesLackIsStillOne) {
    RecentValues values{16, 1h};
    for (const double value : {5.0, 5.0, 5.0, 5.0, 7.0}) {
        values.offer(0s, value);
    }
    EXPECT_EQ(values.normal().median, 5);
    EXPECT_NEAR(values.normal().deviation, 1.2533 * 2 / 5, 1e-12);
}

TEST(RecentValuesTest, StaysWithinItsCapacityAndSpreadsOverItsSpan) {
    RecentValues values{64, 10h};
    Noise noise;
    std::size_t kept = 0;
    for (int i = 0; i < 100'000; ++i) {
        kept += values.offer(15s, noise.next()) ? 1 : 0;
    }
    EXPECT_LE(values.size(), 64U);
    EXPECT_NEAR(values.normal().median, 0.5, 0.2);
    EXPECT_NEAR(values.normal().deviation, 1.4826 * 0.25, 0.12);
    // 100,000 x 15 s are 41.7 spans of 64 values each.
    EXPECT_NEAR(static_cast<double>(kept), 41.7 * 64, 0.1 * 41.7 * 64);
    EXPECT_LT(values.size_bytes(), 64 * 9 + 300U);
}

TEST(RecentValuesTest, HalfASpanAfterAChangeTheMedianHasMoved) {
    RecentValues values{64, 10h};
    Noise noise;
    for (int i = 0; i < 10'000; ++i) {
        values.offer(15s, noise.next());
    }
    const int half = 5 * 240;
    for (int i = 0; i < half * 8 / 10; ++i) {
        values.offer(15s, 10 + noise.next());
    }
    EXPECT_LT(values.normal().median, 2);
    for (int i = 0; i < half * 4 / 10; ++i) {
        values.offer(15s, 10 + noise.next());
    }
    EXPECT_GT(values.normal().median, 9);
}

TEST(RecentValuesTest, NoPeriodOfTheDataIsInStepWithIt) {
    RecentValues values{64, 64h};
    for (int i = 0; i < 64 * 240 * 4; ++i) {  // cells of an hour, and a peak in each hour
        values.offer(15s, i % 240 < 12 ? 1 : 0);
    }
    EXPECT_EQ(values.normal().median, 0);
    EXPECT_GT(values.normal().deviation, 0);
    EXPECT_LT(values.normal().deviation, 0.3);
}

TEST(RecentValuesTest, WhatIsNoNumberIsNotKept) {
    RecentValues values{4, 1h};
    EXPECT_FALSE(values.offer(0s, std::nan("")));
    EXPECT_FALSE(values.offer(0s, HUGE_VAL));
    EXPECT_EQ(values.size(), 0U);
}

TEST(RecentValuesTest, GoesOnFromItsText) {
    RecentValues one{32, 2h};
    Noise noise;
    for (int i = 0; i < 5'000; ++i) {
        one.offer(15s, noise.next() * 1e-9 + 1e9);
    }
    std::string text;
    one.save(text);
    RecentValues other{32, 2h};
    ASSERT_TRUE(other.load(text));
    EXPECT_EQ(other.normal().median, one.normal().median);
    EXPECT_EQ(other.normal().deviation, one.normal().deviation);
    for (int i = 0; i < 5'000; ++i) {
        const double value = noise.next();
        ASSERT_EQ(one.offer(15s, value), other.offer(15s, value));
        ASSERT_EQ(one.normal().median, other.normal().median);
    }
}

TEST(RecentValuesTest, RefusesOtherText) {
    RecentValues values{4, 1h};
    for (const char* text : {"",
                             "0",
                             "0 0 0 0 0",
                             "-1 0 0 0 0 0",
                             "0 0 0 0 0 0 x",
                             "0 0 0 0 0 0 nan",
                             "9000000000000000000 0 0 0 0 0",
                             "0 0 0 0 0 5 1 2 3 4 5"}) {
        EXPECT_FALSE(values.load(text)) << text;
    }
    EXPECT_EQ(values.size(), 0U);
    EXPECT_TRUE(values.load("0 0 0 0 0 4 1 2 3 4"));
    EXPECT_EQ(values.normal().median, 2.5);
}

}  // namespace
}  // namespace primum::core

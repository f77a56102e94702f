// SPDX-License-Identifier: MIT
#include "replay/audit_figures.hpp"

#include <gtest/gtest.h>

namespace primum::replay {
namespace {

using std::chrono::seconds;

TEST(AuditFiguresTest, AShareHasItsScoreInterval) {
    // Of 8 of 10: centre (0.8 + 0.19207) / 1.38415 = 0.71674, half 0.22659.
    const Share share{10, 8};
    EXPECT_DOUBLE_EQ(*share.value(), 0.8);
    EXPECT_NEAR(share.low(), 0.49016, 1e-4);
    EXPECT_NEAR(share.high(), 0.94332, 1e-4);
    EXPECT_EQ((Share{0, 0}.value()), std::nullopt);
    EXPECT_DOUBLE_EQ((Share{0, 0}.low()), 0);
    EXPECT_DOUBLE_EQ((Share{0, 0}.high()), 1);
    EXPECT_DOUBLE_EQ((Share{4, 0}.low()), 0);
    EXPECT_DOUBLE_EQ((Share{4, 4}.high()), 1);
}

TEST(AuditFiguresTest, NothingOfNoSpan) {
    EXPECT_EQ(SpreadOf{}.spread(), Spread{});
}

TEST(AuditFiguresTest, TheMedianOfFewHasNoInterval) {
    SpreadOf spans;
    for (const int each : {5, 1, 4, 2}) {
        spans.add(seconds{each});
    }
    const Spread spread = spans.spread();
    EXPECT_EQ(spread.count, 4U);
    EXPECT_EQ(spread.least, seconds{1});
    EXPECT_EQ(spread.median, seconds{2});
    EXPECT_EQ(spread.most, seconds{5});
    EXPECT_FALSE(spread.low);
}

TEST(AuditFiguresTest, TheIntervalOfAMedianIsOfOrderStatistics) {
    SpreadOf ten;
    for (int i = 10; i >= 1; --i) {
        ten.add(seconds{i});
    }
    // P(no more than one of ten coins) = 11/1024 = 1.1 %; no more than two: 5.5 %.
    EXPECT_EQ(ten.spread().low, seconds{2});
    EXPECT_EQ(ten.spread().high, seconds{9});
    EXPECT_EQ(ten.spread().median, seconds{5});
    SpreadOf six;
    for (int i = 1; i <= 6; ++i) {
        six.add(seconds{i});
    }
    EXPECT_EQ(six.spread().low, seconds{1});  // P(none of six) = 1/64 = 1.6 %
    EXPECT_EQ(six.spread().high, seconds{6});
}

TEST(AuditFiguresTest, VeryManyAreThinnedEvenly) {
    SpreadOf spans;
    constexpr int many = 100'000;
    for (int i = 0; i < many; ++i) {
        spans.add(seconds{i});
    }
    const Spread spread = spans.spread();
    EXPECT_TRUE(spread.thinned);
    EXPECT_EQ(spread.count, 100'000U);
    EXPECT_EQ(spread.least, seconds{0});
    EXPECT_EQ(spread.most, seconds{many - 1});
    EXPECT_NEAR(static_cast<double>(spread.median / seconds{1}), many / 2.0, many / 100.0);
    ASSERT_TRUE(spread.low);
    EXPECT_LT(*spread.low, spread.median);
    EXPECT_GT(*spread.high, spread.median);
}

}  // namespace
}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "core/histogram.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace primum::core {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

Histogram histogram(const std::vector<std::pair<double, double>>& buckets) {
    Histogram all;
    for (const auto& [bound, events] : buckets) {
        all.add(all.add_bucket(bound), events);
    }
    return all;
}

TEST(LabelNumberTest, ReadsWhatPrometheusWrites) {
    EXPECT_EQ(label_number("0.5"), 0.5);
    EXPECT_EQ(label_number("1e+06"), 1e6);
    EXPECT_EQ(label_number("+Inf"), infinite);
    EXPECT_EQ(label_number("-1"), -1);
    for (const char* text : {"", "NaN", "x", "1x", "+", " 1"}) {
        EXPECT_FALSE(label_number(text)) << text;
    }
}

// The numbers are those of Prometheus' own documentation and tests of histogram_quantile
// (promql/promqltest/testdata/histograms.test: testhistogram3 and testhistogram).
TEST(HistogramTest, InterpolatesAsPrometheusDoes) {
    Histogram start_positive = histogram({{0.1, 5}, {0.2, 7}, {1e308, 9}, {infinite, 9}});
    EXPECT_NEAR(start_positive.quantile(0), 0, 1e-12);
    EXPECT_NEAR(start_positive.quantile(0.2), 0.036, 1e-12);
    EXPECT_NEAR(start_positive.quantile(0.5), 0.09, 1e-12);
    Histogram positive = histogram({{0.2, 3}, {0.5, 8}, {1, 10}, {infinite, 12}});
    EXPECT_NEAR(positive.quantile(0.5), 0.2 + 0.3 * 3 / 5, 1e-12);
    EXPECT_EQ(positive.quantile(0.99), 1);
    EXPECT_EQ(positive.quantile(1), 1);
}

TEST(HistogramTest, ALowestBoundNotAboveZeroIsTheAnswer) {
    Histogram negative = histogram({{-0.2, 3}, {-0.1, 5}, {0.3, 9}, {infinite, 9}});
    EXPECT_EQ(negative.quantile(0.1), -0.2);
    EXPECT_NEAR(negative.quantile(0.5), -0.2 + 0.1 * 1.5 / 2, 1e-12);
}

TEST(HistogramTest, WithoutTheBucketWithoutABoundNothingIsSaid) {
    EXPECT_FALSE(histogram({{0.1, 5}, {0.2, 7}}).is_whole());
    EXPECT_FALSE(histogram({{infinite, 7}}).is_whole());
    Histogram half = histogram({{0.1, 5}, {0.2, 7}, {infinite, 9}});
    half.clear();
    EXPECT_FALSE(half.any());
    half.add(0, 1);
    half.add(1, 1);
    EXPECT_TRUE(half.any());
    EXPECT_FALSE(half.is_whole());
}

TEST(HistogramTest, CountsThatFallAreMadeMonotonic) {
    Histogram torn = histogram({{0.1, 6}, {0.2, 4}, {0.4, 10}, {infinite, 8}});
    EXPECT_EQ(torn.events(), 10);
    EXPECT_NEAR(torn.quantile(0.5), 0.1 * 5 / 6, 1e-12);
    EXPECT_NEAR(torn.quantile(0.8), 0.2 + 0.2 * 2 / 4, 1e-12);
}

TEST(HistogramTest, BucketsOfOneBoundAreOne) {
    Histogram sum;
    const std::size_t late = sum.add_bucket(infinite);
    const std::size_t first = sum.add_bucket(1);
    EXPECT_EQ(sum.add_bucket(1), first);
    sum.add(first, 2);
    sum.add(first, 2);
    sum.add(late, 4);
    EXPECT_TRUE(sum.is_whole());
    EXPECT_EQ(sum.events(), 4);
    EXPECT_NEAR(sum.quantile(0.5), 0.5, 1e-12);
}

}  // namespace
}  // namespace primum::core

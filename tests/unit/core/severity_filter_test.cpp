// SPDX-License-Identifier: MIT
#include "core/severity_filter.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

constexpr RawSeverity well{Severity::ok, Severity::ok};
constexpr RawSeverity ill{Severity::error, Severity::error};
constexpr RawSeverity in_between{Severity::ok, Severity::error};

class SeverityFilterTest : public testing::Test {
protected:
    void add(RawSeverity raw) { filter.add(at(std::chrono::seconds{++seconds}), raw); }

    int seconds = 0;
    SeverityFilter filter{{3, 5, Duration{0}}, {2, 3, Duration{0}}};
};

TEST_F(SeverityFilterTest, StartsUnknownAndIsConfirmedWellByItsClearCount) {
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::ok);
}

TEST_F(SeverityFilterTest, TripsAtKOfN) {
    for (const RawSeverity raw : {well, well, ill, well, ill}) {
        add(raw);
    }
    EXPECT_EQ(filter.confirmed(), Severity::ok);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::error);
}

TEST_F(SeverityFilterTest, OutOfTheUnknownIllnessMustTrip) {
    add(ill);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::error);
}

TEST_F(SeverityFilterTest, HysteresisHoldsUntilClear) {
    for (int i = 0; i < 3; ++i) {
        add(ill);
    }
    for (int i = 0; i < 5; ++i) {
        add(in_between);
    }
    EXPECT_EQ(filter.confirmed(), Severity::error);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::error);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::ok);
}

TEST_F(SeverityFilterTest, ForgettingMakesItUnknownAndCountsAnew) {
    for (int i = 0; i < 3; ++i) {
        add(ill);
    }
    filter.forget();
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
}

TEST(SeverityFilterDurationTest, TripsWhenCrossedWithoutABreak) {
    SeverityFilter filter{{1, 1, 30s}, {1, 1, Duration{0}}};
    filter.add(at(0s), ill);
    filter.add(at(20s), ill);
    EXPECT_NE(filter.confirmed(), Severity::error);
    filter.add(at(25s), well);
    filter.add(at(30s), ill);
    filter.add(at(55s), ill);
    EXPECT_NE(filter.confirmed(), Severity::error);
    filter.add(at(60s), ill);
    EXPECT_EQ(filter.confirmed(), Severity::error);
}

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

}  // namespace
}  // namespace primum::core

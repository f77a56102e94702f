// SPDX-License-Identifier: MIT
#include "core/text.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace primum::core {
namespace {

using namespace test;

TEST(TextTest, WritesNumbersShortest) {
    EXPECT_EQ(number_text(0.1), "0.1");
    EXPECT_EQ(number_text(3), "3");
    EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-Inf");
}

TEST(TextTest, WritesDurationsAsAPersonWould) {
    EXPECT_EQ(duration_text(250ms), "250ms");
    EXPECT_EQ(duration_text(30s), "30s");
    EXPECT_EQ(duration_text(2min), "2m");
    EXPECT_EQ(duration_text(90s), "1m 30s");
    EXPECT_EQ(duration_text(90min), "1h 30m");
    EXPECT_EQ(duration_text(25h), "1d 1h");
}

TEST(TextTest, SaysHowLongUntil) {
    EXPECT_EQ(until_text(at(10s), at(40s)), "in 30s");
    EXPECT_EQ(until_text(at(40s), at(10s)), "now");
}

}  // namespace
}  // namespace primum::core

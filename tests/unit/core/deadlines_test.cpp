// SPDX-License-Identifier: MIT
#include "core/deadlines.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

TEST(DeadlinesTest, GivesTheEarliestFirst) {
    Deadlines deadlines;
    deadlines.arm(1, at(20s));
    deadlines.arm(2, at(10s));
    EXPECT_EQ(deadlines.next(), at(10s));
    EXPECT_EQ(deadlines.take_due(at(30s)), 2U);
    EXPECT_EQ(deadlines.take_due(at(30s)), 1U);
    EXPECT_FALSE(deadlines.take_due(at(30s)).has_value());
}

TEST(DeadlinesTest, KeepsTheEarlierOfTwoForOneKey) {
    Deadlines deadlines;
    deadlines.arm(1, at(10s));
    deadlines.arm(1, at(20s));
    EXPECT_EQ(deadlines.next(), at(10s));
    deadlines.arm(1, at(5s));
    EXPECT_EQ(deadlines.next(), at(5s));
    EXPECT_EQ(deadlines.take_due(at(30s)), 1U);
    EXPECT_FALSE(deadlines.take_due(at(30s)).has_value());
}

TEST(DeadlinesTest, TakesNothingBeforeItsTime) {
    Deadlines deadlines;
    deadlines.arm(1, at(10s));
    EXPECT_FALSE(deadlines.take_due(at(9s)).has_value());
    EXPECT_EQ(deadlines.next(), at(10s));
}

TEST(DeadlinesTest, ForgetsAKey) {
    Deadlines deadlines;
    deadlines.arm(1, at(10s));
    deadlines.forget(1);
    EXPECT_FALSE(deadlines.next().has_value());
}

TEST(DeadlinesTest, BreaksTiesByKey) {
    Deadlines deadlines;
    deadlines.arm(7, at(10s));
    deadlines.arm(3, at(10s));
    EXPECT_EQ(deadlines.take_due(at(10s)), 3U);
    EXPECT_EQ(deadlines.take_due(at(10s)), 7U);
}

}  // namespace
}  // namespace primum::core

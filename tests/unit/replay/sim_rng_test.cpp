// SPDX-License-Identifier: MIT
#include "replay/sim_rng.hpp"

#include <gtest/gtest.h>

#include <set>

namespace primum::replay {
namespace {

// The first numbers that Vigna's splitmix64.c gives for the seed 1234567.
TEST(SimRngTest, IsSplitMix64) {
    SimRng rng{1'234'567};
    EXPECT_EQ(rng.next(), 6'457'827'717'110'365'317ULL);
    EXPECT_EQ(rng.next(), 3'203'168'211'198'807'973ULL);
    EXPECT_EQ(rng.next(), 9'817'491'932'198'370'423ULL);
}

TEST(SimRngTest, StaysWithinItsBounds) {
    SimRng rng{1};
    std::set<std::int64_t> seen;
    for (int i = 0; i < 1'000; ++i) {
        seen.insert(rng.between(-2, 2));
        const double fraction = rng.fraction();
        EXPECT_GE(fraction, 0);
        EXPECT_LT(fraction, 1);
    }
    EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
    EXPECT_EQ(rng.between(7, 7), 7);
}

TEST(SimRngTest, PurposesAndNumbersShareNothing) {
    std::set<std::uint64_t> firsts;
    for (std::uint64_t purpose = 0; purpose < 20; ++purpose) {
        for (std::uint64_t number = 0; number < 20; ++number) {
            firsts.insert(SimRng::of(1, purpose, number).next());
        }
    }
    EXPECT_EQ(firsts.size(), 400U);
    EXPECT_EQ(SimRng::of(1, 2, 3).next(), SimRng::of(1, 2, 3).next());
}

}  // namespace
}  // namespace primum::replay

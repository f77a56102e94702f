// SPDX-License-Identifier: MIT
#include "core/flapping.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

constexpr Duration period = 10s;

// Changes at every check for `count` changes; the first state is "well", at 0 s. Gives when the
// last change came.
Duration change_at_every_check(Flapping& history, int count) {
    for (int i = 0; i <= count; ++i) {
        history.note(at(i * period), i % 2 == 1, false);
    }
    return count * period;
}

TEST(FlappingTest, NothingKnownIsNotFlapping) {
    const Flapping history{period};
    EXPECT_FALSE(history.at(at(0s)));
    EXPECT_EQ(history.share(at(0s)), 0);
    EXPECT_FALSE(history.ends(at(0s)).has_value());
}

TEST(FlappingTest, OneChangeWeighsMoreTheNewerItIs) {
    Flapping history{period};
    history.note(at(0s), false, false);
    history.note(at(1000s), true, false);
    EXPECT_NEAR(history.share(at(1000s)), 1.2 / 20, 1e-12);
    EXPECT_NEAR(history.share(at(1000s + 19 * period)), 0.8 / 20, 1e-12);
    EXPECT_EQ(history.share(at(1000s + 20 * period)), 0);
}

TEST(FlappingTest, AChangeAtEveryCheckIsTheWholeShare) {
    Flapping history{period};
    const Duration end = change_at_every_check(history, 40);
    EXPECT_NEAR(history.share(at(end)), 1, 1e-12);
}

TEST(FlappingTest, StartsAtAFifthAndStopsAtATwentieth) {
    Flapping three{period};
    EXPECT_FALSE(three.at(at(change_at_every_check(three, 3))));
    Flapping four{period};
    const Duration end = change_at_every_check(four, 4);
    ASSERT_TRUE(four.at(at(end)));
    const auto over = four.ends(at(end));
    ASSERT_TRUE(over.has_value());
    // The last change but one is then out of the window; the last weighs 0.8 of 20: 4 %.
    EXPECT_EQ(over, at(end + 19 * period));
    EXPECT_TRUE(four.at(*over - Duration{1}));
    EXPECT_FALSE(four.at(*over));
}

TEST(FlappingTest, BetweenTheThresholdsItStaysAsItWas) {
    Flapping history{period};
    const Duration end = change_at_every_check(history, 4);
    const Duration later = end + 10 * period;
    EXPECT_LT(history.share(at(later)), Flapping::starts_at);
    EXPECT_GT(history.share(at(later)), Flapping::stops_at);
    EXPECT_TRUE(history.at(at(later)));
}

TEST(FlappingTest, AskingChangesNothing) {
    Flapping history{period};
    const Duration end = change_at_every_check(history, 4);
    for (int i = 0; i < 100; ++i) {
        (void)history.at(at(end + i * period));
    }
    EXPECT_TRUE(history.at(at(end)));
}

TEST(FlappingTest, WhatComesAndGoesBetweenTwoChecksIsNotSeen) {
    Flapping history{period};
    history.note(at(0s), false, false);
    for (int i = 0; i < 50; ++i) {
        history.note(at(i * period + 1s), true, false);
        history.note(at(i * period + 2s), false, false);
    }
    EXPECT_EQ(history.share(at(500s)), 0);
}

TEST(FlappingTest, UnknownIsNoCheck) {
    Flapping history{period};
    const Duration end = change_at_every_check(history, 4);
    history.note(at(end + period), std::nullopt, false);
    EXPECT_TRUE(history.at(at(end + 1000 * period)));
    EXPECT_FALSE(history.ends(at(end + 1000 * period)).has_value());
    history.note(at(end + 1000 * period), false, false);
    EXPECT_TRUE(history.at(at(end + 1000 * period)));
}

TEST(FlappingTest, OurOwnDoingIsExcused) {
    Flapping history{period};
    history.note(at(0s), false, false);
    for (int i = 1; i < 20; i += 2) {
        history.note(at(i * period), true, true);
        history.note(at((i + 1) * period), false, true);
    }
    EXPECT_EQ(history.share(at(20 * period)), 0);
}

// Ill, restarted by us, well; ill again, restarted once more.
TEST(FlappingTest, OneIllnessWithARestartAndARelapseIsNotFlapping) {
    Flapping history{period};
    history.note(at(0s), false, false);
    history.note(at(1000s), true, false);
    history.note(at(1010s), false, true);
    history.note(at(1020s), true, false);
    EXPECT_FALSE(history.at(at(1020s)));
    history.note(at(1030s), false, true);
    EXPECT_FALSE(history.at(at(1030s)));
    EXPECT_FALSE(history.at(at(1040s)));
}

TEST(FlappingTest, ALongQuietTimeCostsNoMoreThanAShortOne) {
    Flapping history{Duration{1}};
    history.note(at(0s), true, false);
    history.note(at(100h), false, false);
    EXPECT_NEAR(history.share(at(100h)), 1.2 / 20, 1e-12);
}

TEST(FlappingTest, ARestartForgetsNothingAndChecksOnTheSameGrid) {
    Flapping before{10s};
    for (int i = 0; i < 6; ++i) {
        before.note(Instant{3s + i * 10s}, i % 2 == 0, false);
    }
    ASSERT_TRUE(before.at(Instant{63s}));
    Flapping after{10s};
    after.restore(before.save());
    after.note(Instant{54s}, false, false);
    EXPECT_EQ(after.ends(Instant{64s}), before.ends(Instant{64s}));
    EXPECT_EQ(after.share(Instant{71s}), before.share(Instant{71s}));
}

TEST(FlappingTest, NothingIsKnownOfWhatWasNeverSaved) {
    Flapping fresh{10s};
    EXPECT_EQ(fresh.save(), 0U);
    fresh.restore(0);
    EXPECT_FALSE(fresh.at(Instant{100s}));
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/baseline.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

BaselineRule rule_of(std::uint32_t min_samples, Duration forget, Season season = Season::none) {
    return {min_samples, forget, season};
}

WallTime wall(Duration since_midnight) {
    return WallTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}} + since_midnight;
}

// A day whose values are 10 times the hour, and 0 to 4 more.
void learn_a_day(Baseline& baseline, int day, double more = 0) {
    for (int minute = 0; minute < 24 * 60; ++minute) {
        const int hour = minute / 60;
        baseline.learn(
            wall(day * 24h + std::chrono::minutes{minute}), 1min, 10.0 * hour + minute % 5 + more);
    }
}

TEST(BaselineTest, JudgesNothingBeforeItsMinimumOfSamples) {
    Baseline baseline{rule_of(20, 24h)};
    for (int i = 0; i < 19; ++i) {
        baseline.learn(wall(0s), 15s, i);
    }
    EXPECT_EQ(baseline.normal(wall(0s)), nullptr);
    baseline.learn(wall(0s), 15s, 19);
    ASSERT_NE(baseline.normal(wall(0s)), nullptr);
    EXPECT_EQ(baseline.normal(wall(0s))->median, 9.5);
}

TEST(BaselineTest, ARareIllnessThatWasLearntIsHarmless) {
    Baseline baseline{rule_of(20, 24h)};
    for (int i = 0; i < 10'000; ++i) {
        baseline.learn(wall(0s), 15s, i % 10 == 0 ? 1e9 : 5 + i % 3);
    }
    EXPECT_NEAR(baseline.normal(wall(0s))->median, 6, 1e-9);
    EXPECT_LT(baseline.normal(wall(0s))->deviation, 2);
}

TEST(BaselineTest, WithASeasonEachHourHasItsOwn) {
    Baseline baseline{rule_of(500, 96h, Season::hour_of_day)};
    for (int day = 0; day < 3; ++day) {
        learn_a_day(baseline, day);
    }
    for (int hour = 0; hour < 24; ++hour) {
        const Normal* normal = baseline.normal(wall(240h + std::chrono::hours{hour} + 30min));
        ASSERT_NE(normal, nullptr) << hour;
        EXPECT_NEAR(normal->median, 10.0 * hour + 2, 1) << hour;
        EXPECT_LT(normal->deviation, 4) << hour;
    }
}

TEST(BaselineTest, AnHourThatItHasNotSeenIsNotJudged) {
    Baseline baseline{rule_of(100, 96h, Season::hour_of_day)};
    for (int i = 0; i < 200; ++i) {
        baseline.learn(wall(7h), 15s, 1);
    }
    EXPECT_NE(baseline.normal(wall(7h + 59min)), nullptr);
    EXPECT_EQ(baseline.normal(wall(8h)), nullptr);
}

TEST(BaselineTest, HalfIsForgottenAfterForget) {
    Baseline baseline{rule_of(100, 24h)};
    for (int day = 0; day < 3; ++day) {
        learn_a_day(baseline, day);
    }
    learn_a_day(baseline, 3, 1000);
    learn_a_day(baseline, 4, 1000);
    EXPECT_GT(baseline.normal(wall(0s))->median, 1000);
}

TEST(BaselineTest, IsBounded) {
    for (const Season season : {Season::none, Season::hour_of_day}) {
        Baseline baseline{rule_of(500, 24h, season)};
        for (int day = 0; day < 10; ++day) {
            learn_a_day(baseline, day, 1.0 / 3);
        }
        EXPECT_LE(baseline.size_bytes(), 16U * 1024);
        EXPECT_LE(baseline.save().size(), 32U * 1024);
    }
}

TEST(BaselineTest, GoesOnFromItsText) {
    for (const Season season : {Season::none, Season::hour_of_day}) {
        Baseline one{rule_of(500, 24h, season)};
        for (int day = 0; day < 3; ++day) {
            learn_a_day(one, day, 0.1);
        }
        Baseline other{rule_of(500, 24h, season)};
        ASSERT_TRUE(other.load(one.save()));
        EXPECT_EQ(other.samples(), one.samples());
        learn_a_day(one, 3);
        learn_a_day(other, 3);
        EXPECT_EQ(other.save(), one.save());
    }
}

TEST(BaselineTest, TextItCannotReadChangesNothing) {
    Baseline baseline{rule_of(1, 24h)};
    baseline.learn(wall(0s), 15s, 5);
    const std::string before = baseline.save();
    Baseline seasonal{rule_of(1, 24h, Season::hour_of_day)};
    for (const std::string& text : {std::string{},
                                    std::string{"1"},
                                    std::string{"2 1;0 0 0 0 0 0 5"},
                                    std::string{"1 x;0 0 0 0 0 0 5"},
                                    std::string{"1 1"},
                                    before + ";",
                                    before + " x",
                                    seasonal.save()}) {
        EXPECT_FALSE(baseline.load(text)) << text;
        EXPECT_EQ(baseline.save(), before);
    }
    for (std::size_t cut = 0; cut < 4; ++cut) {
        EXPECT_FALSE(baseline.load(before.substr(0, cut)));
    }
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/trial_book.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

class TrialBookTest : public ::testing::Test {
protected:
    void tried(Outcome outcome, int times, const std::string& digest = "plan") {
        RemedyRule remedy;
        remedy.kind = RemedyKind::restart;
        remedy.plan_digest = digest;
        for (int i = 0; i < times; ++i) {
            book.note_remedy("web", Level::restart, 0, remedy, outcome);
        }
    }
    void waited(bool recovered, int times) {
        for (int i = 0; i < times; ++i) {
            book.note_waiting("web", recovered);
        }
    }
    bool demote(const std::string& digest = "plan") {
        return book.demote("web", Level::restart, 0, digest);
    }

    TrialBook book;
};

// The values of Wilson's formula as published tables give them (for instance Newcombe,
// Statistics in Medicine 17 (1998), table I: 81 of 263 is 0.2553 to 0.3662).
TEST(WilsonIntervalTest, AgreesWithPublishedValues) {
    const Interval many = wilson_interval(81, 263);
    EXPECT_NEAR(many.low, 0.2553, 0.00005);
    EXPECT_NEAR(many.high, 0.3662, 0.00005);
    const Interval few = wilson_interval(15, 148);
    EXPECT_NEAR(few.low, 0.0624, 0.00005);
    EXPECT_NEAR(few.high, 0.1605, 0.00005);
    const Interval none = wilson_interval(0, 20);
    EXPECT_NEAR(none.low, 0.0, 1e-12);
    EXPECT_NEAR(none.high, 0.1611, 0.00005);
    const Interval one = wilson_interval(1, 29);
    EXPECT_NEAR(one.low, 0.0061, 0.00005);
    EXPECT_NEAR(one.high, 0.1718, 0.00005);
}

TEST(WilsonIntervalTest, KnowsNothingWithoutTrials) {
    EXPECT_EQ(wilson_interval(0, 0).low, 0.0);
    EXPECT_EQ(wilson_interval(0, 0).high, 1.0);
    EXPECT_LE(wilson_interval(10, 10).high, 1.0);
}

TEST_F(TrialBookTest, ARemedyThatDoesNotBeatWaitingIsDemoted) {
    tried(Outcome::unchanged, 9);
    waited(true, 9);
    waited(false, 3);
    EXPECT_FALSE(demote());  // nine are too few
    tried(Outcome::worse, 1);
    EXPECT_TRUE(demote());  // 0 of 10 is at most 28 %, alone are 75 %
    EXPECT_TRUE(book.demoted("web", Level::restart, 0, "plan"));
    EXPECT_FALSE(demote());  // once
}

TEST_F(TrialBookTest, WaitingNeedsItsTrialsToo) {
    tried(Outcome::unchanged, 20);
    waited(true, 9);
    EXPECT_FALSE(demote());
    waited(true, 1);
    EXPECT_TRUE(demote());
}

TEST_F(TrialBookTest, DoubtDoesNotDemote) {
    tried(Outcome::improved, 4);
    tried(Outcome::unchanged, 6);  // 40 %, at most 69 %
    waited(true, 6);
    waited(false, 4);
    EXPECT_FALSE(demote());
    waited(true, 10);  // 80 %
    EXPECT_TRUE(demote());
}

TEST_F(TrialBookTest, AnotherPlanIsTriedAnew) {
    tried(Outcome::unchanged, 10);
    waited(true, 10);
    ASSERT_TRUE(demote());
    EXPECT_FALSE(book.demoted("web", Level::restart, 0, "other"));
    tried(Outcome::unchanged, 1, "other");
    EXPECT_FALSE(demote("other"));
    EXPECT_EQ(book.find("web", Level::restart, 0, "other")->unchanged, 1U);
    EXPECT_EQ(book.find("web", Level::restart, 0, "plan"), nullptr);
}

TEST_F(TrialBookTest, ARelapseTakesASuccessBack) {
    tried(Outcome::improved, 2);
    const TrialRecord record = book.note_relapse("web", Level::restart, 0, "plan");
    EXPECT_EQ(record.improved, 1U);
    EXPECT_EQ(record.unchanged, 1U);
    EXPECT_EQ(book.note_relapse("web", Level::restart, 0, "other").improved, 1U);
}

TEST_F(TrialBookTest, TellsWhatWasTried) {
    RungRule rung;
    RemedyRule remedy;
    remedy.kind = RemedyKind::restart;
    remedy.plan_digest = "plan";
    rung.remedies = {remedy};
    EXPECT_EQ(book.text("web", Level::restart, rung), "");
    tried(Outcome::improved, 8);
    tried(Outcome::unchanged, 2);
    EXPECT_EQ(book.text("web", Level::restart, rung), "improved 8 of 10 (49..94 %)");
    waited(true, 2);
    waited(false, 7);
    EXPECT_EQ(book.text("web", Level::restart, rung),
              "improved 8 of 10 (49..94 %); alone 2 of 9 (6..55 %)");
}

TEST_F(TrialBookTest, IsRestored) {
    TrialRecord record;
    record.target = "web";
    record.level = Level::restart;
    record.plan_digest = "plan";
    record.demoted = true;
    book.restore(record);
    EXPECT_TRUE(book.demoted("web", Level::restart, 0, "plan"));
}

}  // namespace
}  // namespace primum::core

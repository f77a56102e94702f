// SPDX-License-Identifier: MIT
#include "core/breaker.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

class BreakerTest : public ::testing::Test {
protected:
    // An action that ended, and was verified, at `when`.
    void done(Duration when, Outcome outcome, const std::string& target = "web") {
        RememberedAction action;
        action.id = "l-" + std::to_string(++sequence_);
        action.incident = sequence_;
        action.target = target;
        action.intended = at(when);
        action.started = at(when);
        action.ended = at(when);
        action.outcome = outcome;
        actions.add(at(when), action);
    }
    [[nodiscard]] std::string verdict(Duration now, const std::string& scope = "web") const {
        const auto trip = book.judge_actions(at(now), scope, rule, actions);
        return trip ? trip->reason : "";
    }
    [[nodiscard]] std::string illness(Duration now) const {
        const auto trip = book.judge_illness(at(now), actions);
        return trip ? trip->reason : "";
    }
    void trip(const std::string& scope) {
        BreakerRecord record;
        record.target = scope;
        record.tripped = true;
        book.trip(record);
    }
    void reset(Duration when, const std::string& scope) {
        BreakerRecord record;
        record.target = scope;
        book.reset(record, at(when));
    }

    BreakerBook book;
    ActionBook actions{1000};
    BreakerRule rule{4, 2, 3};

private:
    std::uint64_t sequence_ = 0;
};

TEST_F(BreakerTest, TripsOnTheLastActionTooMany) {
    done(1h, Outcome::worse);
    EXPECT_EQ(verdict(1h), "");
    done(2h, Outcome::improved);
    done(3h, Outcome::worse);
    EXPECT_EQ(verdict(3h), "worse");
    EXPECT_EQ(book.judge_actions(at(3h), "web", rule, actions)->detail,
              "2 of the last 3 actions made it worse: l-3, l-1");
}

TEST_F(BreakerTest, OnlyTheWindowCounts) {
    done(1h, Outcome::worse);
    for (int i = 0; i < 3; ++i) {
        done(2h, Outcome::improved);
    }
    done(3h, Outcome::worse);  // the first is the fifth last now
    EXPECT_EQ(verdict(3h), "");
}

TEST_F(BreakerTest, OnlyTheLastDayCounts) {
    done(1h, Outcome::worse);
    done(25h, Outcome::worse);
    EXPECT_EQ(verdict(25h), "");
    done(26h, Outcome::worse);
    EXPECT_EQ(verdict(26h), "worse");
}

TEST_F(BreakerTest, WhatHadNoLastingEffectCountsTogether) {
    done(1h, Outcome::unchanged);
    done(2h, Outcome::unchanged);
    done(3h, Outcome::improved);
    EXPECT_EQ(verdict(3h), "");
    ASSERT_NE(actions.relapse(3), nullptr);
    EXPECT_EQ(actions.relapse(3), nullptr);  // once
    EXPECT_EQ(verdict(3h), "no_effect");
}

TEST_F(BreakerTest, InconclusiveAndDryRunsSayNothing) {
    for (int i = 0; i < 5; ++i) {
        done(1h, Outcome::inconclusive);
        done(1h, Outcome::none);
    }
    RememberedAction dry;
    dry.id = "dry";
    dry.target = "web";
    dry.dry_run = true;
    dry.ended = at(1h);
    dry.outcome = Outcome::worse;
    actions.add(at(1h), dry);
    actions.add(at(1h), dry);
    EXPECT_EQ(verdict(1h), "");
}

TEST_F(BreakerTest, TheHostTripsAtTwiceTheNumbers) {
    done(1h, Outcome::worse, "a");
    done(1h, Outcome::worse, "b");
    done(1h, Outcome::worse, "c");
    EXPECT_EQ(verdict(1h, ""), "");
    done(1h, Outcome::worse, "d");
    EXPECT_EQ(verdict(1h, ""), "worse");
}

TEST_F(BreakerTest, IsLatchedUntilAPersonResetsIt) {
    done(1h, Outcome::worse);
    done(1h, Outcome::worse);
    trip("web");
    EXPECT_EQ(verdict(1h), "");  // it trips once
    EXPECT_NE(book.covering("web"), nullptr);
    EXPECT_EQ(book.covering("db"), nullptr);
    EXPECT_NE(book.tripped("web"), nullptr);
    reset(2h, "web");
    EXPECT_EQ(book.covering("web"), nullptr);
    EXPECT_EQ(verdict(2h), "");  // what was before the reset does not count
    done(3h, Outcome::worse);
    EXPECT_EQ(verdict(3h), "");
    done(4h, Outcome::worse);
    EXPECT_EQ(verdict(4h), "worse");
}

TEST_F(BreakerTest, TheHostsCoversEveryTarget) {
    trip("");
    ASSERT_NE(book.covering("web"), nullptr);
    EXPECT_EQ(book.covering("web")->target, "");
    EXPECT_EQ(book.tripped("web"), nullptr);
    EXPECT_EQ(book.all_tripped().size(), 1U);
}

TEST_F(BreakerTest, ARestartRestoresATripAndAReset) {
    BreakerRecord record;
    record.target = "web";
    record.tripped = true;
    book.restore(record, at(1h));
    EXPECT_NE(book.tripped("web"), nullptr);
    record.tripped = false;
    book.restore(record, at(2h));
    done(1h, Outcome::worse);
    done(90min, Outcome::worse);
    EXPECT_EQ(verdict(3h), "");
}

TEST_F(BreakerTest, NewIllnessAfterAnActionTripsTheHosts) {
    done(30h, Outcome::improved);
    book.note_illness(at(30h + 1min), "a");
    book.note_illness(at(30h + 2min), "b");
    book.note_illness(at(30h + 2min), "b");  // the same again is no third
    book.note_illness(at(30h + 2min), "web");
    EXPECT_EQ(illness(30h + 2min), "");
    book.note_illness(at(30h + 3min), "c");
    EXPECT_EQ(illness(30h + 3min), "new_illness");
    EXPECT_EQ(illness(30h + 6min), "");  // over: nothing follows so late
}

TEST_F(BreakerTest, IllnessAtItsUsualRateIsNotNew) {
    for (int i = 0; i < 1000; ++i) {  // about 3.5 in five minutes
        book.note_illness(at(6h + i * 86s), "x" + std::to_string(i));
    }
    done(30h, Outcome::improved);
    for (const char* target : {"a", "b", "c", "d"}) {
        book.note_illness(at(30h + 4min), target);
    }
    EXPECT_EQ(illness(30h + 4min), "");
    for (int i = 0; i < 5; ++i) {
        book.note_illness(at(30h + 4min), "y" + std::to_string(i));
    }
    EXPECT_EQ(illness(30h + 4min), "new_illness");
}

TEST_F(BreakerTest, IllnessBeforeAnActionIsNotOfIt) {
    for (const char* target : {"a", "b", "c"}) {
        book.note_illness(at(30h - 1s), target);
    }
    done(30h, Outcome::improved);
    EXPECT_EQ(illness(30h), "");
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "actuator/rollbacks.hpp"

#include "actuator_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace primum::actuator {
namespace {

namespace fs = std::filesystem;

class RollbacksTest : public ActuatorFixture {
protected:
    void expect_done(const ActionEvent& event) {
        EXPECT_EQ(event.phase, ActionPhase::rolled_back) << event.detail;
        EXPECT_EQ(event.result, ActionResult::done);
    }
    void expect_failed(const ActionEvent& event, Refusal code) {
        EXPECT_EQ(event.phase, ActionPhase::rollback_failed);
        EXPECT_EQ(event.result, ActionResult::failed);
        EXPECT_EQ(event.refusal, code) << event.detail;
    }
};

TEST_F(RollbacksTest, FilesAreAsBefore) {
    const auto file = replaced("a.conf");
    done("a-1");
    EXPECT_EQ(host_.read(file), "known good\n");
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.read(file), "before a.conf\n");
}

TEST_F(RollbacksTest, AWayBackIsTakenOnceHoweverOftenItIsAskedFor) {
    host_.plan.call = true;
    done("a-1");
    for (int i = 0; i < 3; ++i) {
        expect_done(roll_back("a-1"));
    }
    restart();
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.count("undo a-1"), 1U);
}

// primumd learns so of what a person has had undone while it was away.
TEST_F(RollbacksTest, SettleTellsAfterwardsThatItIsUndone) {
    replaced("a.conf");
    done("a-1");
    EXPECT_EQ(ask(remedy::SettleRequest{"a-1"}).size(), 1U);
    expect_done(roll_back("a-1"));
    restart();
    const auto replies = ask(remedy::SettleRequest{"a-1"});
    ASSERT_EQ(replies.size(), 2U);
    EXPECT_EQ(std::get<ActionEvent>(replies[0]).settled_as, SettledAs::done);
    expect_done(std::get<ActionEvent>(replies[1]));
}

TEST_F(RollbacksTest, NothingStandsInItsWay) {
    const auto file = replaced("a.conf");
    done("a-1");
    static_cast<void>(directory_.write("disabled", ""));
    settings("observe");
    static_cast<void>(directory_.write("rules.toml", ""));
    restart();
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.read(file), "before a.conf\n");
}

TEST_F(RollbacksTest, EachRefusalHasItsCode) {
    expect_failed(roll_back("never"), Refusal::unknown_action);
    static_cast<void>(settled("buried"));
    expect_failed(roll_back("buried"), Refusal::unknown_action);
    done("no way");
    expect_failed(roll_back("no way"), Refusal::no_way_back);
    static_cast<void>(replaced("a.conf"));
    host_.plan.refuse = Refusal::check_failed;
    static_cast<void>(refusal(execute("refused")));
    expect_failed(roll_back("refused"), Refusal::no_way_back);
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::RollbackRequest{""}).code, Refusal::bad_request);
}

TEST_F(RollbacksTest, ARunningActionIsNotUndone) {
    static_cast<void>(replaced("a.conf"));
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    expect_failed(roll_back("a-1"), Refusal::foreign_job);
    host_.release();
    host_.plan.hold_run = false;
    expect_done(roll_back("a-1"));
}

TEST_F(RollbacksTest, NothingElseIsDoneToTheTargetMeanwhile) {
    static_cast<void>(replaced("a.conf"));
    done("a-1");
    host_.plan.hold_run = true;
    EXPECT_TRUE(ask(remedy::RollbackRequest{"a-1"}).empty());
    EXPECT_EQ(refusal(execute("a-2")), Refusal::foreign_job);
    replies_.clear();
    actuator_->handle(5, remedy::RollbackRequest{"a-1"});
    EXPECT_TRUE(replies_.empty());
    host_.release();
    turn();
    ASSERT_EQ(replies_.size(), 1U);
    expect_done(last<ActionEvent>(replies_));
    EXPECT_EQ(asker_, 5U);
}

TEST_F(RollbacksTest, WhatSomebodyChangedSinceIsAConflictAndStays) {
    const auto file = replaced("a.conf");
    done("a-1");
    host_.write(file, "by hand\n");
    const auto event = roll_back("a-1");
    expect_failed(event, Refusal::conflict);
    EXPECT_EQ(event.facts.conflict, "-" + file);
    EXPECT_EQ(host_.read(file), "by hand\n");
    // Nothing was changed, so it may be asked for again once the conflict is gone.
    host_.write(file, "known good\n");
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.read(file), "before a.conf\n");
}

TEST_F(RollbacksTest, AWayBackExpires) {
    static_cast<void>(replaced("a.conf"));
    done("a-1");
    clock_.advance(way_back_kept + std::chrono::seconds{1});
    expect_failed(roll_back("a-1"), Refusal::expired);
    restart("the next boot");
    expect_failed(roll_back("a-1"), Refusal::expired);
}

TEST_F(RollbacksTest, OneThatFailedOnTheWayIsNotTakenAgain) {
    host_.plan.call = true;
    done("a-1");
    host_.plan.result = ActionResult::failed;
    expect_failed(roll_back("a-1"), Refusal::none);
    host_.plan.result = ActionResult::done;
    expect_failed(roll_back("a-1"), Refusal::none);
    EXPECT_EQ(host_.count("undo a-1"), 1U);
}

TEST_F(RollbacksTest, StateIsPutBackOnlyWhileTheUnitIsStopped) {
    const auto file = replaced("state");
    host_.plan.by_hand = true;
    done("a-1");
    expect_failed(roll_back("a-1"), Refusal::not_applicable);
    EXPECT_EQ(host_.read(file), "known good\n");
    host_.unit.active_state = "inactive";
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.read(file), "before state\n");
}

TEST_F(RollbacksTest, AtTheTimeoutItIsInDoubt) {
    static_cast<void>(replaced("a.conf"));
    done("a-1");
    hurry();
    host_.plan.hold_run = true;
    static_cast<void>(ask(remedy::RollbackRequest{"a-1"}));
    for (int i = 0; i < 50 && replies_.empty(); ++i) {
        loop_.run_once(std::chrono::milliseconds{10});
    }
    expect_failed(last<ActionEvent>(replies_), Refusal::none);
    EXPECT_EQ(host_.stops, 1U);
}

// The process dies while a rollback is at work; the next one finds it begun.
class InterruptedTest : public RollbacksTest {
protected:
    void interrupt() {
        done("a-1");
        host_.plan.hold_run = true;
        EXPECT_TRUE(ask(remedy::RollbackRequest{"a-1"}).empty());
        host_.plan.hold_run = false;
    }
    void die_and_start() {
        restart();
        turn();
    }
};

TEST_F(InterruptedTest, FilesThatAreBackAreFound) {
    const auto file = replaced("a.conf");
    interrupt();
    die_and_start();
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.read(file), "before a.conf\n");
}

TEST_F(InterruptedTest, FilesThatAreNotBackYetArePutBack) {
    const auto first = replaced("a.conf");
    const auto second = replaced("b.conf");
    interrupt();
    host_.write(second, "known good\n");  // as if it had come no further than the first
    die_and_start();
    EXPECT_EQ(host_.read(second), "before b.conf\n");
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.read(first), "before a.conf\n");
}

TEST_F(InterruptedTest, WhatSomebodyChangedMeanwhileIsAConflict) {
    const auto file = replaced("a.conf");
    interrupt();
    host_.write(file, "by hand\n");
    die_and_start();
    expect_failed(roll_back("a-1"), Refusal::conflict);
    EXPECT_EQ(host_.read(file), "by hand\n");
}

TEST_F(InterruptedTest, AnUndoIsNotMadeTwice) {
    host_.plan.call = true;
    interrupt();
    die_and_start();
    expect_failed(roll_back("a-1"), Refusal::undone_before);
    EXPECT_EQ(host_.count("undo a-1"), 1U);
}

TEST_F(InterruptedTest, AReloadIsAskedForAgainARestartIsNot) {
    static_cast<void>(replaced("a.conf"));
    host_.plan.then = Then::restart;
    interrupt();
    die_and_start();
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.count("restart gateway.service"), 1U);
}

TEST_F(InterruptedTest, AReloadIsAskedForAgain) {
    static_cast<void>(replaced("a.conf"));
    host_.plan.then = Then::reload;
    interrupt();
    die_and_start();
    expect_done(roll_back("a-1"));
    EXPECT_EQ(host_.count("reload gateway.service"), 2U);
}

}  // namespace
}  // namespace primum::actuator

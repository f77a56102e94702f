// SPDX-License-Identifier: MIT
#include "actuator/runner.hpp"

#include "actuator_fixture.hpp"
#include "remedy/way_back.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace primum::actuator {
namespace {

class RunnerTest : public ActuatorFixture {};

TEST_F(RunnerTest, TheWayBackIsDurableBeforeTheEffect) {
    const auto file = replaced("gateway.conf");
    host_.plan.hold_prepare = true;
    static_cast<void>(ask(execute("a-1")));
    EXPECT_FALSE(stored("a-1").acting);
    EXPECT_TRUE(host_.effects().empty());
    restart();  // the way back was not written: nothing can have been done
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);

    host_.plan.hold_prepare = false;
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-2")));
    const auto action = stored("a-2");
    EXPECT_TRUE(action.acting);
    const auto way_back = remedy::read_way_back(action.way_back);
    ASSERT_TRUE(way_back.has_value());
    ASSERT_EQ(way_back->files.size(), 1U);
    EXPECT_EQ(way_back->files[0].path, file);
    EXPECT_EQ(action.facts.snapshots.size(), 1U);
}

TEST_F(RunnerTest, TheOffSwitchIsLookedAtOnceMoreJustBefore) {
    host_.plan.hold_prepare = true;
    static_cast<void>(ask(execute("a-1")));
    static_cast<void>(directory_.write("disabled", ""));
    replies_.clear();
    host_.release();
    EXPECT_EQ(last<ActionEvent>(replies_).refusal, Refusal::disabled);
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
    EXPECT_TRUE(host_.effects().empty());
}

TEST_F(RunnerTest, ThePlanMayGrowTooOldWhileItIsPrepared) {
    host_.plan.hold_prepare = true;
    static_cast<void>(ask(execute("a-1")));
    clock_.advance(std::chrono::seconds{31});
    replies_.clear();
    host_.release();
    EXPECT_EQ(last<ActionEvent>(replies_).refusal, Refusal::too_late);
    EXPECT_TRUE(host_.effects().empty());
}

// A save hook has drained the unit: refusing it then would leave it drained for nothing.
TEST_F(RunnerTest, WhatWasBegunInTimeIsNotTooLateAfterItsHook) {
    host_.plan.hold_prepare = true;
    host_.plan.begun = true;
    static_cast<void>(ask(execute("a-1")));
    EXPECT_EQ(host_.ordered->not_after, clock_.now().t + std::chrono::seconds{30});
    clock_.advance(std::chrono::seconds{31});
    replies_.clear();
    host_.release();
    EXPECT_EQ(last<ActionEvent>(replies_).result, ActionResult::done);
    EXPECT_EQ(host_.count("act a-1"), 1U);
}

TEST_F(RunnerTest, WhatGrewOldBeforeItsFirstProgramIsNotBegun) {
    host_.hold_evidence = true;
    static_cast<void>(ask(execute("a-1")));
    clock_.advance(std::chrono::seconds{31});
    replies_.clear();
    host_.release();
    EXPECT_EQ(last<ActionEvent>(replies_).refusal, Refusal::too_late);
    EXPECT_FALSE(host_.ordered.has_value());
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
}

TEST_F(RunnerTest, EvidenceTakesHalfOfTheTimeThatIsLeftAtMost) {
    auto request = execute("a-1");
    static_cast<void>(ask(request));
    EXPECT_EQ(host_.evidence_within, std::chrono::milliseconds{1'800});
    restart();
    request = execute("a-2");
    request.not_after = clock_.now().t + std::chrono::seconds{1};
    static_cast<void>(ask(request));
    EXPECT_EQ(host_.evidence_within, std::chrono::milliseconds{300});
    EXPECT_EQ(host_.count("act a-2"), 1U);
}

TEST_F(RunnerTest, WithLittleTimeLeftThereIsNoEvidenceAndThatIsSaid) {
    auto request = execute("a-1");
    request.not_after = clock_.now().t + std::chrono::milliseconds{700};
    notes_.clear();
    EXPECT_EQ(answer<ActionEvent>(request).result, ActionResult::done);
    EXPECT_FALSE(host_.evidence_within.has_value());
    EXPECT_EQ(host_.count("act a-1"), 1U);
    ASSERT_FALSE(notes_.empty());
    EXPECT_EQ(notes_[0].reason, "evidence");
    EXPECT_NE(notes_[0].message.find("the plan would grow too old over it"), std::string::npos)
        << notes_[0].message;
}

TEST_F(RunnerTest, WhatPrepareRefusesIsNotDone) {
    host_.plan.refuse = Refusal::check_failed;
    const auto event = answer<ActionEvent>(execute("a-1"));
    EXPECT_EQ(event.refusal, Refusal::check_failed);
    EXPECT_EQ(event.result, ActionResult::failed);
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
    EXPECT_TRUE(host_.effects().empty());
}

TEST_F(RunnerTest, EvidenceComesBeforeARestartAndNotBeforeARetry) {
    host_.evidence.id = "e-1";
    EXPECT_EQ(answer<ActionEvent>(execute("a-1")).facts.evidence, "e-1");
    EXPECT_EQ(stored("a-1").facts.evidence, "e-1");
    restart();
    EXPECT_EQ(answer<ActionEvent>(execute("a-2", Level::retry)).facts.evidence, "");
}

TEST_F(RunnerTest, EvidenceThatDoesNotComeDelaysNothingForLong) {
    hurry();
    host_.hold_evidence = true;
    host_.evidence.id = "late";
    static_cast<void>(ask(execute("a-1")));
    EXPECT_EQ(host_.count("act a-1"), 1U);
    host_.release();
    turn();
    EXPECT_EQ(host_.count("act a-1"), 1U);
    EXPECT_EQ(stored("a-1").facts.evidence, "");
}

TEST_F(RunnerTest, AtTheTimeoutItIsStoppedAndInDoubt) {
    hurry();
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    for (int i = 0; i < 50 && replies_.size() < 2; ++i) {
        loop_.run_once(std::chrono::milliseconds{10});
    }
    EXPECT_EQ(last<ActionEvent>(replies_).result, ActionResult::ambiguous);
    EXPECT_EQ(host_.stops, 1U);
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
    // What comes late is told and recorded, and changes nothing.
    replies_.clear();
    host_.release();
    EXPECT_EQ(last<ActionEvent>(replies_).result, ActionResult::done);
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
    EXPECT_EQ(stored("a-1").late_result, "done: the effect is there");
}

TEST_F(RunnerTest, WhatEndsWhenItIsStoppedHasFailed) {
    hurry();
    host_.plan.hold_run = true;
    host_.plan.stops = true;
    static_cast<void>(ask(execute("a-1")));
    EXPECT_EQ(last<ActionEvent>(replies_).result, ActionResult::failed);
    EXPECT_EQ(host_.stops, 1U);
    EXPECT_EQ(settled("a-1"), SettledAs::failed);
}

TEST_F(RunnerTest, WhatIsNotReadyByItsTimeoutIsNotBegun) {
    hurry();
    host_.plan.hold_prepare = true;
    static_cast<void>(ask(execute("a-1")));
    EXPECT_EQ(last<ActionEvent>(replies_).refusal, Refusal::too_late);
    host_.release();
    turn();
    EXPECT_TRUE(host_.effects().empty());
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
}

TEST_F(RunnerTest, WhoSettlesARunningActionIsToldItsEnd) {
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    replies_.clear();
    actuator_->handle(9, remedy::SettleRequest{"a-1"});
    EXPECT_EQ(last<ActionEvent>(replies_).settled_as, SettledAs::running);
    host_.release();
    EXPECT_EQ(last<ActionEvent>(replies_).phase, ActionPhase::finished);
    EXPECT_EQ(asker_, 9U);
}

TEST_F(RunnerTest, AfterADeathFilesTellWhatBecameOfIt) {
    static_cast<void>(replaced("a.conf"));
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    host_.plan.hold_run = false;
    restart();
    turn();
    EXPECT_EQ(settled("a-1"), SettledAs::done);
    EXPECT_EQ(host_.count("act a-1"), 1U);
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::done);
}

TEST_F(RunnerTest, AfterADeathACallIsInDoubtAndNotMadeAgain) {
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
    EXPECT_EQ(host_.count("act a-1"), 1U);
}

TEST_F(RunnerTest, AfterABootNothingTells) {
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    restart("the next boot");
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
    restart("the next boot");
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
}

TEST_F(RunnerTest, WhatAnEarlierRunStartedRunsUntilSystemdAnswers) {
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    host_.plan.silent = true;
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::running);
    EXPECT_EQ(refusal(execute("a-1")), Refusal::seen_before);
    clock_.advance(std::chrono::seconds{91});
    host_.plan.silent = false;
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
}

TEST_F(RunnerTest, SilenceIsWaitedOutUntilTheTimeout) {
    host_.plan.hold_run = true;
    static_cast<void>(ask(execute("a-1")));
    host_.plan.silent = true;
    clock_.advance(std::chrono::seconds{91});
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
}

}  // namespace
}  // namespace primum::actuator

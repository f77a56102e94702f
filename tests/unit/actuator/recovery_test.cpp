// SPDX-License-Identifier: MIT
#include "actuator/recovery.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace primum::actuator {
namespace {

Stamp at(std::int64_t seconds) {
    return {instant_from_us(seconds * 1'000'000), wall_from_us(seconds * 1'000'000)};
}

StoredAction started(RemedyKind kind = RemedyKind::restart) {
    StoredAction action;
    action.id = "a-1";
    action.unit = "gateway.service";
    action.kind = kind;
    action.started = at(100);
    action.timeout = std::chrono::seconds{90};
    action.invocation_before = "aa";
    return action;
}

systemd::UnitFacts unit(const std::string& active, const std::string& invocation) {
    systemd::UnitFacts facts;
    facts.id = "gateway.service";
    facts.active_state = active;
    facts.invocation_id = invocation;
    return facts;
}

systemd::ManagerResult<systemd::UnitFacts> silence() {
    return fail(systemd::ManagerError{"org.freedesktop.DBus.Error.NoReply", "no reply"});
}

ActionResult judged(const RecoveryStep& step) {
    EXPECT_EQ(step.await_job, 0U);
    return step.end.has_value() ? step.end->result : ActionResult::none;
}

TEST(RecoveryTest, ARestartThatTookPlaceIsDone) {
    const auto step = next_step(started(), unit("active", "bb"), at(101));
    EXPECT_EQ(judged(step), ActionResult::done);
    EXPECT_EQ(step.end->invocation_after, "bb");
    EXPECT_EQ(step.end->refusal, Refusal::none);
}

TEST(RecoveryTest, ARestartThatNeverBeganFailed) {
    EXPECT_EQ(judged(next_step(started(), unit("failed", "aa"), at(101))), ActionResult::failed);
    EXPECT_EQ(judged(next_step(started(), unit("active", "aa"), at(101))), ActionResult::failed);
}

TEST(RecoveryTest, ARestartThatBroughtNothingFailed) {
    EXPECT_EQ(judged(next_step(started(), unit("failed", "bb"), at(101))), ActionResult::failed);
}

TEST(RecoveryTest, ARestartThatIsNotThereYetIsAmbiguous) {
    EXPECT_EQ(judged(next_step(started(), unit("activating", "bb"), at(101))),
              ActionResult::ambiguous);
}

TEST(RecoveryTest, AReloadIsAmbiguousWithoutItsJob) {
    EXPECT_EQ(judged(next_step(started(RemedyKind::reload), unit("active", "aa"), at(101))),
              ActionResult::ambiguous);
}

TEST(RecoveryTest, ItsOwnJobIsAwaited) {
    auto action = started();
    action.job = "/org/freedesktop/systemd1/job/7";
    auto busy = unit("deactivating", "aa");
    busy.job_id = 7;
    const auto step = next_step(action, busy, at(101));
    EXPECT_FALSE(step.end.has_value());
    EXPECT_EQ(step.await_job, 7U);
}

TEST(RecoveryTest, AJobWhoseNumberWasNotRecordedIsAwaitedWhileTheUnitIsUntouched) {
    auto busy = unit("deactivating", "aa");
    busy.job_id = 7;
    EXPECT_EQ(next_step(started(), busy, at(101)).await_job, 7U);
    busy.invocation_id = "bb";
    busy.active_state = "active";
    EXPECT_EQ(judged(next_step(started(), busy, at(101))), ActionResult::done);
}

TEST(RecoveryTest, SomebodyElsesJobIsNotAwaited) {
    auto action = started();
    action.job = "/org/freedesktop/systemd1/job/7";
    auto busy = unit("active", "bb");
    busy.job_id = 8;
    EXPECT_EQ(judged(next_step(action, busy, at(101))), ActionResult::done);
}

TEST(RecoveryTest, AJobThatOutlivedTheTimeoutIsAmbiguous) {
    auto action = started();
    action.job = "/org/freedesktop/systemd1/job/7";
    auto busy = unit("deactivating", "aa");
    busy.job_id = 7;
    EXPECT_EQ(judged(next_step(action, busy, at(191))), ActionResult::ambiguous);
}

TEST(RecoveryTest, SilenceIsWaitedOutUntilTheTimeout) {
    const auto early = next_step(started(), silence(), at(101));
    EXPECT_FALSE(early.end.has_value());
    EXPECT_EQ(early.await_job, 0U);
    EXPECT_EQ(judged(next_step(started(), silence(), at(191))), ActionResult::ambiguous);
}

TEST(RecoveryTest, AnotherBootTellsNothing) {
    EXPECT_EQ(end_across_boots(at(5)).result, ActionResult::ambiguous);
}

TEST(RecoveryTest, TheEndOfAJobNamesBothInvocations) {
    remedy::Report report;
    report.result = ActionResult::done;
    report.job_result = "done";
    report.invocation_after = "bb";
    report.detail = "the restart job is done";
    EXPECT_EQ(end_of_job(started(), report, at(101)).detail,
              "the restart job is done; job done, invocation aa before, bb after");
}

}  // namespace
}  // namespace primum::actuator

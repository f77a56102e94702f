// SPDX-License-Identifier: MIT
#include "remedy/restart.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace primum::remedy {
namespace {

systemd::UnitFacts unit(const std::string& active, const std::string& invocation) {
    systemd::UnitFacts facts;
    facts.id = "a.service";
    facts.active_state = active;
    facts.invocation_id = invocation;
    return facts;
}

TEST(RestartTest, DoneWithANewInvocationIsDone) {
    const auto report = judge_restart("done", "aa", unit("active", "bb"));
    EXPECT_EQ(report.result, ActionResult::done);
    EXPECT_EQ(report.job_result, "done");
    EXPECT_EQ(report.invocation_after, "bb");
}

// Lesson: "done" was reported, nothing was done.
TEST(RestartTest, DoneWithTheSameInvocationIsNotDone) {
    const auto report = judge_restart("done", "aa", unit("active", "aa"));
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.detail, "the restart job is done, but the unit was not started again");
}

TEST(RestartTest, DoneIsBelievedWhenTheUnitCannotBeRead) {
    EXPECT_EQ(judge_restart("done", "aa", std::nullopt).result, ActionResult::done);
}

TEST(RestartTest, EveryWordOfSystemdForFailureIsOne) {
    for (const auto* word : {"failed", "canceled", "timeout", "dependency", "skipped", "assert"}) {
        const auto report = judge_restart(word, "aa", unit("active", "bb"));
        EXPECT_EQ(report.result, ActionResult::failed) << word;
        EXPECT_EQ(report.detail, std::string("the restart job ended with ") + word);
    }
}

TEST(RestartTest, AnUnheardEndIsJudgedByTheInvocation) {
    for (const auto* word : {"gone", "disconnected", "something new"}) {
        EXPECT_EQ(judge_restart(word, "aa", unit("active", "bb")).result, ActionResult::done);
        EXPECT_EQ(judge_restart(word, "aa", unit("failed", "bb")).result, ActionResult::failed);
        EXPECT_EQ(judge_restart(word, "aa", unit("inactive", "bb")).result, ActionResult::failed);
        EXPECT_EQ(judge_restart(word, "aa", unit("activating", "bb")).result,
                  ActionResult::ambiguous);
        EXPECT_EQ(judge_restart(word, "aa", unit("active", "aa")).result, ActionResult::failed);
        EXPECT_EQ(judge_restart(word, "aa", std::nullopt).result, ActionResult::ambiguous);
    }
}

TEST(RestartTest, WhileAJobIsQueuedNothingIsCertain) {
    auto busy = unit("active", "aa");
    busy.job_id = 7;
    EXPECT_EQ(judge_restart("gone", "aa", busy).result, ActionResult::ambiguous);
}

}  // namespace
}  // namespace primum::remedy

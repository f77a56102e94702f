// SPDX-License-Identifier: MIT
#include "remedy/restart.hpp"

#include "remedy_fixture.hpp"

#include <gmock/gmock.h>
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

class RestartHooksTest : public testing::RemedyFixture {
protected:
    Order hooked(Argv before, Argv after) const {
        RestartPlan plan;
        plan.save = std::move(before);
        plan.restore = std::move(after);
        return order(RemedyKind::restart, plan);
    }
    std::vector<std::string> started() const {
        std::vector<std::string> names;
        for (const auto& unit : started_) {
            names.push_back(unit.name);
        }
        return names;
    }
    static constexpr const char* save = "primum-action-a-1-save.service";
    static constexpr const char* restore = "primum-action-a-1-restore.service";
};

TEST_F(RestartHooksTest, SavesRestartsAndRestores) {
    EXPECT_EQ(prepare(hooked({"/usr/bin/true"}, {"/usr/bin/true"})).refusal, Refusal::none);
    EXPECT_THAT(started(), ::testing::ElementsAre(save));
    const auto report = run();
    EXPECT_EQ(report.result, ActionResult::done);
    EXPECT_THAT(started(), ::testing::ElementsAre(save, restore));
    EXPECT_THAT(jobs_, ::testing::Contains("RestartUnit a.service"));
    EXPECT_FALSE(report.facts.lost_state);
    EXPECT_EQ(report.facts.stored_before, not_counted);
}

TEST_F(RestartHooksTest, WhatSavedInTimeWasBegun) {
    auto late = hooked({"/usr/bin/true"}, {});
    late.not_after = clock_.now().t;
    EXPECT_TRUE(prepare(late).begun);
    EXPECT_FALSE(prepare(hooked({}, {"/usr/bin/true"})).begun);
}

TEST_F(RestartHooksTest, APlanThatIsTooOldDoesNotSave) {
    auto late = hooked({"/usr/bin/true"}, {"/usr/bin/true"});
    late.not_after = clock_.now().t - Duration{1};
    EXPECT_EQ(prepare(late).refusal, Refusal::too_late);
    execution_.reset();
    EXPECT_TRUE(started_.empty());
}

TEST_F(RestartHooksTest, NothingIsRestartedWhenSaveFails) {
    fails_ = save;
    const auto prepared = prepare(hooked({"/usr/bin/true"}, {"/usr/bin/true"}));
    EXPECT_EQ(prepared.refusal, Refusal::hook_failed);
    EXPECT_THAT(started(), ::testing::ElementsAre(save));
}

TEST_F(RestartHooksTest, WhatDoesNotRunHasNothingToSave) {
    systemd_->units["a.service"].active_state = "failed";
    EXPECT_EQ(prepare(hooked({"/usr/bin/true"}, {})).refusal, Refusal::none);
    EXPECT_TRUE(started_.empty());
}

TEST_F(RestartHooksTest, AFailedRestoreIsLostState) {
    fails_ = restore;
    EXPECT_EQ(prepare(hooked({}, {"/usr/bin/true"})).refusal, Refusal::none);
    const auto report = run();
    EXPECT_EQ(report.result, ActionResult::done);
    EXPECT_TRUE(report.facts.lost_state);
    EXPECT_NE(report.detail.find("the restore hook failed"), std::string::npos) << report.detail;
}

TEST_F(RestartHooksTest, FewerDescriptorsThanBeforeAreLostState) {
    systemd_->units["a.service"].stored_fds = 3;
    stored_after_ = 2;
    EXPECT_EQ(prepare(hooked({}, {})).facts.stored_before, 3U);
    const auto report = run();
    EXPECT_EQ(report.facts.stored_before, 3U);
    EXPECT_EQ(report.facts.stored_after, 2U);
    EXPECT_TRUE(report.facts.lost_state);
}

// Lesson: what a person stopped stays stopped, though it be stopped between look and effect.
TEST_F(RestartHooksTest, WhatWasStoppedMeanwhileStaysStopped) {
    EXPECT_EQ(prepare(hooked({"/usr/bin/true"}, {"/usr/bin/true"})).refusal, Refusal::none);
    systemd_->units["a.service"].active_state = "inactive";
    EXPECT_EQ(run().refusal, Refusal::stopped_by_person);
    EXPECT_THAT(jobs_, ::testing::Not(::testing::Contains("RestartUnit a.service")));
    EXPECT_THAT(started(), ::testing::ElementsAre(save));
}

// What save has drained is taken back into service, though nothing was restarted.
TEST_F(RestartHooksTest, ARestartThatDidNotComeAboutIsRestored) {
    EXPECT_EQ(prepare(hooked({"/usr/bin/true"}, {"/usr/bin/true"})).refusal, Refusal::none);
    systemd_->units["a.service"].job = 9;
    EXPECT_EQ(run().refusal, Refusal::foreign_job);
    EXPECT_THAT(started(), ::testing::ElementsAre(save, restore));
}

// So it is when the action is called off between its preparation and its effect.
TEST_F(RestartHooksTest, WhatIsCalledOffIsRestored) {
    EXPECT_EQ(prepare(hooked({"/usr/bin/true"}, {"/usr/bin/true"})).refusal, Refusal::none);
    execution_.reset();
    EXPECT_TRUE(until_jobs([this] { return started_.size() == 2; }));
    EXPECT_THAT(started(), ::testing::ElementsAre(save, restore));
    EXPECT_THAT(jobs_, ::testing::Not(::testing::Contains("RestartUnit a.service")));
}

// And when the actuator died between the two: the next run knows only that it was preparing.
TEST_F(RestartHooksTest, WhatADeadActuatorHasDrainedIsRestored) {
    const auto order = hooked({"/usr/bin/true"}, {"/usr/bin/true"});
    take_back_preparation(tools(), order);
    EXPECT_TRUE(until_jobs([this] { return started_.size() == 1; }));
    EXPECT_THAT(started(), ::testing::ElementsAre(restore));
    EXPECT_THAT(jobs_, ::testing::Not(::testing::Contains("RestartUnit a.service")));
}

}  // namespace
}  // namespace primum::remedy

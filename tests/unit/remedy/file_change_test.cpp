// SPDX-License-Identifier: MIT
#include "remedy/file_change.hpp"

#include "remedy_fixture.hpp"
#include "temp_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What comes after the files are changed, and before: the unit, its jobs, the check.
namespace primum::remedy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FileChangeTest : public testing::RemedyFixture {
protected:
    void SetUp() override {
        RemedyFixture::SetUp();
        if (IsSkipped()) {
            return;
        }
        snapshots_ = std::make_unique<SnapshotStore>(
            tree.path("store"), SnapshotLimits{}, FaultHook{}, tree.policy());
        tree.write("etc/a.conf", "bad\n", 0640);
        tree.write("good/a.conf", "good\n");
        before = tree.dump("etc/a.conf");
        plan.files = {{tree.path("etc/a.conf"), tree.path("good/a.conf")}};
    }
    Prepared prepare_plan() { return prepare(order(RemedyKind::config_fallback, plan)); }
    // Prepares and runs the way back.
    Report roll_back(const WayBackRecord& way_back) {
        execution_ = make_rollback(tools(), way_back);
        const Prepared prepared = prepare();
        EXPECT_EQ(prepared.refusal, Refusal::none) << prepared.detail;
        return run();
    }
    Report judge(const WayBackRecord& way_back, const std::string& invocation) {
        systemd::UnitFacts unit;
        unit.id = "a.service";
        unit.active_state = "active";
        unit.invocation_id = invocation;
        std::optional<Report> report;
        judge_left(tools(),
                   order(RemedyKind::config_fallback, plan),
                   way_back,
                   unit,
                   [&](const Report& news) { report = news; });
        EXPECT_TRUE(until_jobs([&] { return report.has_value(); }));
        return report.value_or(Report{});
    }

    TempTree tree;
    FallbackPlan plan;
    std::string before;
};

TEST_F(FileChangeTest, ThenRestartsAndSoDoesTheWayBack) {
    const Prepared prepared = prepare_plan();
    ASSERT_EQ(prepared.refusal, Refusal::none) << prepared.detail;
    EXPECT_EQ(prepared.way_back.then, Then::restart);
    EXPECT_TRUE(jobs_.empty());
    const Report report = run();
    EXPECT_EQ(report.result, ActionResult::done) << report.detail;
    EXPECT_EQ(report.detail, tree.path("etc/a.conf") + " is replaced; the restart job is done");
    EXPECT_EQ(tree.read("etc/a.conf"), "good\n");
    const Report back = roll_back(prepared.way_back);
    EXPECT_EQ(back.result, ActionResult::failed);  // the fake gives no new invocation again
    EXPECT_EQ(back.refusal, Refusal::none);
    EXPECT_THAT(jobs_, ElementsAre("RestartUnit a.service", "RestartUnit a.service"));
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

TEST_F(FileChangeTest, ThenReloads) {
    plan.then = Then::reload;
    const Prepared prepared = prepare_plan();
    ASSERT_EQ(run().result, ActionResult::done);
    const Report back = roll_back(prepared.way_back);
    EXPECT_EQ(back.result, ActionResult::done) << back.detail;
    EXPECT_THAT(jobs_, ElementsAre("ReloadUnit a.service", "ReloadUnit a.service"));
}

TEST_F(FileChangeTest, AJobThatFailsLeavesAWayBack) {
    plan.then = Then::reload;
    systemd_->on_job = [](const std::string&, const std::string&) { return 0U; };  // refuses
    const Prepared prepared = prepare_plan();
    const Report report = run();
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.refusal, Refusal::none);  // the file is changed
    EXPECT_THAT(report.detail, HasSubstr("is replaced; "));
    EXPECT_EQ(tree.read("etc/a.conf"), "good\n");
    EXPECT_EQ(roll_back(prepared.way_back).result, ActionResult::failed);
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

TEST_F(FileChangeTest, WhatAPersonStoppedIsNotChanged) {
    ASSERT_EQ(prepare_plan().refusal, Refusal::none);
    systemd_->units["a.service"].active_state = "inactive";
    const Report report = run();
    EXPECT_EQ(report.refusal, Refusal::stopped_by_person);
    EXPECT_TRUE(jobs_.empty());
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

TEST_F(FileChangeTest, WhatWasStartedAnewIsNotChanged) {
    ASSERT_EQ(prepare_plan().refusal, Refusal::none);
    systemd_->units["a.service"].invocation = 0xcc;
    EXPECT_EQ(run().refusal, Refusal::foreign_job);
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

TEST_F(FileChangeTest, AReloadNeedsTheUnitActive) {
    plan.then = Then::reload;
    ASSERT_EQ(prepare_plan().refusal, Refusal::none);
    systemd_->units["a.service"].active_state = "failed";
    EXPECT_EQ(run().refusal, Refusal::not_applicable);
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

// What a person stopped stays stopped; the files are put back all the same.
TEST_F(FileChangeTest, TheWayBackStartsNothing) {
    const Prepared prepared = prepare_plan();
    ASSERT_EQ(run().result, ActionResult::done);
    systemd_->units["a.service"].active_state = "inactive";
    const Report back = roll_back(prepared.way_back);
    EXPECT_EQ(back.result, ActionResult::done);
    EXPECT_THAT(back.detail, HasSubstr("a.service is inactive and is left so"));
    EXPECT_EQ(jobs_.size(), 1U);
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

TEST_F(FileChangeTest, TheCheckIsShownTheNewFilesAndNothingIsChanged) {
    plan.check = {"/bin/true", "-t"};
    const Prepared prepared = prepare_plan();
    ASSERT_EQ(prepared.refusal, Refusal::none) << prepared.detail;
    ASSERT_EQ(started_.size(), 1U);
    EXPECT_EQ(started_[0].name, "primum-action-a-1-check.service");
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
    EXPECT_EQ(tree.names("store/shown"), "");
    EXPECT_EQ(run().result, ActionResult::done);
}

TEST_F(FileChangeTest, ACheckThatFailsIsARefusal) {
    plan.check = {"/bin/false"};
    fails_ = "primum-action-a-1-check.service";
    const Prepared prepared = prepare_plan();
    EXPECT_EQ(prepared.refusal, Refusal::check_failed);
    EXPECT_THAT(prepared.detail, HasSubstr("/bin/false"));
    EXPECT_TRUE(prepared.way_back.empty());
    EXPECT_EQ(tree.dump("etc/a.conf"), before);
}

TEST_F(FileChangeTest, ACheckThatOthersCanChangeIsUntrusted) {
    plan.check = {tree.write("check", "#!/bin/sh\n", 0777)};
    EXPECT_EQ(prepare_plan().refusal, Refusal::untrusted);
    EXPECT_TRUE(started_.empty());
}

TEST_F(FileChangeTest, WhatACrashLeftIsJudgedByFilesAndInvocation) {
    const Prepared prepared = prepare_plan();
    EXPECT_EQ(judge(prepared.way_back, "bb").detail, "nothing was changed");
    const FileBack& file = prepared.way_back.files[0];
    ASSERT_TRUE(snapshots_->put(file.after, file.path, file.before));
    EXPECT_EQ(judge(prepared.way_back, "bb").result, ActionResult::done);
    EXPECT_EQ(judge(prepared.way_back, "aa").result, ActionResult::failed);  // not restarted
}

TEST_F(FileChangeTest, StateComesBackByHandWithTheUnitStopped) {
    WayBackRecord state;
    state.action = "a-1";
    state.unit = "a.service";
    state.by_hand = true;
    state.then = Then::restart;
    tree.write("var/state/sessions", "old\n");
    state.files = {{tree.path("var/state"), snapshots_->keep(tree.path("var/state")).value(), {}}};
    tree.write("var/state/sessions", "new\n");
    execution_ = make_rollback(tools(), state);
    const Prepared refused = prepare();
    EXPECT_EQ(refused.refusal, Refusal::not_applicable);
    EXPECT_EQ(refused.detail, "a.service is active: stop it first");
    systemd_->units["a.service"].active_state = "inactive";
    const Report report = roll_back(state);
    EXPECT_EQ(report.result, ActionResult::done) << report.detail;
    EXPECT_EQ(report.detail,
              tree.path("var/state") + " is as it was, the newer state is " +
                  tree.path("var/state") + ".primum-kept-a-1");
    EXPECT_EQ(tree.read("var/state/sessions"), "old\n");
    EXPECT_EQ(tree.read("var/state.primum-kept-a-1/sessions"), "new\n");
    EXPECT_TRUE(jobs_.empty());
}

}  // namespace
}  // namespace primum::remedy

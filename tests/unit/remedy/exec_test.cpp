// SPDX-License-Identifier: MIT
#include "remedy/exec.hpp"

#include "remedy/program.hpp"
#include "remedy_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace primum::remedy {
namespace {

class ExecTest : public testing::RemedyFixture {
protected:
    Order program(Argv run, Argv undo = {}) const {
        ExecPlan plan;
        plan.run = std::move(run);
        plan.undo = std::move(undo);
        plan.memory = 1ULL << 20U;
        plan.tasks = 3;
        plan.writes = {"/var/lib/a"};
        return order(RemedyKind::exec, plan);
    }
    static std::string capabilities(const FakeSystemd::Transient& unit) {
        return unit.properties.at("CapabilityBoundingSet");
    }
};

TEST_F(ExecTest, RunsAsTheUnitsOwnUser) {
    auto with = program({"/usr/bin/true"});
    with.user = "postgres";
    EXPECT_EQ(prepare(with).refusal, Refusal::none);
    const auto report = run();
    EXPECT_EQ(report.result, ActionResult::done);
    EXPECT_EQ(report.detail.substr(0, 24), "/usr/bin/true ended well");
    ASSERT_EQ(started_.size(), 1U);
    EXPECT_EQ(started_[0].name, "primum-action-a-1.service");
    EXPECT_EQ(started_[0].properties.at("User"), "postgres");
    EXPECT_EQ(started_[0].properties.at("TasksMax"), "3");
    EXPECT_EQ(capabilities(started_[0]), "0");
}

TEST_F(ExecTest, TheRulesUserGoesFirstAndRootIsLimited) {
    auto with = program({"/usr/bin/true"});
    with.user = "postgres";
    std::get<ExecPlan>(with.rule.plan).user = "root";
    EXPECT_EQ(prepare(with).refusal, Refusal::none);
    EXPECT_EQ(run().result, ActionResult::done);
    EXPECT_EQ(started_.at(0).properties.count("User"), 0U);
    EXPECT_EQ(capabilities(started_.at(0)), "251");  // chown to setuid, without dac_read_search
}

TEST_F(ExecTest, ABadEndIsAFailure) {
    fails_ = "primum-action-a-1.service";
    EXPECT_EQ(prepare(program({"/usr/bin/false"})).refusal, Refusal::none);
    const auto report = run();
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.refusal, Refusal::none);  // it did run
    EXPECT_EQ(report.detail.substr(0, 35), "/usr/bin/false ended with exit-code");
}

TEST_F(ExecTest, WhatOthersCanWriteIsNotRun) {
    const auto own = folder_ / "program";
    std::filesystem::copy_file("/usr/bin/true", own);
    EXPECT_EQ(prepare(program({own.string()})).refusal, Refusal::untrusted);
    EXPECT_EQ(prepare(program({"/usr/bin/true"}, {own.string()})).refusal, Refusal::untrusted);
    EXPECT_EQ(prepare(program({"/nowhere/at/all"})).refusal, Refusal::untrusted);
    EXPECT_TRUE(started_.empty());
}

TEST_F(ExecTest, AnIdThatCannotNameAUnitIsRefused) {
    auto with = program({"/usr/bin/true"});
    with.action = "../../x";
    EXPECT_EQ(prepare(with).refusal, Refusal::bad_request);
}

TEST_F(ExecTest, TheUndoIsTheWayBack) {
    const auto prepared = prepare(program({"/usr/bin/true"}, {"/usr/bin/env", "undo"}));
    ASSERT_FALSE(prepared.way_back.empty());
    EXPECT_EQ(prepared.way_back.action, "a-1");
    EXPECT_EQ(prepare(program({"/usr/bin/true"})).way_back.empty(), true);

    execution_ = make_rollback(tools(), prepared.way_back);
    EXPECT_EQ(prepare().refusal, Refusal::none);
    EXPECT_EQ(run().result, ActionResult::done);
    ASSERT_EQ(started_.size(), 1U);
    EXPECT_EQ(started_[0].name, "primum-action-a-1-undo.service");
}

// In a control group of version 1 systemd does not know that it was the kernel, for memory.
TEST_F(ExecTest, WhatIsKilledMayHaveTakenTooMuchMemory) {
    systemd::TransientEnd end;
    end.how = systemd::TransientEnd::How::ended;
    end.result = "signal";
    end.status = "KILL";
    const auto killed = report_of_program("it", end);
    EXPECT_EQ(killed.result, ActionResult::failed);
    EXPECT_EQ(killed.detail,
              "it ended with signal KILL, by somebody or for more memory than it may have");
    end.result = "oom-kill";
    EXPECT_EQ(report_of_program("it", end).detail.substr(0, 22), "it ended with oom-kill");
}

TEST_F(ExecTest, AtTheTimeoutAllOfItIsEnded) {
    EXPECT_EQ(prepare(program({"/usr/bin/true"})).refusal, Refusal::none);
    std::optional<Report> report;
    execution_->run([&](const Report& news) { report = news; });
    EXPECT_TRUE(until([&] { return !started_.empty(); }));
    turn_a_while();
    EXPECT_TRUE(execution_->stop());
    EXPECT_TRUE(until([&] { return !jobs_.empty(); }));
    EXPECT_EQ(jobs_.at(0), "StopUnit primum-action-a-1.service");
    EXPECT_THAT(systemd_->told(), ::testing::Contains("KillUnit primum-action-a-1.service all 9"));
    systemd_->job_removed(first_job, started_.at(0).name, "canceled");
    std::uint32_t ended = first_job + 1;
    EXPECT_TRUE(until([&] {
        for (; ended < next_job_; ++ended) {
            systemd_->job_removed(ended, "x", "done");
        }
        return report.has_value();
    }));
    EXPECT_EQ(report->result, ActionResult::failed);
    EXPECT_EQ(report->detail.substr(0, 8), "timeout:");
}

TEST_F(ExecTest, WhatIsLeftOfAnEarlierRunTells) {
    const auto left = order(RemedyKind::exec, ExecPlan{});
    auto& unit = systemd_->units["primum-action-a-1.service"];
    const auto judged = [&] {
        std::optional<Report> report;
        judge_left(tools(), left, {}, {}, [&](const Report& news) { report = news; });
        EXPECT_TRUE(until_jobs([&] { return report.has_value(); }));
        return report.value_or(Report{}).result;
    };
    unit.result = "exit-code";
    EXPECT_EQ(judged(), ActionResult::failed);
    unit.result = "success";
    EXPECT_EQ(judged(), ActionResult::done);
    unit.load_state = "not-found";
    EXPECT_EQ(judged(), ActionResult::ambiguous);
    EXPECT_TRUE(started_.empty());
}

}  // namespace
}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "remedy/job_remedy.hpp"

#include "remedy/reload.hpp"
#include "remedy/restart.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::remedy {
namespace {

TEST(JobRemedyTest, EachKindHasItsJudge) {
    EXPECT_EQ(judge_of(RemedyKind::reload), &judge_reload);
    EXPECT_EQ(judge_of(RemedyKind::restart), &judge_restart);
    EXPECT_EQ(judge_of(RemedyKind::failover), nullptr);
}

TEST(JobRemedyTest, DoneAndUnheardEndsAreNoFailures) {
    EXPECT_TRUE(is_failure("dependency"));
    EXPECT_FALSE(is_failure("done"));
    EXPECT_FALSE(is_failure("gone"));
    EXPECT_FALSE(is_failure("disconnected"));
}

TEST(JobRemedyTest, WithoutABusNothingIsQueuedAndSomebodySaysSo) {
    systemd::EventLoop loop;
    const ManualClock clock;
    systemd::Bus bus(loop, clock);
    systemd::Manager manager(bus);
    std::vector<Report> reports;
    std::vector<std::string> jobs;
    Order order;
    order.unit = "a.service";
    order.invocation = "aa";
    order.on_job = [&](const std::string& job) { jobs.push_back(job); };
    run_job(manager, systemd::JobVerb::restart, order, [&](const Report& report) {
        reports.push_back(report);
    });
    EXPECT_TRUE(reports.empty());  // never from inside the call
    EXPECT_TRUE(loop.run_once(std::chrono::seconds{5}));
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].result, ActionResult::ambiguous);  // nobody said that it was not queued
    EXPECT_TRUE(jobs.empty());
}

TEST(JobRemedyTest, ARefusedJobSaysWhy) {
    const auto refusal = [](const char* name) {
        return report_of_refused_job({name, "no"}).refusal;
    };
    EXPECT_EQ(refusal("org.freedesktop.systemd1.TransactionIsDestructive"), Refusal::foreign_job);
    EXPECT_EQ(refusal("org.freedesktop.systemd1.UnitMasked"), Refusal::masked);
    EXPECT_EQ(refusal("org.freedesktop.systemd1.NoSuchUnit"), Refusal::unit_missing);
    EXPECT_EQ(refusal("org.freedesktop.DBus.Error.AccessDenied"), Refusal::bus);
    EXPECT_EQ(report_of_refused_job({"org.freedesktop.systemd1.NoSuchUnit", "no"}).result,
              ActionResult::failed);
}

// Lesson: "done" was reported, nothing was done - and the other way round.
TEST(JobRemedyTest, AnUnansweredCallMayHaveBeenHeard) {
    for (const auto* name :
         {"org.freedesktop.DBus.Error.NoReply", "org.primum.Error.Disconnected", "unreadable"}) {
        const auto report = report_of_refused_job({name, "?"});
        EXPECT_EQ(report.result, ActionResult::ambiguous) << name;
        EXPECT_EQ(report.refusal, Refusal::none) << name;
    }
}

TEST(JobRemedyTest, WhatChangedMeanwhileIsLeftAlone) {
    systemd::UnitFacts unit;
    unit.id = "a.service";
    unit.load_state = "loaded";
    unit.invocation_id = "aa";
    EXPECT_FALSE(objection(unit, "aa").has_value());
    EXPECT_EQ(objection(unit, "bb")->refusal, Refusal::foreign_job);
    auto busy = unit;
    busy.job_id = 7;
    EXPECT_EQ(objection(busy, "aa")->detail, "job 7 is queued on a.service");
    auto masked = unit;
    masked.load_state = "masked";
    EXPECT_EQ(objection(masked, "aa")->refusal, Refusal::masked);
    EXPECT_EQ(objection(fail(systemd::ManagerError{"x", "y"}), "aa")->refusal, Refusal::bus);
}

}  // namespace
}  // namespace primum::remedy

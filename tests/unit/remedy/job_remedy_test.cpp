// SPDX-License-Identifier: MIT
#include "remedy/job_remedy.hpp"

#include "remedy/reload.hpp"
#include "remedy/restart.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <gtest/gtest.h>

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
    int refused = 0;
    int ended = 0;
    JobHooks hooks;
    hooks.queued = [&](const systemd::ManagerResult<std::string>& job) {
        refused += job.has_value() ? 0 : 1;
    };
    hooks.ended = [&](const JobReport&) { ++ended; };
    restart(manager, "a.service", "aa", hooks);
    EXPECT_EQ(refused, 0);  // never from inside the call
    EXPECT_TRUE(loop.run_once(std::chrono::seconds{5}));
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(ended, 0);
}

}  // namespace
}  // namespace primum::remedy

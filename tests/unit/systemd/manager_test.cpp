// SPDX-License-Identifier: MIT
#include "systemd/manager.hpp"

#include "fake_systemd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace primum::systemd {
namespace {

using ::testing::ElementsAre;

class ManagerTest : public testing::SystemdFixture {
protected:
    struct Job {
        std::optional<ManagerResult<std::string>> queued;
        std::vector<JobEnd> ends;
    };
    void start(Job& job, JobVerb verb = JobVerb::restart) {
        manager_.start_job(
            verb,
            "a.service",
            [&job](ManagerResult<std::string> queued) { job.queued = std::move(queued); },
            [&job](const JobEnd& end) { job.ends.push_back(end); });
    }

    Manager manager_{bus_};
};

TEST(JobIdTest, IsTheNumberInThePath) {
    EXPECT_EQ(job_id_of("/org/freedesktop/systemd1/job/4711"), 4711U);
    for (const auto* path : {"",
                             "/",
                             "/org/freedesktop/systemd1/job/",
                             "/job/7",
                             "/org/freedesktop/systemd1/job/7x",
                             "/org/freedesktop/systemd1/job/99999999999"}) {
        EXPECT_EQ(job_id_of(path), 0U) << path;
    }
}

TEST_F(ManagerTest, TellsEverythingAboutAUnit) {
    systemd_->units["a.service"] = {
        .active_state = "failed", .result = "signal", .job = 5, .main_exited_us = 76};
    std::optional<ManagerResult<UnitFacts>> got;
    manager_.facts("a.service", [&](ManagerResult<UnitFacts> facts) { got = std::move(facts); });
    ASSERT_TRUE(until([&] { return got.has_value(); }));
    ASSERT_TRUE(got->has_value());
    const auto& facts = **got;
    EXPECT_EQ(facts.id, "a.service");
    EXPECT_EQ(facts.active_state, "failed");
    EXPECT_EQ(facts.result, "signal");
    EXPECT_EQ(facts.job_id, 5U);
    EXPECT_EQ(facts.invocation_id, "aa");
    EXPECT_TRUE(facts.can_reload);
    EXPECT_TRUE(facts.service);
    EXPECT_EQ(facts.main_exited, instant_from_us(76));
    EXPECT_EQ(facts.active_left, instant_from_us(77));
}

TEST_F(ManagerTest, AJobIsAwaitedToItsEnd) {
    systemd_->on_job = [](const std::string& verb, const std::string& unit) -> std::uint32_t {
        return verb == "RestartUnit" && unit == "a.service" ? 7 : 0;
    };
    Job job;
    start(job);
    ASSERT_TRUE(until([&] { return job.queued.has_value(); }));
    ASSERT_TRUE(job.queued->has_value());
    EXPECT_EQ(**job.queued, "/org/freedesktop/systemd1/job/7");
    EXPECT_TRUE(job.ends.empty());  // queued is not done
    systemd_->job_removed(8, "a.service", "done");
    turn_a_while();
    EXPECT_TRUE(job.ends.empty());
    systemd_->job_removed(7, "a.service", "failed");
    ASSERT_TRUE(until([&] { return !job.ends.empty(); }));
    EXPECT_EQ(job.ends.front().result, "failed");
    EXPECT_EQ(job.ends.size(), 1U);
}

TEST_F(ManagerTest, AnEndThatComesBeforeTheAnswerIsNotLost) {
    systemd_->on_job = [this](const std::string&, const std::string&) -> std::uint32_t {
        systemd_->job_removed(7, "a.service", "done");
        return 7;
    };
    Job job;
    start(job, JobVerb::reload);
    ASSERT_TRUE(until([&] { return !job.ends.empty(); }));
    EXPECT_TRUE(job.queued.has_value() && job.queued->has_value());
    EXPECT_EQ(job.ends.front().result, "done");
    EXPECT_EQ(systemd_->calls["ReloadUnit"], 1);
}

TEST_F(ManagerTest, ARefusedJobSaysWhyAndNeverEnds) {
    Job job;
    start(job);
    ASSERT_TRUE(until([&] { return job.queued.has_value(); }));
    ASSERT_FALSE(job.queued->has_value());
    EXPECT_EQ(job.queued->error().name, "org.freedesktop.systemd1.TransactionIsDestructive");
    systemd_->job_removed(7, "a.service", "done");
    turn_a_while();
    EXPECT_TRUE(job.ends.empty());
}

TEST_F(ManagerTest, AForgedEndIsNone) {
    systemd_->on_job = [](const std::string&, const std::string&) -> std::uint32_t { return 7; };
    Job job;
    start(job);
    ASSERT_TRUE(until([&] { return job.queued.has_value(); }));
    const auto stranger = primum::bus::testing::open_bus();
    testing::FakeSystemd::signal_job(stranger.get(), "JobRemoved", 7, "a.service", "done");
    turn_a_while();
    EXPECT_TRUE(job.ends.empty());
}

TEST_F(ManagerTest, AJobThatIsThereIsAwaitedAndOneThatIsGoneEndsAtOnce) {
    systemd_->jobs[7] = "restart";
    std::vector<JobEnd> ends;
    manager_.await_job(7, [&](const JobEnd& end) { ends.push_back(end); });
    turn_a_while();
    EXPECT_TRUE(ends.empty());
    manager_.await_job(8, [&](const JobEnd& end) { ends.push_back(end); });
    ASSERT_TRUE(until([&] { return ends.size() == 1; }));
    EXPECT_EQ(ends[0].result, "gone");
    systemd_->job_removed(7, "a.service", "done");
    ASSERT_TRUE(until([&] { return ends.size() == 2; }));
    EXPECT_EQ(ends[1].result, "done");
}

TEST_F(ManagerTest, WhatGoesDownWithAUnitIsFoundByAsking) {
    systemd_->units["a.service"] = {.required_by = {"b.service", "dead.service"}};
    systemd_->units["b.service"] = {.required_by = {"c.service"}};
    systemd_->units["c.service"] = {};
    systemd_->units["dead.service"] = {.active_state = "inactive"};
    std::optional<ManagerResult<std::vector<std::string>>> got;
    const auto done = [&](ManagerResult<std::vector<std::string>> units) {
        got = std::move(units);
    };
    manager_.stopped_with("a.service", 5, done);
    ASSERT_TRUE(until([&] { return got.has_value(); }));
    ASSERT_TRUE(got->has_value());
    EXPECT_THAT(**got, ElementsAre("b.service", "c.service"));
    got.reset();
    manager_.stopped_with("a.service", 1, done);
    ASSERT_TRUE(until([&] { return got.has_value(); }));
    ASSERT_FALSE(got->has_value());
    EXPECT_EQ(got->error().name, "too_many");
}

TEST_F(ManagerTest, WithoutTheBusEveryQuestionIsAnswered) {
    EventLoop loop;
    Bus away(loop, clock_);
    Manager manager(away);
    int answers = 0;
    manager.facts("a.service", [&](const ManagerResult<UnitFacts>& facts) {
        answers += facts.has_value() ? 0 : 1;
    });
    manager.stopped_with("a.service", 1, [&](const ManagerResult<std::vector<std::string>>& got) {
        answers += got.has_value() ? 0 : 1;
    });
    manager.start_job(
        JobVerb::restart,
        "a.service",
        [&](const ManagerResult<std::string>& queued) { answers += queued.has_value() ? 0 : 1; },
        [&](const JobEnd&) { answers += 100; });
    EXPECT_EQ(answers, 0);
    for (int turn = 0; turn < 20 && answers < 3; ++turn) {
        loop.run_once(std::chrono::milliseconds{1});
    }
    EXPECT_EQ(answers, 3);
}

}  // namespace
}  // namespace primum::systemd

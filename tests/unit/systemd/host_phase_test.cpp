// SPDX-License-Identifier: MIT
#include "systemd/host_phase.hpp"

#include "fake_systemd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace primum::systemd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HostPhaseTest : public testing::SystemdFixture {
protected:
    void watch() {
        watcher_ = std::make_unique<HostPhaseWatcher>(
            bus_, [this](HostPhase phase) { told_.push_back(phase); });
        until([&] { return systemd_->calls["Get"] > 0; });
        turn_a_while();
    }

    std::vector<HostPhase> told_;
    std::unique_ptr<HostPhaseWatcher> watcher_;
};

TEST_F(HostPhaseTest, AHostThatIsUpIsNoNews) {
    systemd_->system_state = "degraded";
    watch();
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(HostPhaseTest, BootingEndsWhenStartupHasFinished) {
    systemd_->system_state = "starting";
    watch();
    EXPECT_THAT(told_, ElementsAre(HostPhase::booting));
    systemd_->system_state = "running";
    systemd_->startup_finished();
    EXPECT_TRUE(until([&] { return told_.size() == 2; }));
    EXPECT_EQ(told_.back(), HostPhase::up);
}

TEST_F(HostPhaseTest, AShutdownThatIsCancelledIsOver) {
    watch();
    systemd_->job_new(7, "shutdown.target", "start");
    EXPECT_TRUE(until([&] { return told_.size() == 1; }));
    EXPECT_EQ(told_.back(), HostPhase::shutting_down);
    systemd_->job_removed(7, "shutdown.target", "canceled");
    EXPECT_TRUE(until([&] { return told_.size() == 2; }));
    EXPECT_EQ(told_.back(), HostPhase::up);
}

TEST_F(HostPhaseTest, JobsOfOtherUnitsAreNoShutdown) {
    watch();
    systemd_->job_new(7, "web.service", "start");
    systemd_->job_removed(7, "web.service", "done");
    turn_a_while();
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(HostPhaseTest, OneThatStartsInTheMiddleOfAShutdownSeesIt) {
    systemd_->system_state = "stopping";
    watch();
    EXPECT_THAT(told_, ElementsAre(HostPhase::shutting_down));
}

TEST_F(HostPhaseTest, WhatSomebodyElseSignalsIsNotBelieved) {
    watch();
    const auto stranger = primum::bus::testing::open_bus();
    testing::FakeSystemd::signal_job(stranger.get(), "JobNew", 7, "shutdown.target", nullptr);
    turn_a_while();
    EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace primum::systemd

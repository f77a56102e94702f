// SPDX-License-Identifier: MIT
#include "remedy/signal.hpp"

#include "remedy_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace primum::remedy {
namespace {

class SignalTest : public testing::RemedyFixture {
protected:
    Order hangup(Whom whom = Whom::main) const {
        return order(RemedyKind::signal, SignalPlan{"SIGHUP", whom});
    }
};

TEST_F(SignalTest, AsksSystemdAndNeverAProcessNumber) {
    EXPECT_EQ(prepare(hangup(Whom::all)).refusal, Refusal::none);
    const auto report = run();
    EXPECT_EQ(report.result, ActionResult::done);
    EXPECT_EQ(report.detail, "SIGHUP was sent");
    EXPECT_THAT(systemd_->told(), ::testing::ElementsAre("KillUnit a.service all 1"));
}

TEST_F(SignalTest, WhatDoesNotRunTakesNone) {
    systemd_->units["a.service"].active_state = "failed";
    EXPECT_EQ(prepare(hangup()).refusal, Refusal::not_applicable);
    systemd_->units["a.service"].active_state = "active";
    systemd_->units["a.service"].main_pid = 0;
    EXPECT_EQ(prepare(hangup()).refusal, Refusal::not_applicable);
    EXPECT_EQ(prepare(hangup(Whom::control)).refusal, Refusal::not_applicable);
}

TEST_F(SignalTest, AnotherMainProcessIsLeftAlone) {
    EXPECT_EQ(prepare(hangup()).refusal, Refusal::none);
    systemd_->units["a.service"].main_pid = 101;
    EXPECT_EQ(run().refusal, Refusal::foreign_job);
    EXPECT_TRUE(systemd_->told().empty());
}

TEST_F(SignalTest, AnotherRunOfTheUnitIsLeftAlone) {
    EXPECT_EQ(prepare(hangup()).refusal, Refusal::none);
    systemd_->units["a.service"].invocation = 0xcc;
    EXPECT_EQ(run().refusal, Refusal::foreign_job);
    EXPECT_TRUE(systemd_->told().empty());
}

TEST_F(SignalTest, ARefusalOfSystemdIsAFailure) {
    systemd_->refuse_with = "org.freedesktop.systemd1.NoSuchProcess";
    EXPECT_EQ(prepare(hangup()).refusal, Refusal::none);
    EXPECT_EQ(run().result, ActionResult::failed);
}

}  // namespace
}  // namespace primum::remedy

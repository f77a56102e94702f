// SPDX-License-Identifier: MIT
#include "remedy/reset_failed.hpp"

#include "remedy_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

class ResetFailedTest : public testing::RemedyFixture {};

TEST_F(ResetFailedTest, OnlyAFailedUnitIsReset) {
    EXPECT_EQ(prepare(order(RemedyKind::reset_failed)).refusal, Refusal::not_applicable);
    systemd_->units["a.service"].active_state = "failed";
    EXPECT_EQ(prepare(order(RemedyKind::reset_failed)).refusal, Refusal::none);
    EXPECT_EQ(run().result, ActionResult::done);
    EXPECT_THAT(systemd_->told(), ::testing::ElementsAre("ResetFailedUnit a.service"));
}

TEST_F(ResetFailedTest, ItIsReadAgainJustBefore) {
    systemd_->units["a.service"].active_state = "failed";
    EXPECT_EQ(prepare(order(RemedyKind::reset_failed)).refusal, Refusal::none);
    systemd_->units["a.service"].active_state = "active";
    EXPECT_EQ(run().refusal, Refusal::not_applicable);
    EXPECT_TRUE(systemd_->told().empty());
}

TEST_F(ResetFailedTest, TheUnitTellsWhatBecameOfIt) {
    systemd::UnitFacts unit;
    unit.active_state = "failed";
    EXPECT_EQ(judge_reset_failed(unit).result, ActionResult::failed);
    unit.active_state = "inactive";
    EXPECT_EQ(judge_reset_failed(unit).result, ActionResult::done);
}

}  // namespace
}  // namespace primum::remedy

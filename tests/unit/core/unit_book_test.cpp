// SPDX-License-Identifier: MIT
#include "core/unit_book.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

class UnitBookTest : public testing::Test {
protected:
    void state(Duration when,
               const std::string& active,
               const std::string& sub = "",
               const std::string& result = "success") {
        UnitEvent event;
        event.unit = "web.service";
        event.load_state = "loaded";
        event.active_state = active;
        event.sub_state = sub;
        event.result = result;
        event.restart = restart;
        event.restart_delay = 5s;
        facts.take(at(when), event);
    }
    void job(Duration when,
             const std::string& type,
             bool removed,
             bool ours = false,
             const std::string& result = "done") {
        facts.take(at(when),
                   JobEvent{"web.service", 7, type, removed, removed ? result : "", ours});
    }
    [[nodiscard]] Severity severity() const { return facts.health().severity; }
    [[nodiscard]] bool foreign(Duration when) const {
        return facts.foreign_actor(at(when), 30s).has_value();
    }

    std::string restart = "no";
    UnitFacts facts;
};

TEST_F(UnitBookTest, JudgesStatesAsTheDesignSays) {
    EXPECT_EQ(severity(), Severity::unknown);
    state(0s, "active", "running");
    EXPECT_EQ(severity(), Severity::ok);
    for (const char* changing : {"activating", "deactivating", "reloading"}) {
        state(1s, changing);
        EXPECT_EQ(severity(), Severity::unknown) << changing;
    }
    state(2s, "failed", "failed", "signal");
    EXPECT_EQ(severity(), Severity::critical);
}

TEST_F(UnitBookTest, InactiveWhenFirstSeenIsNotIll) {
    state(0s, "inactive", "dead");
    EXPECT_EQ(severity(), Severity::unknown);
}

TEST_F(UnitBookTest, EndingByItselfIsAnError) {
    state(0s, "active", "running");
    state(1s, "inactive", "dead");
    EXPECT_EQ(severity(), Severity::error);
    EXPECT_FALSE(foreign(1s));
}

TEST_F(UnitBookTest, WhatAPersonStoppedIsNotIllAndStaysInTheirHands) {
    state(0s, "active", "running");
    job(1s, "stop", false);
    EXPECT_TRUE(foreign(1s));
    state(1s, "inactive", "dead");
    job(1s, "stop", true);
    EXPECT_EQ(severity(), Severity::unknown);
    EXPECT_TRUE(foreign(1000s));
    state(1001s, "active", "running");
    EXPECT_FALSE(foreign(1100s));
}

TEST_F(UnitBookTest, AJobThatWasGoneTooSoonToBeAskedCountsAsAStop) {
    state(0s, "active", "running");
    job(1s, "", false);
    state(1s, "inactive", "dead");
    job(1s, "", true);
    EXPECT_EQ(severity(), Severity::unknown);
    EXPECT_TRUE(foreign(1000s));
}

TEST_F(UnitBookTest, StoppingAFailedUnitTakesItIntoSomebodysHands) {
    state(0s, "failed", "failed", "signal");
    job(1s, "stop", false);
    job(1s, "stop", true);
    EXPECT_EQ(severity(), Severity::critical);
    EXPECT_TRUE(foreign(1000s));
}

TEST_F(UnitBookTest, AResetFailureIsSomebodysDoing) {
    state(0s, "failed", "failed", "signal");
    state(1s, "inactive", "dead");
    EXPECT_EQ(severity(), Severity::unknown);
}

TEST_F(UnitBookTest, SomebodysRestartGetsItsTime) {
    state(0s, "active", "running");
    job(1s, "restart", false);
    job(2s, "restart", true);
    EXPECT_TRUE(foreign(31s));
    EXPECT_FALSE(foreign(32s));
}

TEST_F(UnitBookTest, OurOwnJobIsNotForeign) {
    state(0s, "active", "running");
    job(1s, "restart", false, true);
    state(1s, "inactive", "dead");
    EXPECT_EQ(severity(), Severity::unknown);
    state(2s, "failed", "failed", "exit-code");
    job(2s, "restart", true, true, "failed");
    EXPECT_EQ(severity(), Severity::critical);
    EXPECT_FALSE(foreign(2s));
}

TEST_F(UnitBookTest, AStartThatNobodySawAJobOfGetsItsTime) {
    UnitEvent event;
    event.unit = "web.service";
    event.active_state = "active";
    event.invocation_id = "first";
    EXPECT_FALSE(facts.take(at(0s), event).has_value());
    event.invocation_id = "second";
    EXPECT_EQ(facts.take(at(1s), event), StartedBy::somebody);
    EXPECT_TRUE(foreign(30s));
    EXPECT_FALSE(foreign(31s));
}

TEST_F(UnitBookTest, AStartLongAfterSomebodysJobGetsItsTimeToo) {
    UnitEvent event;
    event.unit = "web.service";
    event.active_state = "active";
    event.invocation_id = "first";
    facts.take(at(0s), event);
    job(1s, "start", false);
    job(2s, "start", true, false, "failed");
    event.invocation_id = "second";
    EXPECT_EQ(facts.take(at(500s), event), StartedBy::somebody);
    EXPECT_TRUE(foreign(529s));
    EXPECT_FALSE(foreign(530s));
}

TEST_F(UnitBookTest, AStateThatComesAfterTheEndOfOurJobShowsOurStart) {
    UnitEvent event;
    event.unit = "web.service";
    event.active_state = "active";
    event.invocation_id = "first";
    facts.take(at(0s), event);
    job(1s, "restart", false, true);
    job(2s, "restart", true, true);
    event.invocation_id = "second";
    EXPECT_EQ(facts.take(at(2s), event), StartedBy::us);
    EXPECT_FALSE(foreign(2s));
    event.invocation_id = "third";
    EXPECT_EQ(facts.take(at(3s), event), StartedBy::somebody);
}

TEST_F(UnitBookTest, SystemdsOwnRestartGoesFirst) {
    restart = "on-failure";
    state(0s, "activating", "auto-restart");
    EXPECT_TRUE(foreign(1000s));
    state(1000s, "failed", "failed", "exit-code");
    EXPECT_TRUE(foreign(1005s));
    EXPECT_FALSE(foreign(1006s));
}

TEST_F(UnitBookTest, SystemdHasGivenUpAtItsStartLimit) {
    restart = "always";
    state(0s, "failed", "failed", "start-limit-hit");
    EXPECT_FALSE(foreign(0s));
}

// As systemd 252 tells it of a unit with Restart=always: the last result stays, not
// start-limit-hit.
TEST_F(UnitBookTest, AStartThatMeetsTheStartLimitIsNobodysStop) {
    restart = "always";
    state(0s, "active", "running");
    state(1s, "activating", "auto-restart", "exit-code");
    job(6s, "", false);
    state(6s, "inactive", "dead", "exit-code");
    EXPECT_EQ(severity(), Severity::unknown);
    state(6s, "failed", "failed", "exit-code");
    job(6s, "", true, false, "failed");
    EXPECT_EQ(severity(), Severity::critical);
    EXPECT_FALSE(facts.in_other_hands());
    EXPECT_TRUE(foreign(7s));
    EXPECT_FALSE(foreign(37s));
}

TEST_F(UnitBookTest, AMaskedUnitIsNotIll) {
    UnitEvent event;
    event.unit = "web.service";
    event.load_state = "masked";
    event.active_state = "failed";
    facts.take(at(0s), event);
    EXPECT_EQ(severity(), Severity::unknown);
    EXPECT_TRUE(facts.health().deliberate);
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

class EngineOperatorTest : public testing::Test {
protected:
    std::string ask(OperatorVerb verb,
                    const std::string& target,
                    Duration length,
                    const std::string& reason = "deploying") {
        OperatorEvent event;
        event.ticket = 7;
        event.verb = verb;
        event.target = target;
        event.length = length;
        event.reason = reason;
        event.uid = 1000;
        world.tell(1s, event);
        const auto* reply = world.effect<OperatorReply>();
        EXPECT_NE(reply, nullptr);
        EXPECT_NE(world.record<OperatorRecord>(), nullptr) << "every command is recorded";
        return reply == nullptr ? "" : reply->code;
    }

    EngineFixture world{rule_set({restart_target()})};
};

TEST_F(EngineOperatorTest, AHoldNeedsAReasonAnEndAndATarget) {
    EXPECT_EQ(ask(OperatorVerb::hold, "web", 30min, ""), "no_reason");
    EXPECT_EQ(ask(OperatorVerb::hold, "web", 0s), "no_length");
    EXPECT_EQ(ask(OperatorVerb::hold, "web", 25h), "too_long");
    EXPECT_EQ(ask(OperatorVerb::hold, "nobody", 1h), "unknown_target");
    EXPECT_EQ(ask(OperatorVerb::hold, "web", 1h), "ok");
}

TEST_F(EngineOperatorTest, AHoldStopsActionsAndNotEvidence) {
    ASSERT_EQ(ask(OperatorVerb::hold, "", 1h), "ok");
    world.unit(2s, "failed");
    EXPECT_EQ(world.effect<AskPreflight>(), nullptr);
    EXPECT_EQ(world.engine.target("web")->severity, Severity::critical);
    EXPECT_EQ(world.engine.target("web")->reason, "held");
}

TEST_F(EngineOperatorTest, AReleaseLetsTheRungGoOn) {
    ASSERT_EQ(ask(OperatorVerb::hold, "web", 1h), "ok");
    world.unit(1s, "failed");
    ASSERT_EQ(ask(OperatorVerb::release, "web", 0s), "ok");
    EXPECT_NE(world.effect<AskPreflight>(), nullptr);
}

TEST_F(EngineOperatorTest, AHoldThatCannotBeRecordedSaysSo) {
    world.tell(1s, LedgerEvent{LedgerNews::unhealthy, "", "disk full"});
    ASSERT_EQ(ask(OperatorVerb::hold, "web", 1h), "ok");
    EXPECT_NE(world.effect<OperatorReply>()->message.find("cannot be recorded"), std::string::npos);
}

TEST_F(EngineOperatorTest, HoldsAreBounded) {
    for (int i = 0; i < 256; ++i) {
        ASSERT_EQ(ask(OperatorVerb::hold, "web", 1h), "ok");
    }
    EXPECT_EQ(ask(OperatorVerb::hold, "web", 1h), "bound_reached");
}

TEST_F(EngineOperatorTest, NothingToAcknowledgeIsSaid) {
    EXPECT_EQ(ask(OperatorVerb::acknowledge, "", 0s), "unknown_incident");
}

}  // namespace
}  // namespace primum

// SPDX-License-Identifier: MIT
#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

TEST(ViewsTest, ExplainsAWellTarget) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "active");
    const auto explanation = world.engine.explain("web");
    ASSERT_TRUE(explanation.has_value());
    EXPECT_EQ(explanation->target.level, Level::steady);
    EXPECT_EQ(explanation->evidence.at(0).evidence.value, "active (running)");
    EXPECT_EQ(explanation->rungs.size(), 5U);
    EXPECT_NE(explanation->stop.find("primumctl hold web"), std::string::npos);
}

TEST(ViewsTest, SaysWhyNothingHappened) {
    TargetRule rule = restart_target();
    rule.warm_up = 60s;
    EngineFixture world{rule_set({rule})};
    world.unit(1s, "failed");
    const auto explanation = world.engine.explain("web");
    EXPECT_EQ(explanation->next, "restart waits for guard warming_up");
    EXPECT_EQ(explanation->next_at, at(60s));
    EXPECT_EQ(explanation->last_decision->reason, "warming_up");
}

TEST(ViewsTest, AnUnknownTargetHasNoExplanation) {
    EngineFixture world{rule_set({restart_target()})};
    EXPECT_FALSE(world.engine.explain("nobody").has_value());
}

TEST(ViewsTest, TheHostIsOneScreen) {
    EngineFixture world{rule_set({restart_target()})};
    world.tell(1s, HostEvent{HostChange::off_switch, true, false, "/run/primum/disabled"});
    const HostView host = world.engine.host();
    EXPECT_TRUE(host.disabled);
    EXPECT_EQ(host.mode, Mode::enforce);
    EXPECT_EQ(host.rules_digest, "rules");
    ASSERT_EQ(world.engine.sources().size(), 1U);
    EXPECT_FALSE(world.engine.sources()[0].ever);
}

TEST(ViewsTest, AnExhaustedTargetStillNamesItsLastAction) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "active");
    world.unit(2s, "failed");
    ASSERT_NE(world.effect<AskPreflight>(), nullptr);
    const std::uint64_t ticket = world.effect<AskPreflight>()->ticket;
    world.tell(2s, PreflightEvent{ticket, Preflight::can, Refusal::none, "", {}});
    ASSERT_NE(world.record<ActionRecord>(), nullptr);
    const std::string id = world.record<ActionRecord>()->id;
    world.tell(2s, LedgerEvent{LedgerNews::committed, id, ""});
    world.tell(3s, ActionEvent{.action = id, .phase = ActionPhase::started});
    world.tell(
        3s,
        ActionEvent{.action = id, .phase = ActionPhase::finished, .result = ActionResult::failed});
    world.tell(30s, TickEvent{});
    const auto explanation = world.engine.explain("web");
    EXPECT_EQ(explanation->target.phase, Phase::exhausted);
    EXPECT_EQ(explanation->action, id);
    EXPECT_EQ(explanation->undo, "nothing to undo: a restart changes no file");
}

}  // namespace
}  // namespace primum

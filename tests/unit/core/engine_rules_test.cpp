// SPDX-License-Identifier: MIT
#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

RestoredIncident open_incident(const std::string& target, Level level) {
    RestoredIncident restored;
    restored.incident.id = 4;
    restored.incident.target = target;
    restored.incident.level = level;
    restored.opened = restored.updated = {stamp(-60s), "boot"};
    return restored;
}

RestoredAction action(ActionState state, const std::string& boot_id = "boot") {
    RestoredAction restored;
    restored.action.id = "ledger-1";
    restored.action.sequence = 1;
    restored.action.incident = 4;
    restored.action.target = "web";
    restored.action.unit = "web.service";
    restored.action.level = Level::restart;
    restored.action.kind = "restart";
    restored.state = state;
    restored.intended = {stamp(-10s), boot_id};
    restored.ended = {stamp(-5s), boot_id};
    return restored;
}

TEST(EngineRulesTest, AnUnfinishedActionIsSettledAndNeverRunAgain) {
    RestoredState state;
    state.incidents = {open_incident("web", Level::restart)};
    state.actions = {action(ActionState::intended)};
    state.next_action = 2;
    EngineFixture world{rule_set({restart_target()}), state};
    ASSERT_NE(world.effect<SettleAction>(), nullptr);
    EXPECT_EQ(world.effect<SettleAction>()->action, "ledger-1");
    ActionEvent settled;
    settled.action = "ledger-1";
    settled.phase = ActionPhase::settled;
    settled.settled_as = SettledAs::not_started;
    world.tell(1s, settled);
    ASSERT_NE(world.record<TransitionRecord>(), nullptr);
    EXPECT_EQ(world.record<TransitionRecord>()->reason, "not_started");
    EXPECT_EQ(world.effect<RunAction>(), nullptr);
}

TEST(EngineRulesTest, AFinishedActionGetsItsWholeVerifyAnew) {
    RestoredState state;
    state.incidents = {open_incident("web", Level::restart)};
    state.actions = {action(ActionState::finished)};
    state.actions[0].result = ActionResult::done;
    EngineFixture world{rule_set({restart_target()}), state};
    EXPECT_EQ(world.effect<SettleAction>(), nullptr);
    EXPECT_EQ(world.engine.target("web")->phase, Phase::settling);
}

TEST(EngineRulesTest, AnActionWhoseTargetIsGoneIsSettledForTheRecord) {
    RestoredState state;
    state.actions = {action(ActionState::started)};
    state.actions[0].action.target = "gone";
    EngineFixture world{rule_set({restart_target()}), state};
    ASSERT_NE(world.effect<SettleAction>(), nullptr);
    ActionEvent settled;
    settled.action = "ledger-1";
    settled.phase = ActionPhase::settled;
    settled.settled_as = SettledAs::done;
    world.tell(1s, settled);
    ASSERT_NE(world.record<TransitionRecord>(), nullptr);
    EXPECT_EQ(world.record<TransitionRecord>()->result, ActionResult::done);
}

TEST(EngineRulesTest, AnUnsynchronisedClockLetsNoTimePassBetweenBoots) {
    for (const bool synchronised : {false, true}) {
        RestoredState state;
        state.clock_synchronised = synchronised;
        RestoredAction old = action(ActionState::kept, "another boot");
        old.intended.at.wall = stamp(0s).wall - 10min;
        old.ended.at.wall = stamp(0s).wall - 10min;
        state.actions = {old};
        EngineFixture world{rule_set({restart_target()}), state};
        world.unit(1s, "active");
        world.unit(2s, "failed");
        const auto explanation = world.engine.explain("web");
        const bool cooling = explanation->rungs[3].cooldown_until.has_value();
        EXPECT_EQ(cooling, !synchronised) << "ten minutes ago by the wall clock, cooldown 5m";
    }
}

TEST(EngineRulesTest, ThePageOfASourceSaysWhyAfterARestartToo) {
    RestoredState state;
    state.incidents = {open_incident("source:metrics", Level::observe)};
    state.incidents[0].incident.reason = "timeout: slow";
    state.incidents[0].opened = {stamp(0s), "boot"};
    EngineFixture world{rule_set({restart_target()}), state};
    world.tell(1min, TickEvent{});
    ASSERT_NE(world.effect<Notify>(), nullptr);
    EXPECT_EQ(world.effect<Notify>()->reason, "timeout");
}

TEST(EngineRulesTest, AHoldOutlivesARestart) {
    RestoredState state;
    RestoredHold held;
    held.hold.id = 1;
    held.hold.target = "web";
    held.hold.reason = "deploying";
    held.from = {stamp(-60s), "boot"};
    held.until = {stamp(60s), "boot"};
    state.holds = {held};
    EngineFixture world{rule_set({restart_target()}), state};
    EXPECT_TRUE(world.engine.target("web")->held);
    world.tell(60s, TickEvent{});
    EXPECT_FALSE(world.engine.target("web")->held);
}

TEST(EngineRulesTest, AReloadOfTheSameDigestIsNoReload) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "failed");
    world.tell(2s, RulesEvent{"rules", "", rule_set({restart_target()})});
    EXPECT_TRUE(world.last.empty());
}

TEST(EngineRulesTest, AReloadKeepsWhatDidNotChangeAndWarmsUpWhatDid) {
    TargetRule db = restart_target("db");
    db.warm_up = 60s;
    EngineFixture world{rule_set({db, restart_target("web")})};
    world.tell(100s, TickEvent{});
    world.unit(100s, "failed");
    ASSERT_EQ(world.engine.target("web")->phase, Phase::asking);
    TargetRule changed = db;
    changed.soak = 1h;
    changed.digest = "changed";
    world.tell(101s, RulesEvent{"new", "", rule_set({changed, restart_target("web")}, "new")});
    EXPECT_EQ(world.engine.target("web")->phase, Phase::asking);
    EXPECT_EQ(world.engine.host().warm_up_until, at(161s));
}

TEST(EngineRulesTest, ARemovedTargetIsAbandoned) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "failed");
    world.tell(2s, RulesEvent{"new", "", rule_set({restart_target("db")}, "new")});
    EXPECT_FALSE(world.engine.target("web").has_value());
    EXPECT_TRUE(world.engine.target("db").has_value());
    ASSERT_NE(world.record<IncidentRecord>(), nullptr);
    EXPECT_FALSE(world.record<IncidentRecord>()->open);
}

}  // namespace
}  // namespace primum

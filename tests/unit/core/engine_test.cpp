// SPDX-License-Identifier: MIT
#include "fixture.hpp"

#include <primum/engine.hpp>

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

TEST(EngineTest, TakesNothingBeforeRestoreAndRules) {
    Engine engine;
    const auto effects = engine.advance({stamp(0s), TickEvent{}});
    ASSERT_EQ(effects.size(), 1U);
    EXPECT_EQ(std::get<Rejected>(effects[0]).reason, "no_restore");
}

TEST(EngineTest, RejectsTimeThatGoesBack) {
    EngineFixture world{rule_set({restart_target()})};
    world.tell(10s, TickEvent{});
    world.tell(9s, TickEvent{});
    ASSERT_NE(world.effect<Rejected>(), nullptr);
    EXPECT_EQ(world.effect<Rejected>()->reason, "time_went_back");
}

TEST(EngineTest, HealsAFailedUnitFromIntentToClose) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "active");
    world.unit(10s, "failed");
    const auto* ask = world.effect<AskPreflight>();
    ASSERT_NE(ask, nullptr);
    EXPECT_EQ(ask->level, Level::restart);
    EXPECT_EQ(ask->plan_digest, "digest-of-web");

    PreflightEvent can;
    can.ticket = ask->ticket;
    can.answer = Preflight::can;
    world.tell(10s, can);
    const auto* intent = world.record<ActionRecord>();
    ASSERT_NE(intent, nullptr);
    EXPECT_EQ(world.effect<RunAction>(), nullptr) << "an intent must be durable first";
    const std::string id = intent->id;

    world.tell(10s, LedgerEvent{LedgerNews::committed, id, ""});
    ASSERT_NE(world.effect<RunAction>(), nullptr);
    EXPECT_EQ(world.effect<RunAction>()->action, id);

    ActionEvent finished;
    finished.action = id;
    finished.phase = ActionPhase::finished;
    finished.result = ActionResult::done;
    world.unit(11s, "active");
    world.tell(11s, finished);
    EXPECT_EQ(world.engine.target("web")->phase, Phase::settling);
    world.tell(17s, TickEvent{});
    world.tell(17s, TickEvent{});
    EXPECT_EQ(world.engine.target("web")->phase, Phase::soaking);
    world.tell(27s, TickEvent{});
    EXPECT_EQ(world.engine.target("web")->level, Level::steady);
    ASSERT_NE(world.record<IncidentRecord>(), nullptr);
    EXPECT_FALSE(world.record<IncidentRecord>()->open);
    EXPECT_EQ(world.record<IncidentRecord>()->helped, Level::restart);
}

TEST(EngineTest, ASampleOfAnUnknownSourceOrSeriesIsRejected) {
    EngineFixture world{rule_set({restart_target()})};
    world.tell(1s, SampleEvent{"nobody", 0, 1});
    EXPECT_EQ(world.effect<Rejected>()->reason, "unknown_source");
    world.tell(1s, SampleEvent{"metrics", 9, 1});
    EXPECT_EQ(world.effect<Rejected>()->reason, "unknown_series");
}

TEST(EngineTest, NewsOfAnActionNobodyAskedForIsRejected) {
    EngineFixture world{rule_set({restart_target()})};
    ActionEvent event;
    event.action = "ledger-99";
    event.phase = ActionPhase::finished;
    world.tell(1s, event);
    EXPECT_EQ(world.effect<Rejected>()->reason, "unknown_action");
}

TEST(EngineTest, IdleHasNoDeadline) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "active");
    EXPECT_FALSE(world.engine.next_deadline().has_value());
}

TEST(EngineTest, AFailedSourceIsAnIncidentOfItsOwn) {
    EngineFixture world{rule_set({restart_target()})};
    world.tell(1s, SourceEvent{"metrics", false, "refused", "connection refused"});
    ASSERT_NE(world.record<IncidentRecord>(), nullptr);
    EXPECT_EQ(world.record<IncidentRecord>()->target, "source:metrics");
    EXPECT_EQ(world.engine.target("web")->level, Level::steady);
    world.tell(20s, TickEvent{});
    ASSERT_NE(world.effect<Notify>(), nullptr);
    world.tell(21s, SamplesEvent{"metrics", {}});
    EXPECT_FALSE(world.record<IncidentRecord>()->open);
}

}  // namespace
}  // namespace primum

// SPDX-License-Identifier: MIT
#include "core/way_back.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

std::shared_ptr<RuleSet> with_way_back(WayBack way) {
    TargetRule target = restart_target();
    RungRule& rung = target.rungs[index_of(Level::restart)];
    rung.remedies[0].kind = RemedyKind::exec;
    rung.remedies[0].way_back = way;
    rung.attempts = 2;
    rung.cooldown.initial = 0s;
    return rule_set({target});
}

// A world whose target has an action under way, at 1 s.
class WayBackTest : public ::testing::Test {
protected:
    void run_action(WayBack way = WayBack::call) {
        world.emplace(with_way_back(way));
        world->unit(0s, "active");
        world->unit(1s, "failed");
        const auto* request = world->effect<AskPreflight>();
        ASSERT_NE(request, nullptr);
        PreflightEvent can;
        can.ticket = request->ticket;
        can.answer = Preflight::can;
        world->tell(1s, can);
        world->tell(1s, LedgerEvent{LedgerNews::committed, "ledger-1", ""});
        ASSERT_NE(world->effect<RunAction>(), nullptr);
    }
    void finish(Duration when) {
        ActionEvent news;
        news.action = "ledger-1";
        news.phase = ActionPhase::finished;
        news.result = ActionResult::done;
        world->tell(when, news);
    }
    void undone(Duration when, ActionPhase phase) {
        ActionEvent news;
        news.action = "ledger-1";
        news.phase = phase;
        world->tell(when, news);
    }
    std::string roll_back(Duration when, const std::string& action) {
        OperatorEvent command;
        command.verb = OperatorVerb::rollback;
        command.action = action;
        command.reason = "because";
        world->tell(when, command);
        const auto* reply = world->effect<OperatorReply>();
        return reply == nullptr ? "no reply" : reply->code;
    }
    [[nodiscard]] Phase phase() const { return world->engine.target("web")->phase; }

    std::optional<EngineFixture> world;
};

TEST_F(WayBackTest, APersonEndsTheVerification) {
    run_action();
    finish(2s);
    EXPECT_EQ(roll_back(3s, "ledger-1"), "ok");
    ASSERT_NE(world->effect<RollBack>(), nullptr);
    EXPECT_EQ(phase(), Phase::rolling_back);
    undone(4s, ActionPhase::rolled_back);
    EXPECT_EQ(world->record<TransitionRecord>()->state, ActionState::rolled_back);
    EXPECT_EQ(world->record<TransitionRecord>()->reason, "operator");
    EXPECT_NE(phase(), Phase::rolling_back);
}

TEST_F(WayBackTest, WhatIsNotStartedYetIsCalledOff) {
    world.emplace(with_way_back(WayBack::call));
    world->unit(0s, "active");
    world->unit(1s, "failed");
    PreflightEvent can;
    can.ticket = world->effect<AskPreflight>()->ticket;
    can.answer = Preflight::can;
    world->tell(1s, can);
    EXPECT_EQ(roll_back(1s, "ledger-1"), "ok");
    world->tell(1s, LedgerEvent{LedgerNews::committed, "ledger-1", ""});
    EXPECT_EQ(world->effect<RunAction>(), nullptr);
    EXPECT_EQ(world->effect<RollBack>(), nullptr);
    EXPECT_EQ(world->record<TransitionRecord>()->reason, "operator");
}

TEST_F(WayBackTest, AnAnswerTwiceIsOneEnd) {
    run_action();
    finish(2s);
    roll_back(3s, "ledger-1");
    undone(4s, ActionPhase::rollback_failed);
    EXPECT_EQ(phase(), Phase::exhausted);
    undone(4s, ActionPhase::rollback_failed);
    EXPECT_EQ(world->record<TransitionRecord>(), nullptr);
    ASSERT_NE(world->effect<Rejected>(), nullptr);
}

// What somebody changed since is told with the page and is on record, as a diff.
TEST_F(WayBackTest, AConflictIsPagedWithItsDiff) {
    run_action();
    finish(2s);
    roll_back(3s, "ledger-1");
    ActionEvent news;
    news.action = "ledger-1";
    news.phase = ActionPhase::rollback_failed;
    news.refusal = Refusal::conflict;
    news.detail = "/etc/a was changed by somebody since";
    news.facts.conflict = "-good\n+mine\n";
    world->tell(4s, news);
    EXPECT_EQ(world->record<TransitionRecord>()->facts.conflict, news.facts.conflict);
    ASSERT_NE(world->effect<Notify>(), nullptr);
    EXPECT_EQ(world->effect<Notify>()->text,
              "action ledger-1 could not be rolled back: conflict: /etc/a was changed by somebody "
              "since; what it left behind needs a person\n-good\n+mine\n");
}

TEST_F(WayBackTest, OnlyActionsOfThisLedgerAreKnown) {
    run_action();
    for (const char* id : {"",
                           "ledger-",
                           "ledger-0",
                           "ledger-2",
                           "ledger-01",
                           "ledger-1x",
                           "other-1",
                           "ledger-99999999999999999999"}) {
        EXPECT_EQ(roll_back(2s, id), "unknown_action") << id;
        EXPECT_EQ(world->effect<RollBack>(), nullptr);
    }
}

TEST_F(WayBackTest, WhatHasNoWayBackIsRefused) {
    run_action(WayBack::none);
    finish(2s);
    EXPECT_EQ(roll_back(3s, "ledger-1"), "no_way_back");
}

// Older than what budgets need: the actuator knows it, the core does not. No transition is
// recorded, for the ledger may have pruned the action.
TEST_F(WayBackTest, AnActionOlderThanMemoryIsAskedForAllTheSame) {
    RestoredState state;
    state.next_action = 8;
    world.emplace(with_way_back(WayBack::call), state);
    EXPECT_EQ(roll_back(1s, "ledger-7"), "ok");
    ASSERT_NE(world->effect<RollBack>(), nullptr);
    EXPECT_EQ(world->record<DecisionRecord>(), nullptr);
    ActionEvent news;
    news.action = "ledger-7";
    news.phase = ActionPhase::rolled_back;
    world->tell(2s, news);
    EXPECT_EQ(world->record<TransitionRecord>(), nullptr);
    ASSERT_NE(world->record<OperatorRecord>(), nullptr);
    EXPECT_EQ(world->record<OperatorRecord>()->message, "action ledger-7 is rolled back");
}

TEST_F(WayBackTest, ManyAtATimeAreBounded) {
    RestoredState state;
    state.next_action = 100;
    world.emplace(with_way_back(WayBack::call), state);
    for (std::size_t i = 1; i <= core::max_asked_back; ++i) {
        ASSERT_EQ(roll_back(1s, "ledger-" + std::to_string(i)), "ok");
    }
    EXPECT_EQ(roll_back(1s, "ledger-99"), "bound_reached");
    EXPECT_EQ(roll_back(1s, "ledger-1"), "ok");  // it is being rolled back already
    world->tell(1s + core::undo_patience, TickEvent{});
    EXPECT_EQ(roll_back(3min, "ledger-99"), "ok");
}

// An action that was judged, and is not undone as far as the ledger knows.
RestoredState judged(ActionState state) {
    RestoredAction restored;
    restored.action.id = "ledger-1";
    restored.action.sequence = 1;
    restored.action.incident = 7;
    restored.action.target = "web";
    restored.action.level = Level::restart;
    restored.action.kind = "exec";
    restored.action.way_back = WayBack::call;
    restored.state = state;
    restored.result = ActionResult::done;
    restored.outcome = Outcome::improved;
    RestoredState all;
    all.actions = {restored};
    all.next_action = 2;
    return all;
}

ActionEvent settled_as_done() {
    ActionEvent news;
    news.action = "ledger-1";
    news.phase = ActionPhase::settled;
    news.settled_as = SettledAs::done;
    return news;
}

TEST(EngineRestoreTest, WhatWasUndoneWhilePrimumdWasAwayIsCaughtUp) {
    EngineFixture world{rule_set({restart_target()}), judged(ActionState::kept)};
    ASSERT_NE(world.effect<SettleAction>(), nullptr);
    EXPECT_EQ(world.effect<SettleAction>()->action, "ledger-1");
    EXPECT_EQ(world.effect<RollBack>(), nullptr);
    world.tell(1s, settled_as_done());
    EXPECT_EQ(world.record<TransitionRecord>(), nullptr);
    ActionEvent undone = settled_as_done();
    undone.phase = ActionPhase::rolled_back;
    world.tell(1s, undone);
    ASSERT_NE(world.record<TransitionRecord>(), nullptr);
    EXPECT_EQ(world.record<TransitionRecord>()->action, "ledger-1");
    EXPECT_EQ(world.record<TransitionRecord>()->state, ActionState::rolled_back);
    EXPECT_EQ(world.record<TransitionRecord>()->reason, "late");
}

TEST(EngineRestoreTest, ARollbackThatIsOnRecordAsFailedFailsOnlyOnce) {
    EngineFixture world{rule_set({restart_target()}), judged(ActionState::rollback_failed)};
    ASSERT_NE(world.effect<SettleAction>(), nullptr);
    ActionEvent failed = settled_as_done();
    failed.phase = ActionPhase::rollback_failed;
    world.tell(1s, failed);
    EXPECT_EQ(world.record<TransitionRecord>(), nullptr);
}

TEST(EngineRestoreTest, WhatIsUndoneOrHasNoWayBackIsNotAskedAfter) {
    EngineFixture undone{rule_set({restart_target()}), judged(ActionState::rolled_back)};
    EXPECT_EQ(undone.effect<SettleAction>(), nullptr);
    RestoredState none = judged(ActionState::kept);
    none.actions[0].action.way_back = WayBack::none;
    EngineFixture without{rule_set({restart_target()}), none};
    EXPECT_EQ(without.effect<SettleAction>(), nullptr);
}

}  // namespace
}  // namespace primum

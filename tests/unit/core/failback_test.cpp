// SPDX-License-Identifier: MIT
#include "core/failback.hpp"

#include "core/provider_book.hpp"
#include "provider_fixture.hpp"

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

// A target that failed over from "first" to "second", helped and well since; "first" is healthy
// again from 100 s on.
class FailbackTest : public ::testing::Test {
protected:
    void fail_over(const std::shared_ptr<RuleSet>& rules = provider_rules()) {
        world.emplace(rules);
        world->tell(0s, ProviderEvent{"upstream", "first", ""});
        make_ill_and_fail_over(*world);
        finish(*world, 11s);
        show(*world, 12s, {0, 0, 1, 1});
        world->tell(60s, TickEvent{});
        show(*world, 100s, {0, 1, 1, 1});
    }
    // The way back that was asked for until then, ticking as the engine wants it.
    std::string asked_back_until(Duration end) {
        std::string action;
        while (action.empty()) {
            const auto next = world->engine.next_deadline();
            if (!next || next->time_since_epoch() > end) {
                return action;
            }
            world->tell(next->time_since_epoch(), TickEvent{});
            if (const auto* back = world->effect<RollBack>()) {
                action = back->action;
            }
        }
        return action;
    }
    void end(Duration when, ActionPhase phase) {
        ActionEvent news;
        news.action = "ledger-1";
        news.phase = phase;
        news.refusal = phase == ActionPhase::rolled_back ? Refusal::none : Refusal::conflict;
        world->tell(when, news);
    }
    std::string command(Duration when, OperatorEvent event) {
        event.reason = "because";
        world->tell(when, std::move(event));
        return world->effect<OperatorReply>()->code;
    }
    void hold(Duration when) {
        OperatorEvent event;
        event.verb = OperatorVerb::hold;
        event.target = "web";
        event.length = 1h;
        ASSERT_EQ(command(when, event), "ok");
    }

    std::optional<EngineFixture> world;
};

TEST_F(FailbackTest, NotBeforeThePreferredOneHasBeenHealthyForTheWholeTime) {
    fail_over();
    EXPECT_EQ(world->engine.providers().front().failback_at, at(700s));
    EXPECT_EQ(asked_back_until(699s), "");
    EXPECT_EQ(asked_back_until(700s), "ledger-1");
}

TEST_F(FailbackTest, AnyBreakBeginsTheTimeAnew) {
    fail_over();
    show(*world, 600s, {0, 0, 1, 1});
    show(*world, 650s, {0, 1, 1, 1});
    EXPECT_EQ(asked_back_until(1249s), "");
    EXPECT_EQ(asked_back_until(1250s), "ledger-1");
}

TEST_F(FailbackTest, GoesBackOnceAndCountsAgainstTheBudgets) {
    fail_over();
    const auto used = world->engine.host().host_actions_used;
    EXPECT_EQ(asked_back_until(700s), "ledger-1");
    EXPECT_EQ(world->engine.host().host_actions_used, used + 1);
    EXPECT_EQ(world->record<DecisionRecord>()->reason, "failback");
    end(701s, ActionPhase::rolled_back);
    EXPECT_EQ(world->engine.providers().front().current, "first");
    EXPECT_EQ(asked_back_until(3h), "");
}

TEST_F(FailbackTest, ARefusedOneIsPagedOnceAndNotTriedAgain) {
    fail_over();
    EXPECT_EQ(asked_back_until(700s), "ledger-1");
    end(701s, ActionPhase::rollback_failed);
    ASSERT_NE(world->effect<Notify>(), nullptr);
    EXPECT_EQ(world->effect<Notify>()->kind, PageKind::rollback_failed);
    EXPECT_EQ(asked_back_until(3h), "");
    EXPECT_TRUE(world->engine.providers().front().next.starts_with("a person is needed"));
}

TEST_F(FailbackTest, WaitsForAUsedUpBudget) {
    auto rules = provider_rules();
    rules->settings.host = {1, 1h};
    fail_over(rules);
    EXPECT_EQ(asked_back_until(1h), "");
    EXPECT_EQ(asked_back_until(1h + 70s), "ledger-1");
}

TEST_F(FailbackTest, WaitsWhileItsTargetIsHeldIllOrSwitchedOff) {
    fail_over();
    hold(200s);
    EXPECT_EQ(asked_back_until(1h), "");
    fail_over();
    world->tell(200s, HostEvent{HostChange::off_switch, true, false, "a file"});
    EXPECT_EQ(asked_back_until(1h), "");
    fail_over();
    show(*world, 200s, {20, 1, 0, 0});
    EXPECT_EQ(asked_back_until(1h), "");
    fail_over();
    world->tell(200s, LedgerEvent{LedgerNews::unhealthy, "", "disk full"});
    EXPECT_EQ(asked_back_until(1h), "");
}

TEST_F(FailbackTest, WaitsWhileTheTargetIsNotKnownToBeWell) {
    auto rules = provider_rules();
    rules->targets[0].indicators[0].stale_after = 200s;
    fail_over(rules);
    EXPECT_EQ(asked_back_until(1h), "");
}

TEST_F(FailbackTest, NeverByItselfWhereItIsByHand) {
    auto rules = provider_rules();
    rules->providers[0].failback_after.reset();
    fail_over(rules);
    EXPECT_EQ(asked_back_until(48h), "");
    EXPECT_EQ(world->engine.providers().front().next,
              "back to first by hand: primumctl rollback ledger-1 --reason \"...\"");
}

TEST_F(FailbackTest, NotWhenSomebodyHasPointedElsewhere) {
    fail_over();
    world->tell(200s, ProviderEvent{"upstream", "third", ""});
    EXPECT_EQ(asked_back_until(3h), "");
}

TEST_F(FailbackTest, NotWhenFailoverIsNoLongerEnforced) {
    fail_over();
    auto rules = provider_rules("other");
    rules->targets[0].enforce_up_to = Level::retry;
    rules->targets[0].digest = "other";
    world->tell(200s, RulesEvent{"other", "", rules});
    EXPECT_EQ(asked_back_until(3h), "");
}

TEST_F(FailbackTest, NotToWhatIsLaterInTheOrder) {
    auto rules = provider_rules();
    std::rotate(rules->providers[0].candidates.begin(),
                rules->providers[0].candidates.begin() + 1,
                rules->providers[0].candidates.end());
    fail_over(rules);
    EXPECT_EQ(world->engine.providers().front().current, "second");
    EXPECT_EQ(asked_back_until(3h), "");
}

TEST(FailbackWaitTest, DoublesForEachThatDidNotLastUpToADay) {
    const auto rules = provider_rules();
    core::ProviderState provider{1, rules, rules->providers.front(), EngineLimits{}};
    core::Candidate& first = provider.candidates.front();
    EXPECT_EQ(core::failback_wait(provider, first), 10min);
    first.fell_again = 1;
    EXPECT_EQ(core::failback_wait(provider, first), 20min);
    first.fell_again = 16;
    EXPECT_EQ(core::failback_wait(provider, first), 24h);
}

}  // namespace
}  // namespace primum

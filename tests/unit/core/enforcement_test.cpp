// SPDX-License-Identifier: MIT
#include "core/enforcement.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace primum {
namespace {

using namespace test;

WallTime wall(Duration since) {
    return stamp(since).wall;
}

TargetRule two_rungs() {
    TargetRule target = restart_target();
    target.rungs[index_of(Level::retry)] = target.rungs[index_of(Level::restart)];
    return target;
}

TEST(EnforcementTest, IsWhatTheRulesSayUnderTheCeiling) {
    const auto found = core::enforcement_of(two_rungs(), Mode::enforce, wall(0s));
    EXPECT_EQ(found.mode, Mode::enforce);
    EXPECT_EQ(found.up_to, Level::restart);
    EXPECT_EQ(found.held_back, "");
    EXPECT_EQ(core::enforcement_of(two_rungs(), Mode::observe, wall(0s)).mode, Mode::observe);
}

TEST(EnforcementTest, APromotionThatEndedIsDryRunFromThatLevelOn) {
    TargetRule target = two_rungs();
    target.promoted[index_of(Level::retry)] = Promotion{"a", WallTime{}};
    target.promoted[index_of(Level::restart)] = Promotion{"b", wall(10s)};
    EXPECT_EQ(core::enforcement_of(target, Mode::enforce, wall(9s)).up_to, Level::restart);
    const auto ended = core::enforcement_of(target, Mode::enforce, wall(10s));
    EXPECT_EQ(ended.mode, Mode::enforce);
    EXPECT_EQ(ended.up_to, Level::failover);
    EXPECT_EQ(ended.held_back, "the promotion to restart has ended");

    target.promoted[index_of(Level::retry)]->until = wall(10s);
    const auto all = core::enforcement_of(target, Mode::enforce, wall(10s));
    EXPECT_EQ(all.mode, Mode::dry_run);
    EXPECT_EQ(all.held_back, "the promotion to retry has ended");
}

TEST(EnforcementTest, OutsideTheShareOfHostsItIsDryRun) {
    TargetRule target = two_rungs();
    target.in_share = false;
    target.held_back = "not in the 10% of hosts";
    const auto found = core::enforcement_of(target, Mode::enforce, wall(0s));
    EXPECT_EQ(found.mode, Mode::dry_run);
    EXPECT_EQ(found.held_back, "not in the 10% of hosts");
    EXPECT_EQ(core::enforcement_of(target, Mode::observe, wall(0s)).mode, Mode::observe);
}

TEST(EnforcementTest, TheGuardSaysWhyAndTheEndOfAPromotionIsKept) {
    TargetRule target = restart_target();
    target.promoted[index_of(Level::restart)] = Promotion{"b", wall(60s)};
    EngineFixture world{rule_set({target})};
    world.tell(70s, TickEvent{});
    world.unit(71s, "failed");
    ASSERT_NE(world.effect<AskPreflight>(), nullptr);
    EXPECT_TRUE(world.effect<AskPreflight>()->dry_run);
    EXPECT_EQ(world.engine.target("web")->mode, Mode::dry_run);
    const auto explanation = world.engine.explain("web");
    const auto guard = std::find_if(explanation->guards.begin(),
                                    explanation->guards.end(),
                                    [](const auto& each) { return each.guard == Guard::dry_run; });
    ASSERT_NE(guard, explanation->guards.end());
    EXPECT_EQ(guard->detail, "level restart is not enforced: the promotion to restart has ended");
}

// What it had learnt and seen stays: only what it may do is another.
TEST(EnforcementTest, AReloadThatOnlyEnforcesOtherwiseStartsNothingAnew) {
    TargetRule dry = restart_target();
    dry.mode = Mode::dry_run;
    dry.warm_up = 60s;
    EngineFixture world{rule_set({dry})};
    world.tell(100s, TickEvent{});
    world.unit(100s, "failed");
    ASSERT_EQ(world.engine.target("web")->phase, Phase::asking);
    TargetRule promoted = restart_target();
    promoted.warm_up = 60s;
    world.tell(101s, RulesEvent{"new", "", rule_set({promoted}, "new")});
    EXPECT_EQ(world.engine.host().warm_up_until, std::nullopt);
    EXPECT_EQ(world.engine.target("web")->severity, Severity::critical);
    ASSERT_NE(world.effect<AskPreflight>(), nullptr) << "the dry-run plan was dropped";
    EXPECT_FALSE(world.effect<AskPreflight>()->dry_run);
}

}  // namespace
}  // namespace primum

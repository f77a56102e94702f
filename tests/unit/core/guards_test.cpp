// SPDX-License-Identifier: MIT
#include "core/guards.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

class GuardsTest : public testing::Test {
protected:
    GuardsTest() {
        rules = rule_set({restart_target()});
        world.rules = rules;
        world.now = stamp(1000s);
        target = std::make_unique<TargetState>(1, rules, rules->targets[0], world.limits);
        target->indicators[0].judge_unit(at(1000s), Severity::critical, "failed", "signal");
        target->incident = IncidentRecord{};
        target->incident->id = 3;
    }
    [[nodiscard]] std::optional<Guard> veto() const {
        return ask_guards(world, *target, Level::restart).veto;
    }
    void remember(Duration ended, std::uint32_t streak, std::uint64_t incident = 3) {
        world.actions.add(
            world.now.t,
            {"a", incident, "web", Level::restart, false, streak, at(ended), at(ended)});
    }

    std::shared_ptr<RuleSet> rules;
    World world{EngineLimits{}};
    std::unique_ptr<TargetState> target;
};

TEST_F(GuardsTest, NothingVetoesAtFirst) {
    EXPECT_FALSE(veto().has_value());
}

TEST_F(GuardsTest, AllAreAskedAndTheFirstVetoIsTheReason) {
    world.disabled = true;
    world.ledger_healthy = false;
    const GuardReport report = ask_guards(world, *target, Level::restart);
    EXPECT_EQ(report.veto, Guard::disabled);
    int vetoes = 0;
    for (const GuardVerdict& verdict : report.verdicts) {
        vetoes += verdict.verdict == Verdict::veto ? 1 : 0;
        if (verdict.guard == Guard::preflight || verdict.guard == Guard::dry_run) {
            EXPECT_EQ(verdict.verdict, Verdict::not_asked);
        }
    }
    EXPECT_EQ(vetoes, 2);
}

TEST_F(GuardsTest, VerdictsComeInTheirOrder) {
    const auto verdicts = ask_guards(world, *target, Level::restart).verdicts;
    for (std::size_t i = 1; i < verdicts.size(); ++i) {
        EXPECT_LT(verdicts[i - 1].guard, verdicts[i].guard);
    }
}

TEST_F(GuardsTest, WhatItDependsOnIsHelpedFirst) {
    rules->targets[0].depends_on = {"db"};
    EXPECT_FALSE(veto().has_value()) << "nobody knows db";
    TargetState db{2, rules, rules->targets[0], world.limits};
    world.targets["db"] = &db;
    EXPECT_FALSE(veto().has_value());
    db.incident = IncidentRecord{};
    db.phase = Phase::waiting;
    EXPECT_EQ(veto(), Guard::dependency);
    db.phase = Phase::soaking;
    EXPECT_FALSE(veto().has_value());
}

TEST_F(GuardsTest, MostTargetsIllAtOnceHaveACommonCause) {
    const std::vector<std::string> nothing;
    std::vector<HealthCensus::Member> members;
    for (std::uint32_t i = 0; i < 4; ++i) {
        members.push_back({i, "t" + std::to_string(i), &nothing, TargetHealth::ill});
    }
    world.census.take(members);
    EXPECT_EQ(veto(), Guard::common_cause);
}

TEST_F(GuardsTest, WhatGetsBetterByItselfIsLeftAlone) {
    rules->targets[0].indicators = {unit_indicator(), gauge_indicator("a"), gauge_indicator("b")};
    rules->targets[0].rungs[index_of(Level::restart)].when = Severity::error;
    target = std::make_unique<TargetState>(1, rules, rules->targets[0], world.limits);
    target->incident = IncidentRecord{};
    const auto collect = [&](std::size_t indicator, double value) {
        IndicatorState& state = target->indicators[indicator];
        state.begin_collection();
        state.feed(0, world.now.t, value);
        state.evaluate(world.now, false);
    };
    target->indicators[1].bind(0, {"queue", {}});
    target->indicators[2].bind(0, {"queue", {}});
    for (const double value : {100, 100, 90, 80, 70}) {
        collect(1, value);
    }
    EXPECT_EQ(veto(), Guard::recovering);
    for (int i = 0; i < 5; ++i) {
        collect(2, 100);
    }
    EXPECT_FALSE(veto().has_value()) << "b does not get better";
    for (const double value : {90, 80, 70}) {
        collect(2, value);
    }
    EXPECT_EQ(veto(), Guard::recovering);
    target->indicators[0].judge_unit(at(1000s), Severity::critical, "failed", "signal");
    EXPECT_FALSE(veto().has_value()) << "a failed unit never gets better by itself";
}

TEST_F(GuardsTest, FlappingFreezesUntilItEnds) {
    EXPECT_FALSE(frozen_by_flapping(world, *target).has_value());
    for (int i = 0; i <= 4; ++i) {
        target->flapping.note(at(990s + i * 30s), i % 2 == 0, false);
    }
    world.now = stamp(1110s);
    const GuardReport report = ask_guards(world, *target, Level::restart);
    EXPECT_EQ(report.veto, Guard::flapping);
    EXPECT_EQ(report.look_again, at(1110s + 19 * 30s));
    const auto frozen = frozen_by_flapping(world, *target);
    ASSERT_TRUE(frozen.has_value());
    EXPECT_EQ(frozen->veto, Guard::flapping);
    EXPECT_EQ(frozen->look_again, report.look_again);
    world.now.t = *report.look_again;
    EXPECT_FALSE(veto().has_value());
}

TEST_F(GuardsTest, ARestartLeavesAStartToOthers) {
    UnitEvent state;
    state.unit = "web.service";
    state.active_state = "failed";
    state.invocation_id = "a";
    state.start_limit_burst = 2;
    state.start_limit_interval = 1h;
    world.units["web.service"].take(at(900s), state);
    EXPECT_EQ(veto(), Guard::start_limit);
    rules->targets[0].rungs[index_of(Level::restart)].remedies[0].kind = RemedyKind::reload;
    EXPECT_FALSE(veto().has_value()) << "a reload starts nothing";
}

TEST_F(GuardsTest, AnEditedFileIsSomebodyAtWork) {
    target->edited = Edit{"/etc/web.toml", at(999s)};
    EXPECT_EQ(veto(), Guard::foreign_actor);
    world.now = stamp(1005s);
    EXPECT_FALSE(veto().has_value()) << "settle and verify later";
}

TEST_F(GuardsTest, NothingIsDoneWhileTheHostIsBusy) {
    Flight flight;
    flight.record.level = Level::restart;
    world.busy = "dpkg";
    EXPECT_EQ(veto(), Guard::host_busy);
    EXPECT_EQ(called_off(world, *target, flight)->guard, Guard::host_busy);
}

TEST_F(GuardsTest, WhatAPersonForcesIsCalledOffByAnotherPersonOnly) {
    Flight flight;
    flight.record.level = Level::restart;
    flight.record.operator_uid = 1000;
    world.busy = "dpkg";
    EXPECT_FALSE(called_off(world, *target, flight));
    EXPECT_FALSE(refused_by(world, *target));
    world.disabled = true;
    EXPECT_EQ(called_off(world, *target, flight)->guard, Guard::disabled);
    EXPECT_EQ(refused_by(world, *target)->guard, Guard::disabled);
}

TEST_F(GuardsTest, AForceIsRefusedWhereItCannotBeRecorded) {
    world.ledger_healthy = false;
    EXPECT_EQ(refused_by(world, *target)->guard, Guard::ledger);
}

TEST_F(GuardsTest, ACooldownDoublesWithItsStreakUpToItsCap) {
    remember(900s, 1);
    EXPECT_EQ(cooldown_until(world, *target, Level::restart, false), at(900s + 5min));
    EXPECT_EQ(veto(), Guard::cooldown);
    remember(900s, 3);
    EXPECT_EQ(cooldown_until(world, *target, Level::restart, false), at(900s + 20min));
    remember(900s, 30);
    EXPECT_EQ(cooldown_until(world, *target, Level::restart, false), at(900s + 1h));
    EXPECT_EQ(next_streak(world, *target, Level::restart, false), 31U);
}

TEST_F(GuardsTest, ACooldownBeginsAnewAfterARelapseSpanAtLevelZero) {
    remember(900s, 3, 2);
    target->fresh = true;
    EXPECT_EQ(cooldown_until(world, *target, Level::restart, false), at(900s + 5min));
    EXPECT_EQ(next_streak(world, *target, Level::restart, false), 1U);
    target->fresh = false;
    EXPECT_EQ(cooldown_until(world, *target, Level::restart, false), at(900s + 20min));
    EXPECT_EQ(next_streak(world, *target, Level::restart, false), 4U);
}

TEST_F(GuardsTest, ALevelAboveTheCeilingIsDryRunOnly) {
    rules->settings.mode = Mode::dry_run;
    EXPECT_EQ(veto(), Guard::dry_run);
}

TEST_F(GuardsTest, AnActionIsCalledOffOnlyForWhatMattersAtTheLastMoment) {
    Flight flight;
    flight.record.level = Level::restart;
    world.ledger_healthy = false;
    EXPECT_FALSE(called_off(world, *target, flight).has_value());
    world.disabled = true;
    ASSERT_TRUE(called_off(world, *target, flight).has_value());
    EXPECT_EQ(called_off(world, *target, flight)->guard, Guard::disabled);
}

}  // namespace
}  // namespace primum::core

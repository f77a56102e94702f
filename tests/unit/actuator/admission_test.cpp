// SPDX-License-Identifier: MIT
#include "actuator/admission.hpp"

#include "rules/settings.hpp"

#include <primum/rules.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace primum::actuator {
namespace {

UnitNeeds needs(RemedyKind kind) {
    RemedyRule remedy;
    remedy.kind = kind;
    return needs_of(remedy);
}

RuleSet some_rules() {
    RuleSet rules;
    rules.settings.mode = Mode::enforce;
    rules.settings.host = {6, std::chrono::hours{1}};
    TargetRule target;
    target.name = "gateway";
    target.unit = "gateway.service";
    target.mode = Mode::enforce;
    target.enforce_up_to = Level::restart;
    auto& retry = target.rungs[index_of(Level::retry)];
    retry.named = true;
    retry.remedies.resize(2);
    retry.remedies[0].kind = RemedyKind::reload;
    retry.remedies[0].plan_digest = "reload-digest";
    retry.remedies[1].kind = RemedyKind::failover;
    retry.remedies[1].plan_digest = "failover-digest";
    auto& restart = target.rungs[index_of(Level::restart)];
    restart.named = true;
    restart.remedies.resize(1);
    restart.remedies[0].kind = RemedyKind::restart;
    restart.remedies[0].plan_digest = "restart-digest";
    TargetRule earlier;
    earlier.name = "a";
    earlier.unit = "a.service";
    rules.targets = {earlier, target};
    return rules;
}

class AdmitPlanTest : public testing::Test {
protected:
    AdmitPlanTest() {
        facts_.rules = &rules_;
        facts_.now = instant_from_us(1'000);
        ask_.target = "gateway";
        ask_.level = Level::restart;
        ask_.plan_digest = "restart-digest";
        ask_.not_after = instant_from_us(1'000);
    }
    [[nodiscard]] Refusal code() const { return admit_plan(ask_, facts_).code; }
    [[nodiscard]] Preflight answer() const { return admit_plan(ask_, facts_).answer; }

    RuleSet rules_ = some_rules();
    PlanFacts facts_;
    Ask ask_;
};

TEST_F(AdmitPlanTest, WhatTheRulesSayMayBeDone) {
    EXPECT_EQ(admit_plan(ask_, facts_), Answer{});
}

// Whoever restarts the unit takes others down with it, whatever its kind.
TEST(NeedsTest, EveryKindThatRestartsTheUnitIsOne) {
    RemedyRule remedy;
    remedy.kind = RemedyKind::failover;
    FailoverPlan failover;
    failover.then = Then::restart;
    remedy.plan = failover;
    EXPECT_TRUE(needs_of(remedy).restart);
    failover.then = Then::reload;
    remedy.plan = failover;
    EXPECT_FALSE(needs_of(remedy).restart);
    remedy.kind = RemedyKind::config_fallback;
    FallbackPlan fallback;
    fallback.then = Then::restart;
    remedy.plan = fallback;
    EXPECT_TRUE(needs_of(remedy).restart);
}

TEST_F(AdmitPlanTest, WithoutRulesNothing) {
    facts_.rules = nullptr;
    facts_.rules_trouble = "a.toml belongs to uid 7";
    const Answer expected{Preflight::not_now, Refusal::rules_unreadable, "a.toml belongs to uid 7"};
    EXPECT_EQ(admit_plan(ask_, facts_), expected);
}

TEST_F(AdmitPlanTest, APlanOfOtherRulesIsStale) {
    ask_.plan_digest = "another";
    EXPECT_EQ(code(), Refusal::stale_plan);
    EXPECT_EQ(answer(), Preflight::not_now);
}

TEST_F(AdmitPlanTest, WhatTheRulesDoNotHaveIsStale) {
    const Ask whole = ask_;
    ask_.target = "nobody";
    EXPECT_EQ(code(), Refusal::stale_plan);
    ask_ = whole;
    ask_.index = 1;
    EXPECT_EQ(code(), Refusal::stale_plan);
    ask_ = whole;
    for (const Level level : {Level::steady, Level::observe, Level::fallback}) {
        ask_.level = level;
        EXPECT_EQ(code(), Refusal::stale_plan) << name_of(level);
    }
    ask_.level = static_cast<Level>(250);
    EXPECT_EQ(code(), Refusal::stale_plan);
}

TEST_F(AdmitPlanTest, TheOffSwitchHoldsForcedAndDryRunToo) {
    facts_.disabled = true;
    facts_.disabled_detail = "/run/primum/disabled is there";
    EXPECT_EQ(code(), Refusal::disabled);
    ask_.forced = true;
    EXPECT_EQ(code(), Refusal::disabled);
    ask_.forced = false;
    ask_.dry_run = true;
    EXPECT_EQ(code(), Refusal::disabled);
}

TEST_F(AdmitPlanTest, ALevelThatIsNotEnforcedIsRefused) {
    rules_.targets[1].enforce_up_to = Level::retry;
    EXPECT_EQ(code(), Refusal::not_enforced);
    ask_.dry_run = true;
    EXPECT_EQ(code(), Refusal::none);
    ask_.dry_run = false;
    ask_.forced = true;
    EXPECT_EQ(code(), Refusal::none);
}

TEST_F(AdmitPlanTest, NobodyForcesAnythingUnderADaemonThatDoesNotEnforce) {
    ask_.forced = true;
    for (const Mode mode : {Mode::observe, Mode::dry_run}) {
        rules_.settings.mode = mode;
        EXPECT_EQ(code(), Refusal::not_enforced) << name_of(mode);
    }
}

TEST_F(AdmitPlanTest, TheDaemonsModeIsTheCeiling) {
    rules_.settings.mode = Mode::dry_run;
    EXPECT_EQ(code(), Refusal::not_enforced);
    rules_.settings.mode = Mode::enforce;
    rules_.targets[1].mode = Mode::observe;
    EXPECT_EQ(code(), Refusal::not_enforced);
}

TEST_F(AdmitPlanTest, ProtectedUnitsAreNeverTouchedNotEvenByForce) {
    for (const auto* unit : {"primumd.service",
                             "primum-actuator.service",
                             "dbus.service",
                             "systemd-journald.service",
                             "user.slice",
                             "init.scope",
                             "-.mount"}) {
        rules_.targets[1].unit = unit;
        ask_.forced = true;
        EXPECT_EQ(code(), Refusal::protected_unit) << unit;
        EXPECT_EQ(answer(), Preflight::cannot) << unit;
    }
}

TEST_F(AdmitPlanTest, ATargetWithoutAUnitCannot) {
    rules_.targets[1].unit.clear();
    EXPECT_EQ(code(), Refusal::unit_missing);
}

// Lesson: a plan is made, grows old, and is applied.
TEST_F(AdmitPlanTest, AnOldPlanIsTooLate) {
    facts_.now = instant_from_us(1'001);
    EXPECT_EQ(code(), Refusal::too_late);
    ask_.not_after.reset();
    EXPECT_EQ(code(), Refusal::none);
}

TEST_F(AdmitPlanTest, EachBudgetHolds) {
    facts_.used.host = 6;
    EXPECT_EQ(code(), Refusal::budget);
    facts_.used = {};
    rules_.settings.per_level[index_of(Level::restart)] = Budget{3, std::chrono::hours{1}};
    facts_.used.level = 2;
    EXPECT_EQ(code(), Refusal::none);
    facts_.used.level = 3;
    EXPECT_EQ(code(), Refusal::budget);
    facts_.used = {};
    rules_.targets[1].budget = Budget{4, std::chrono::hours{1}};
    facts_.used.target = 4;
    EXPECT_EQ(code(), Refusal::budget);
}

TEST_F(AdmitPlanTest, ForcePassesTheBudgetsButNotTheCeiling) {
    facts_.used.host = 6;
    facts_.used.last_hour = rules::max_actions_per_hour - 1;
    ask_.forced = true;
    EXPECT_EQ(code(), Refusal::none);
    facts_.used.last_hour = rules::max_actions_per_hour;
    EXPECT_EQ(code(), Refusal::budget);
}

TEST_F(AdmitPlanTest, ABudgetInTheRulesDoesNotRaiseTheCeiling) {
    rules_.settings.host = {1'000'000, std::chrono::hours{1}};
    facts_.used.last_hour = rules::max_actions_per_hour;
    EXPECT_EQ(code(), Refusal::budget);
}

TEST_F(AdmitPlanTest, ADryRunMovesAndAsksNoBudget) {
    facts_.used = {1'000, 1'000, 1'000, 1'000};
    ask_.dry_run = true;
    EXPECT_EQ(code(), Refusal::none);
}

// A service that ran from 10 to 20 and has left the active state.
systemd::UnitFacts unit(const std::string& active_state) {
    systemd::UnitFacts facts;
    facts.id = "gateway.service";
    facts.load_state = "loaded";
    facts.unit_file_state = "enabled";
    facts.active_state = active_state;
    facts.service = true;
    facts.can_start = true;
    facts.can_reload = true;
    facts.result = "success";
    facts.inactive_left = instant_from_us(10);
    facts.active_entered = instant_from_us(11);
    if (active_state != "active") {
        facts.main_exited = instant_from_us(20);
        facts.active_left = instant_from_us(21);
        facts.inactive_entered = instant_from_us(22);
    }
    return facts;
}

systemd::UnitFacts stopped_unit(const std::string& active_state) {
    auto facts = unit(active_state);
    facts.active_left = instant_from_us(20);
    facts.main_exited = instant_from_us(21);
    return facts;
}

Answer restart_of(const systemd::UnitFacts& facts) {
    return admit_unit(needs(RemedyKind::restart), facts, std::nullopt);
}

TEST(AdmitUnitTest, AFailedUnitMayBeRestarted) {
    auto failed = unit("failed");
    failed.result = "signal";
    EXPECT_EQ(restart_of(failed), Answer{});
}

TEST(AdmitUnitTest, AnActiveUnitMayBeRestartedAndReloaded) {
    EXPECT_EQ(restart_of(unit("active")), Answer{});
    EXPECT_EQ(admit_unit(needs(RemedyKind::reload), unit("active"), std::nullopt), Answer{});
}

TEST(AdmitUnitTest, MaskedAndMissingUnitsCannot) {
    auto facts = unit("inactive");
    facts.load_state = "masked";
    EXPECT_EQ(restart_of(facts).code, Refusal::masked);
    EXPECT_EQ(restart_of(facts).answer, Preflight::cannot);
    facts = unit("failed");
    facts.unit_file_state = "masked-runtime";
    EXPECT_EQ(restart_of(facts).code, Refusal::masked);
    facts = unit("inactive");
    facts.load_state = "not-found";
    EXPECT_EQ(restart_of(facts).code, Refusal::unit_missing);
    facts.load_state = "bad-setting";
    EXPECT_EQ(restart_of(facts).code, Refusal::unit_missing);
}

TEST(AdmitUnitTest, AnAliasOfAProtectedUnitIsProtected) {
    auto facts = unit("active");
    facts.id = "dbus.service";
    EXPECT_EQ(restart_of(facts).code, Refusal::protected_unit);
}

TEST(AdmitUnitTest, AQueuedJobIsSomebodyElses) {
    for (const auto* state : {"active", "failed", "inactive", "activating"}) {
        auto facts = unit(state);
        facts.job_id = 7;
        EXPECT_EQ(restart_of(facts).code, Refusal::foreign_job) << state;
        EXPECT_EQ(restart_of(facts).answer, Preflight::not_now) << state;
    }
}

TEST(AdmitUnitTest, WhatSystemdIsAtWorkOnIsLeftToIt) {
    for (const auto* state : {"activating", "deactivating", "reloading", "maintenance"}) {
        EXPECT_EQ(restart_of(unit(state)).code, Refusal::foreign_job) << state;
    }
}

TEST(AdmitUnitTest, WhatAPersonStoppedStaysStopped) {
    const auto answer = restart_of(stopped_unit("inactive"));
    EXPECT_EQ(answer.code, Refusal::stopped_by_person);
    EXPECT_EQ(answer.answer, Preflight::not_now);
    auto failed_while_stopping = stopped_unit("failed");
    failed_while_stopping.result = "exit-code";
    EXPECT_EQ(restart_of(failed_while_stopping).code, Refusal::stopped_by_person);
}

TEST(AdmitUnitTest, WhatWeStoppedOurselvesIsNoPersons) {
    auto facts = stopped_unit("inactive");
    facts.inactive_entered = instant_from_us(50);
    const OwnAction own{instant_from_us(40), instant_from_us(60)};
    EXPECT_EQ(admit_unit(needs(RemedyKind::restart), facts, own), Answer{});
    facts.inactive_entered = instant_from_us(61);
    EXPECT_EQ(admit_unit(needs(RemedyKind::restart), facts, own).code, Refusal::stopped_by_person);
}

TEST(AdmitUnitTest, OnlyWhatRunsAndCanReloadIsReloaded) {
    auto failed = unit("failed");
    failed.result = "signal";
    const auto dead = admit_unit(needs(RemedyKind::reload), failed, std::nullopt);
    EXPECT_EQ(dead.code, Refusal::not_applicable);
    EXPECT_EQ(dead.answer, Preflight::cannot);
    auto stubborn = unit("active");
    stubborn.can_reload = false;
    EXPECT_EQ(admit_unit(needs(RemedyKind::reload), stubborn, std::nullopt).code,
              Refusal::not_applicable);
}

TEST(AdmitUnitTest, UnitsThatRefuseHandsAreNotRestarted) {
    auto facts = unit("active");
    facts.refuses_manual_stop = true;
    EXPECT_EQ(restart_of(facts).code, Refusal::not_applicable);
}

TEST(StoppedOnPurposeTest, AProcessThatEndedBeforeItsUnitLeftTheActiveStateEndedByItself) {
    EXPECT_FALSE(stopped_on_purpose(unit("inactive")));
    auto facts = unit("inactive");
    facts.active_left = facts.main_exited;
    EXPECT_FALSE(stopped_on_purpose(facts));
    EXPECT_TRUE(stopped_on_purpose(stopped_unit("inactive")));
}

TEST(StoppedOnPurposeTest, AUnitThatNeverRanWasNotAskedFor) {
    auto facts = unit("inactive");
    facts.active_left = {};
    EXPECT_TRUE(stopped_on_purpose(facts));
    facts = unit("inactive");
    facts.main_exited = {};
    EXPECT_TRUE(stopped_on_purpose(facts));
}

TEST(StoppedOnPurposeTest, InactiveInDoubtCountsAsStoppedFailedDoesNot) {
    for (const bool failed : {false, true}) {
        auto remaining = unit(failed ? "failed" : "inactive");
        remaining.remain_after_exit = true;
        EXPECT_EQ(stopped_on_purpose(remaining), !failed);
        auto socket = unit(failed ? "failed" : "inactive");
        socket.service = false;
        EXPECT_EQ(stopped_on_purpose(socket), !failed);
        auto stale = unit(failed ? "failed" : "inactive");
        stale.inactive_left = instant_from_us(21);  // started since that process ended
        EXPECT_EQ(stopped_on_purpose(stale), !failed);
    }
}

TEST(StoppedOnPurposeTest, ResultsThatOnlySystemdBringsAboutAreNoStop) {
    for (const auto* result :
         {"watchdog", "oom-kill", "start-limit-hit", "protocol", "resources"}) {
        auto facts = stopped_unit("failed");
        facts.result = result;
        EXPECT_FALSE(stopped_on_purpose(facts)) << result;
    }
    auto timeout = stopped_unit("failed");
    timeout.result = "timeout";
    EXPECT_TRUE(stopped_on_purpose(timeout));  // a stop that had to be enforced
}

TEST(StoppedOnPurposeTest, AStartThatFailedIsNoStop) {
    auto facts = stopped_unit("failed");
    facts.inactive_left = instant_from_us(30);  // started again, never became active
    facts.main_exited = instant_from_us(40);
    facts.result = "exit-code";
    EXPECT_FALSE(stopped_on_purpose(facts));
}

TEST(AdmitBlastTest, AProtectedUnitAmongThemCannot) {
    const auto answer = admit_blast({"b.service", "dbus.service"}, std::nullopt);
    EXPECT_EQ(answer.code, Refusal::protected_unit);
    EXPECT_EQ(answer.answer, Preflight::cannot);
    EXPECT_EQ(answer.detail, "dbus.service would go down with it");
}

TEST(AdmitBlastTest, MoreThanTheRuleAllowsIsRefusedWhenItCounts) {
    const std::vector<std::string> two{"b.service", "c.service"};
    EXPECT_EQ(admit_blast(two, std::nullopt), Answer{});
    EXPECT_EQ(admit_blast(two, 2), Answer{});
    EXPECT_EQ(admit_blast(two, 1).code, Refusal::blast_radius);
    EXPECT_EQ(admit_blast(two, 1).detail,
              "2 units would go down with it, 1 may: " + two[0] + ", " + two[1]);
    EXPECT_EQ(admit_blast({}, 0), Answer{});
}

}  // namespace
}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#include "lints.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string target_named(std::string_view name, std::string_view more) {
    return fmt::format(
        "[target.{0}]\nunit = \"{0}.service\"\nindicator.unit.value = "
        "\"unit_state\"\nladder.restart.remedy = [{{ restart = {{}} }}]\n{1}",
        name,
        more);
}

std::uint32_t most(std::string_view more, Duration span) {
    const RuleSet rules = rules_of(target_named("a", more));
    return most_actions(rules.targets.at(0), Level::restart, span);
}

TEST(LintBudgetTest, CountsAnIncidentAfterTheOther) {
    // Healthy again after 30s + 10s + 2m + soak 5m + relapse 30m: twice in an hour.
    EXPECT_EQ(most("", hours{1}), 2U);
    EXPECT_EQ(most("", minutes{10}), 1U);
    EXPECT_EQ(most("relapse = \"4h\"\n", hours{1}), 1U);
    EXPECT_EQ(most("ladder.restart.attempts = 3\n", minutes{30}), 3U);
}

TEST(LintBudgetTest, CountsNoMoreThanCooldownsLeaveTimeFor) {
    EXPECT_EQ(most("ladder.restart.attempts = 50\nladder.restart.cooldown = { initial = \"20m\", "
                   "factor = 1, max = \"20m\" }\n",
                   hours{1}),
              3U);
    EXPECT_EQ(most("ladder.restart.attempts = 50\nladder.restart.cooldown = { initial = \"20m\", "
                   "factor = 2, max = \"1h\" }\n",
                   hours{1}),
              2U);
}

TEST(LintBudgetTest, CountsNoMoreThanTheTargetMay) {
    EXPECT_EQ(most("ladder.restart.attempts = 9\nladder.restart.cooldown.initial = \"0s\"\n"
                   "budget = { actions = 2, per = \"30m\" }\n",
                   hours{1}),
              4U);
    EXPECT_EQ(most("budget = { actions = 1, per = \"24h\" }\n", hours{1}), 1U);
}

TEST(LintBudgetTest, AddsUpOverTargets) {
    const std::string four = target_named("a", "ladder.restart.attempts = 2\n") +
                             target_named("b", "") + target_named("c", "") + target_named("d", "");
    const auto lints = lints_of(four);
    ASSERT_THAT(lints, SizeIs(1));
    EXPECT_EQ(lints[0].code, LintCode::budget_multiplies);
    EXPECT_EQ(lints[0].key, "target.a.budget") << "the largest share";
    EXPECT_THAT(lints[0].message,
                HasSubstr("4 targets may come to 10 actions in 1h, the budget of the host is 6"));
    Settings roomy;
    roomy.decision.host.actions = 10;
    EXPECT_THAT(codes_of(four, roomy), IsEmpty());
}

TEST(LintBudgetTest, LevelsThatActAndLevelsThatWouldHaveBudgetsOfTheirOwn) {
    const std::string enforced = "mode = \"enforce\"\nenforce_up_to = \"restart\"\n";
    const std::string mixed = target_named("a", enforced) + target_named("b", enforced) +
                              target_named("c", "") + target_named("d", "");
    EXPECT_THAT(codes_of(mixed), IsEmpty());
}

TEST(LintBudgetTest, OneLevelOverAllTargets) {
    Settings settings;
    settings.decision.per_level[index_of(Level::restart)] = Budget{1, hours{1}};
    const auto lints = lints_of(target_named("a", ""), settings);
    ASSERT_THAT(lints, SizeIs(1));
    EXPECT_THAT(lints[0].message, HasSubstr("the budget of level restart is 1 per 1h"));
    EXPECT_THAT(lints[0].remedy, HasSubstr("budget.level.restart"));
}

TEST(LintBudgetTest, AttemptsTimesLevels) {
    const std::string ladder =
        "ladder.retry.remedy = [{ reset_failed = {} }]\nladder.retry.attempts = 2\n"
        "ladder.restart.attempts = 2\n";
    EXPECT_THAT(codes_of(target_named("a", ladder + "budget = { actions = 3, per = \"1h\" }\n")),
                ElementsAre("attempts_over_budget:8"));
    EXPECT_THAT(codes_of(target_named("a", ladder + "budget = { actions = 4, per = \"1h\" }\n")),
                IsEmpty());
    const auto day =
        lints_of(target_named("a", ladder + "budget = { actions = 3, per = \"24h\" }\n"));
    ASSERT_THAT(day, SizeIs(1));
    EXPECT_THAT(day[0].message, HasSubstr("are given up"));
}

TEST(LintBudgetTest, ATargetsBudgetAboveTheHosts) {
    EXPECT_THAT(codes_of(target_named("a", "budget = { actions = 7, per = \"1h\" }\n")),
                ElementsAre("budget_over_host:5"));
    EXPECT_THAT(codes_of(target_named("a", "budget = { actions = 6, per = \"1h\" }\n")), IsEmpty());
}

}  // namespace
}  // namespace primum::rules

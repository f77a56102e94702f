// SPDX-License-Identifier: MIT
#include "rule_text.hpp"
#include "rules/compilation.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TargetRule target_of(std::string_view more) {
    const RuleSet rules = rules_of(target_with(more));
    return rules.targets.empty() ? TargetRule{} : rules.targets.at(0);
}

// `more` begins at line 4.
std::vector<std::string> ladder_errors(std::string_view more) {
    return errors_of(target_with(more));
}

TEST(LadderRuleTest, NamesOnlyWhatIsNamed) {
    const TargetRule target = target_of("[target.web.ladder.retry]\n");
    for (std::size_t i = 0; i < level_count; ++i) {
        EXPECT_EQ(target.rungs.at(i).named, i == index_of(Level::retry)) << i;
    }
    const RungRule& rung = target.rungs.at(index_of(Level::retry));
    EXPECT_THAT(rung.remedies, IsEmpty());
    EXPECT_EQ(rung.attempts, 0U);
}

TEST(LadderRuleTest, HasDefaults) {
    const TargetRule target = target_of(
        "ladder.observe = {}\nladder.retry.remedy = [{ reload = {} }]\nladder.failover = {}\n"
        "ladder.restart.remedy = [{ restart = {} }, { restart = { timeout = \"5s\" } }]\n"
        "ladder.fallback = {}\n");
    const RungRule& restart = target.rungs.at(index_of(Level::restart));
    EXPECT_EQ(target.rungs.at(index_of(Level::observe)).when, Severity::warning);
    EXPECT_EQ(target.rungs.at(index_of(Level::retry)).when, Severity::error);
    EXPECT_EQ(target.rungs.at(index_of(Level::failover)).when, Severity::error);
    EXPECT_EQ(restart.when, Severity::critical);
    EXPECT_EQ(target.rungs.at(index_of(Level::fallback)).when, Severity::critical);
    EXPECT_EQ(restart.indicators, 1U);
    EXPECT_EQ(restart.dwell, seconds{30});
    EXPECT_EQ(restart.attempts, 2U);
    EXPECT_EQ(restart.settle, seconds{10});
    EXPECT_EQ(restart.verify, minutes{2});
    EXPECT_EQ(restart.cooldown.initial, minutes{5});
    EXPECT_EQ(restart.cooldown.factor, 2.0);
    EXPECT_EQ(restart.cooldown.max, hours{1});
    EXPECT_EQ(restart.max_blast_radius, 0U);
    EXPECT_EQ(restart.max_plan_age, seconds{30});
    EXPECT_EQ(restart.max_wait, hours{1});
    ASSERT_EQ(restart.remedies.size(), 2U);
    EXPECT_EQ(restart.remedies[0].kind, RemedyKind::restart);
    EXPECT_EQ(restart.remedies[0].timeout, seconds{90});
    EXPECT_EQ(restart.remedies[1].timeout, seconds{5});
}

TEST(LadderRuleTest, ReadsEveryKey) {
    const TargetRule target = target_of(
        "[target.web.ladder.retry]\nwhen = \"info\"\nindicators = 1\nfor = \"0s\"\n"
        "remedy = [{ reload = {} }]\nattempts = 7\nsettle = \"1s\"\nverify = \"3s\"\n"
        "cooldown = { initial = \"0s\", factor = 1.5, max = \"3m\" }\nmax_blast_radius = 2\n"
        "max_plan_age = \"5s\"\nmax_wait = \"10m\"\n");
    const RungRule& rung = target.rungs.at(index_of(Level::retry));
    EXPECT_EQ(rung.when, Severity::info);
    EXPECT_EQ(rung.dwell, Duration{0});
    EXPECT_EQ(rung.attempts, 7U);
    EXPECT_EQ(rung.settle, seconds{1});
    EXPECT_EQ(rung.verify, seconds{3});
    EXPECT_EQ(rung.cooldown.initial, Duration{0});
    EXPECT_EQ(rung.cooldown.factor, 1.5);
    EXPECT_EQ(rung.cooldown.max, minutes{3});
    EXPECT_EQ(rung.max_blast_radius, 2U);
    EXPECT_EQ(rung.max_plan_age, seconds{5});
    EXPECT_EQ(rung.max_wait, minutes{10});
    // An initial above the default maximum takes the maximum up with it.
    EXPECT_EQ(target_of("ladder.retry = { cooldown = { initial = \"2h\" } }\n")
                  .rungs.at(index_of(Level::retry))
                  .cooldown.max,
              hours{2});
}

TEST(LadderRuleTest, KeepsEachKindOnItsOwnLevels) {
    for (const std::string_view kind_name : enum_names<RemedyKind>) {
        const RemedyKind kind = *from_name<RemedyKind>(kind_name);
        for (std::size_t i = index_of(Level::retry); i < level_count; ++i) {
            const auto level = static_cast<Level>(i);
            const auto errors =
                ladder_errors("ladder." + std::string{name_of(level)} + ".remedy = [{ " +
                              std::string{kind_name} + " = { irreversible = \"test\" } }]\n");
            const bool refused = std::any_of(errors.begin(), errors.end(), [](const auto& error) {
                return error.find("may not stand on level") != std::string::npos;
            });
            EXPECT_EQ(refused, !may_stand_on(kind, level)) << kind_name << name_of(level);
        }
    }
    EXPECT_THAT(ladder_errors("ladder.restart.remedy = [{ reload = {} }]\n"),
                ElementsAre("r.toml:4:28: \"reload\" may not stand on level restart, only on retry "
                            "(key \"target.web.ladder.restart.remedy.reload\")"));
    EXPECT_THAT(
        ladder_errors("ladder.fallback.remedy = [{ exec = { irreversible = \"x\" } }]\n"),
        ElementsAre("r.toml:4:29: \"exec\" may not stand on level fallback, only on retry to "
                    "restart (key \"target.web.ladder.fallback.remedy.exec\")",
                    "r.toml:4:36: an exec needs its program, like run = [\"/usr/bin/true\"] (key "
                    "\"target.web.ladder.fallback.remedy.exec\")"));
}

TEST(LadderRuleTest, LevelsFollowTheDesign) {
    EXPECT_TRUE(may_stand_on(RemedyKind::exec, Level::retry));
    EXPECT_TRUE(may_stand_on(RemedyKind::exec, Level::failover));
    EXPECT_TRUE(may_stand_on(RemedyKind::exec, Level::restart));
    EXPECT_FALSE(may_stand_on(RemedyKind::exec, Level::fallback));
    EXPECT_TRUE(may_stand_on(RemedyKind::failover, Level::failover));
    EXPECT_TRUE(may_stand_on(RemedyKind::config_fallback, Level::fallback));
    EXPECT_FALSE(may_stand_on(RemedyKind::restart, Level::retry));
    EXPECT_FALSE(may_stand_on(RemedyKind::signal, Level::observe));
}

TEST(LadderRuleTest, WantsAWayBack) {
    EXPECT_THAT(ladder_errors("ladder.retry.remedy = [{ http = { url = \"http://h/\" } }]\n"),
                ElementsAre("r.toml:4:26: http has no way back: give undo, or irreversible = "
                            "\"why\" (key \"target.web.ladder.retry.remedy.http\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.remedy = [{ reload = {} }]\n"), IsEmpty());
}

TEST(LadderRuleTest, LocatesMistakesOfRemedies) {
    EXPECT_THAT(ladder_errors("ladder.observe.remedy = [{ reload = {} }]\n"),
                ElementsAre("r.toml:4:16: level observe takes no remedy: it only watches (key "
                            "\"target.web.ladder.observe.remedy\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.remedy = []\n"),
                ElementsAre("r.toml:4:23: a list of remedies is expected, like [{ reload = {} }] "
                            "(key \"target.web.ladder.retry.remedy\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.remedy = [\"reload\"]\n"),
                ElementsAre("r.toml:4:24: a remedy is one kind, like { restart = {} } (key "
                            "\"target.web.ladder.retry.remedy\")"));
    EXPECT_THAT(
        ladder_errors("ladder.retry.remedy = [{ relaod = {} }]\n"),
        ElementsAre("r.toml:4:26: unknown key (key "
                    "\"target.web.ladder.retry.remedy.relaod\"; did you mean \"reload\"?)"));
    EXPECT_THAT(ladder_errors("ladder.restart.remedy = [{ restart = { timout = \"1s\" } }]\n"),
                ElementsAre("r.toml:4:40: unknown key (key "
                            "\"target.web.ladder.restart.remedy.restart.timout\"; did you mean "
                            "\"timeout\"?)"));
    EXPECT_THAT(ladder_errors("ladder.restart.remedy = [{ restart = { timeout = \"2h\" } }]\n"),
                ElementsAre("r.toml:4:50: 2h is out of range (1s to 1h) (key "
                            "\"target.web.ladder.restart.remedy.restart.timeout\")"));
    EXPECT_THAT(ladder_errors("ladder.restart.remedy = [{ restart = { save = [\"/x\"] } }]\n"),
                IsEmpty());
}

TEST(LadderRuleTest, LocatesMistakesOfRungs) {
    EXPECT_THAT(ladder_errors("ladder.retry.attempts = 2\n"),
                ElementsAre("r.toml:4:14: attempts without a remedy: nothing would be tried (key "
                            "\"target.web.ladder.retry.attempts\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.when = \"ok\"\n"),
                ElementsAre("r.toml:4:21: \"ok\" is none of info, warning, error, critical (key "
                            "\"target.web.ladder.retry.when\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.cooldown = { factor = 0.5 }\n"),
                ElementsAre("r.toml:4:36: the factor is out of range (1 to 100) (key "
                            "\"target.web.ladder.retry.cooldown.factor\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.cooldown = { initial = \"2m\", max = \"1m\" }\n"),
                ElementsAre("r.toml:4:49: max is less than initial (2m) (key "
                            "\"target.web.ladder.retry.cooldown.max\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.settle = 5\n"),
                ElementsAre("r.toml:4:23: a duration is a string with a unit, like \"30s\" (key "
                            "\"target.web.ladder.retry.settle\")"));
    EXPECT_THAT(ladder_errors("ladder.retry.max_wait = \"0s\"\n"),
                ElementsAre("r.toml:4:25: 0s is out of range (1s to 7d) (key "
                            "\"target.web.ladder.retry.max_wait\")"));
    EXPECT_THAT(ladder_errors("ladder.rety = {}\n"),
                ElementsAre("r.toml:4:8: unknown key (key \"target.web.ladder.rety\"; did you mean "
                            "\"retry\"?)"));
    EXPECT_THAT(ladder_errors("ladder.retry = 3\n"),
                ElementsAre("r.toml:4:16: a table is expected, not a whole number (key "
                            "\"target.web.ladder.retry\")"));
}

}  // namespace
}  // namespace primum::rules

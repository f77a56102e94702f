// SPDX-License-Identifier: MIT
#include "rule_text.hpp"
#include "rules/compilation.hpp"

#include <gtest/gtest.h>

#include <set>

namespace primum::rules {
namespace {

std::string whole() {
    return indicator_with(
        "source = \"m\"\nvalue = { rate = 'x', over = \"1m\" }\nerror = { above = 1 }\n"
        "[target.web.ladder.retry]\nremedy = [{ reload = {} }, { reload = {} }]\n"
        "[target.web.ladder.restart]\nremedy = [{ restart = {} }]\n"
        "[target.zeta]\nunit = \"zeta.service\"\nindicator.unit.value = \"unit_state\"\n");
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(SealTest, DoesNotDependOnFormatting) {
    const RuleSet a = rules_of(whole());
    const RuleSet b =
        rules_of("# a comment\n\n" + replaced(replaced(whole(), "rate = 'x'", "rate   = \"x\""),
                                              "error = { above = 1 }",
                                              "error.above = 1.0"));
    EXPECT_EQ(a.digest, b.digest);
    EXPECT_EQ(a.targets.at(0).digest, b.targets.at(0).digest);
    EXPECT_EQ(a.sources.at(0).digest, b.sources.at(0).digest);
}

TEST(SealTest, WrittenDefaultsAreTheSameMeaning) {
    EXPECT_EQ(rules_of(whole()).digest,
              rules_of(replaced(whole(),
                                "[target.web.ladder.restart]\n",
                                "[target.web.ladder.restart]\nattempts = 1\nverify = \"120s\"\n"))
                  .digest);
}

TEST(SealTest, ChangesWithEveryMeaning) {
    std::set<std::string> digests{rules_of(whole()).digest};
    const std::pair<const char*, const char*> changes[] = {
        {"interval = \"5s\"", "interval = \"6s\""},
        {"9100", "9101"},
        {"rate = 'x'", "rate = 'y'"},
        {"over = \"1m\"", "over = \"61s\""},
        {"above = 1", "above = 1.5"},
        {"above = 1", "below = 1"},
        {"above = 1", "above = 1, clear_below = 0.5"},
        {"error = {", "warning = {"},
        {"above = 1", "above_baseline = 1, by_at_least = 1"},
        {"above = 1", "below_baseline = 1, by_at_least = 1"},
        {"above = 1", "above_baseline = 1, by_at_least = 2"},
        {"error = {", "baseline = {}\nerror = {"},
        {"error = {", "baseline = { min_samples = 100 }\nerror = {"},
        {"error = {", "baseline = { forget = \"1d\", min_samples = 501 }\nerror = {"},
        {"error = {", "baseline = { seasonal = \"hour_of_day\" }\nerror = {"},
        {"rate =", "increase ="},
        {"error = {", "trip = \"1 of 5\"\nerror = {"},
        {"error = {", "clear = \"5 of 6\"\nerror = {"},
        {"error = {", "for = \"1s\"\nerror = {"},
        {"error = {", "stale = \"1m\"\nerror = {"},
        {"error = {", "reduce = \"max\"\nerror = {"},
        {"unit = \"web.service\"", "unit = \"web2.service\""},
        {"unit = \"web.service\"", "unit = \"web.service\"\nmode = \"enforce\""},
        {"unit = \"web.service\"", "unit = \"web.service\"\nenforce_up_to = \"restart\""},
        {"unit = \"web.service\"", "unit = \"web.service\"\nwarm_up = \"1m\""},
        {"unit = \"web.service\"", "unit = \"web.service\"\nsoak = \"1m\""},
        {"unit = \"web.service\"", "unit = \"web.service\"\nrelapse = \"1m\""},
        {"unit = \"web.service\"", "unit = \"web.service\"\ndepends_on = [\"zeta\"]"},
        {"unit = \"web.service\"", "unit = \"web.service\"\nbudget = {actions=1,per=\"1h\"}"},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nattempts = 3"},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nwhen = \"error\""},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nfor = \"1s\""},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nsettle = \"1s\""},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nverify = \"9m\""},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\ncooldown.factor = 3"},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\ncooldown.initial = \"1s\""},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nmax_blast_radius = 1"},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nmax_plan_age = \"9s\""},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = {} }]\nmax_wait = \"9s\""},
        {"remedy = [{ restart = {} }]", "remedy = [{ restart = { timeout = \"9s\" } }]"},
        {"remedy = [{ restart = {} }]", ""},
        {"zeta.service", "zeto.service"},
    };
    for (const auto& [from, to] : changes) {
        EXPECT_TRUE(digests.insert(rules_of(replaced(whole(), from, to)).digest).second)
            << from << " -> " << to;
    }
    Settings settings;
    settings.decision.mode = Mode::enforce;
    EXPECT_TRUE(digests.insert(rules_of(whole(), settings).digest).second);
    settings.decision.host.actions = 7;
    EXPECT_TRUE(digests.insert(rules_of(whole(), settings).digest).second);
    settings.decision.breaker.worse = 3;
    EXPECT_TRUE(digests.insert(rules_of(whole(), settings).digest).second);
    settings.decision.breaker.no_effect = 7;
    EXPECT_TRUE(digests.insert(rules_of(whole(), settings).digest).second);
    settings.decision.breaker.window = 11;
    EXPECT_TRUE(digests.insert(rules_of(whole(), settings).digest).second);
    settings.decision.per_level.at(index_of(Level::restart)) = Budget{1, std::chrono::hours{1}};
    EXPECT_TRUE(digests.insert(rules_of(whole(), settings).digest).second);
}

TEST(SealTest, OneTargetsChangeLeavesTheOtherAlone) {
    const RuleSet a = rules_of(whole());
    const RuleSet b = rules_of(replaced(whole(), "above = 1", "above = 2"));
    EXPECT_NE(a.targets.at(0).digest, b.targets.at(0).digest);
    EXPECT_EQ(a.targets.at(1).digest, b.targets.at(1).digest);
    // Another source in front moves indexes, not meaning.
    const RuleSet c =
        rules_of("[source.a]\nkind = \"prometheus\"\nurl = \"http://h/\"\n" + whole());
    EXPECT_EQ(a.targets.at(0).digest, c.targets.at(0).digest);
    EXPECT_NE(a.digest, c.digest);
}

TEST(SealTest, EveryPlanHasItsOwnDigest) {
    const RuleSet rules = rules_of(whole());
    const auto& rungs = rules.targets.at(0).rungs;
    const auto& retry = rungs.at(index_of(Level::retry)).remedies;
    const auto& restart = rungs.at(index_of(Level::restart)).remedies;
    EXPECT_EQ(retry.at(0).plan_digest.size(), 64U);
    EXPECT_NE(retry.at(0).plan_digest, retry.at(1).plan_digest);
    EXPECT_NE(retry.at(0).plan_digest, restart.at(0).plan_digest);
    // Only what decides the effect is in it.
    const RuleSet other = rules_of(replaced(whole(), "above = 1", "above = 2"));
    EXPECT_EQ(other.targets.at(0).rungs.at(index_of(Level::restart)).remedies.at(0).plan_digest,
              restart.at(0).plan_digest);
    const RuleSet moved = rules_of(replaced(whole(), "web.service", "web2.service"));
    EXPECT_NE(moved.targets.at(0).rungs.at(index_of(Level::restart)).remedies.at(0).plan_digest,
              restart.at(0).plan_digest);
}

}  // namespace
}  // namespace primum::rules

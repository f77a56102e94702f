// SPDX-License-Identifier: MIT
#include "rules/promotion.hpp"

#include "rule_text.hpp"
#include "rules/digest.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view ladder =
    "mode = \"enforce\"\n"
    "enforce_up_to = \"restart\"\n"
    "[target.web.ladder.retry]\n"
    "remedy = [{ reload = {} }]\n"
    "verify = \"1m\"\n"
    "[target.web.ladder.restart]\n"
    "remedy = [{ restart = {} }]\n"
    "verify = \"1m\"\n";

std::string web() {
    return target_with(ladder);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string digest_of(Level level, const std::string& text = web()) {
    return rules_of(text).targets.at(0).level_digests[index_of(level)];
}

std::string promoted(Level level, const std::string& more = "") {
    return fmt::format(
        "promoted.{} = {{ digest = \"{}\"{} }}\n", name_of(level), digest_of(level), more);
}

// The target of `text`, with a drop-in that has `entries`.
TargetRule target_of(const std::string& text,
                     const std::string& entries,
                     const Settings& settings = {}) {
    const RulesLoad load = compile_rules(
        {{"r.toml", text}, {"r.d/90-promoted-web.toml", "[target.web]\n" + entries}}, settings);
    EXPECT_THAT(formatted(load.errors), testing::IsEmpty());
    return load.rules == nullptr ? TargetRule{} : load.rules->targets.at(0);
}

TEST(PromotionTest, WithoutAnyTheRulesSayWhatIsEnforced) {
    const TargetRule target = target_of(web(), "");
    EXPECT_EQ(target.mode, Mode::enforce);
    EXPECT_EQ(target.enforce_up_to, Level::restart);
    EXPECT_EQ(target.held_back, "");
}

TEST(PromotionTest, EnforcesUpToWhatWasPromoted) {
    const TargetRule target = target_of(web(), promoted(Level::retry));
    EXPECT_EQ(target.mode, Mode::enforce);
    EXPECT_EQ(target.enforce_up_to, Level::failover);  // no rung there
    EXPECT_FALSE(target.enforces(Level::restart, Mode::enforce, WallTime{}));
    EXPECT_EQ(target.held_back, "restart is not promoted");

    const TargetRule all = target_of(web(), promoted(Level::retry) + promoted(Level::restart));
    EXPECT_EQ(all.enforce_up_to, Level::restart);
    EXPECT_EQ(all.held_back, "");
}

TEST(PromotionTest, IsNoReasonToEnforceMoreThanTheRulesSay) {
    const TargetRule target = target_of(replaced(web(), "\"enforce\"", "\"dry_run\""),
                                        promoted(Level::retry) + promoted(Level::restart));
    EXPECT_EQ(target.mode, Mode::dry_run);
    EXPECT_EQ(target.held_back, "");
}

TEST(PromotionTest, NothingAboveALevelThatIsNotPromotedIsEnforced) {
    const TargetRule target = target_of(web(), promoted(Level::restart));
    EXPECT_EQ(target.mode, Mode::dry_run);
    EXPECT_EQ(target.held_back, "retry is not promoted");
}

TEST(PromotionTest, AChangedLevelIsDryRunAgainAndThoseBelowStay) {
    const std::string entries = promoted(Level::retry) + promoted(Level::restart);
    const std::string changed =
        replaced(web(), "restart = {} }]\n", "restart = {} }]\nattempts = 2\n");
    const TargetRule target = target_of(changed, entries);
    EXPECT_TRUE(target.enforces(Level::retry, Mode::enforce, WallTime{}));
    EXPECT_FALSE(target.enforces(Level::restart, Mode::enforce, WallTime{}));
    EXPECT_EQ(target.held_back, "restart has changed since it was promoted");
}

TEST(PromotionTest, WhatEveryLevelDependsOnTakesEveryLevelBack) {
    const std::string entries = promoted(Level::retry) + promoted(Level::restart);
    const TargetRule target = target_of(
        replaced(web(), "mode = \"enforce\"", "mode = \"enforce\"\nsoak = \"1m\""), entries);
    EXPECT_EQ(target.mode, Mode::dry_run);
    EXPECT_EQ(target.held_back, "retry has changed since it was promoted");
}

TEST(PromotionTest, ARungThatIsGoneNeedsNone) {
    const std::string entries = promoted(Level::retry) + promoted(Level::restart);
    const std::string without = replaced(
        web(), "[target.web.ladder.retry]\nremedy = [{ reload = {} }]\nverify = \"1m\"\n", "");
    EXPECT_EQ(target_of(without, entries).enforce_up_to, Level::restart);
}

TEST(PromotionTest, WhereItIsRequiredNothingElseIsEnforced) {
    Settings settings;
    settings.promotion.required = true;
    EXPECT_EQ(target_of(web(), "", settings).mode, Mode::dry_run);
    EXPECT_EQ(target_of(web(), "", settings).held_back, "retry is not promoted");
    EXPECT_EQ(target_of(web(), promoted(Level::retry), settings).enforce_up_to, Level::failover);
}

TEST(PromotionTest, NoneOutlivesOneBelowIt) {
    const auto end = parse_utc("2026-12-31T00:00:00Z");
    ASSERT_TRUE(end);
    const TargetRule target = target_of(
        web(),
        promoted(Level::retry, ", until = \"2026-12-31T00:00:00Z\"") + promoted(Level::restart));
    EXPECT_TRUE(target.enforces(Level::restart, Mode::enforce, *end - Duration{1}));
    EXPECT_FALSE(target.enforces(Level::retry, Mode::enforce, *end));
    EXPECT_FALSE(target.enforces(Level::restart, Mode::enforce, *end));
}

TEST(PromotionTest, WhatIsLeftOfATargetIsNoMistake) {
    const RulesLoad load =
        compile_rules({{"r.toml", ""},
                       {"r.d/90-promoted-web.toml",
                        "[target.web]\nmode = \"enforce\"\n" + promoted(Level::retry)}},
                      {});
    EXPECT_THAT(formatted(load.errors), testing::IsEmpty());
    ASSERT_NE(load.rules, nullptr);
    EXPECT_TRUE(load.rules->targets.empty());
}

TEST(PromotionTest, RefusesWhatIsNone) {
    EXPECT_THAT(errors_of(target_with("promoted.observe = {}\n")),
                ElementsAre(HasSubstr("target.web.promoted.observe")));
    EXPECT_THAT(errors_of(target_with("promoted.retry = {}\n")),
                ElementsAre(HasSubstr("needs the digest")));
    EXPECT_THAT(errors_of(target_with("promoted.retry = { digest = \"ab\" }\n")),
                ElementsAre(HasSubstr("64 lower-case hex digits")));
    EXPECT_THAT(errors_of(target_with(fmt::format(
                    "promoted.retry = {{ digest = \"{:064}\", until = \"tomorrow\" }}\n", 0))),
                ElementsAre(HasSubstr("a time in UTC")));
}

TEST(PromotionTest, ALevelsDigestIsOfWhatDecidesItAndOfNothingElse) {
    const std::array same{std::pair{"\"enforce\"", "\"dry_run\""},
                          std::pair{"\"restart\"\n", "\"fallback\"\nenforce_share = \"5%\"\n"}};
    for (const auto& [from, to] : same) {
        EXPECT_EQ(digest_of(Level::retry), digest_of(Level::retry, replaced(web(), from, to)))
            << to;
    }
    const std::array all{std::pair{"web.service", "web2.service"},
                         std::pair{"indicator.unit.value", "indicator.other.value"},
                         std::pair{"mode = \"enforce\"", "warm_up = \"3m\""},
                         std::pair{"mode = \"enforce\"", "relapse = \"3m\""},
                         std::pair{"mode = \"enforce\"", "budget = { actions = 1, per = \"1h\" }"}};
    for (const auto& [from, to] : all) {
        EXPECT_NE(digest_of(Level::retry), digest_of(Level::retry, replaced(web(), from, to)))
            << to;
        EXPECT_NE(digest_of(Level::restart), digest_of(Level::restart, replaced(web(), from, to)))
            << to;
    }
    const std::string other = replaced(web(), "reload = {}", "reset_failed = {}");
    EXPECT_NE(digest_of(Level::retry), digest_of(Level::retry, other));
    EXPECT_EQ(digest_of(Level::restart), digest_of(Level::restart, other));
}

TEST(PromotionTest, WhatIsEnforcedIsNoPartOfATargetsMeaning) {
    const RuleSet a = rules_of(web());
    const RuleSet b = rules_of(replaced(web(), "\"enforce\"", "\"dry_run\""));
    EXPECT_EQ(a.targets.at(0).digest, b.targets.at(0).digest);
    EXPECT_NE(a.digest, b.digest);
}

std::vector<std::string> machines() {
    std::vector<std::string> all;
    for (int i = 0; i < 10'000; ++i) {
        all.push_back(sha256_hex(fmt::format("machine {}", i)).substr(0, 32));
    }
    return all;
}

// Of n hosts, each in with probability p, at most four standard deviations from n p: a wrong
// answer for this fixed set of hosts would be one in sixteen thousand by chance.
TEST(ShareTest, ActsOnThatShareOfHostsAndOnTheSameAgainWithMore) {
    const auto all = machines();
    std::vector<std::string> before;
    for (const double share : {0.0, 0.01, 0.1, 0.25, 0.5, 0.9, 1.0}) {
        std::vector<std::string> in;
        for (const std::string& machine : all) {
            if (is_in_share(machine, share)) {
                in.push_back(machine);
            }
        }
        const auto hosts = static_cast<double>(all.size());
        EXPECT_NEAR(static_cast<double>(in.size()),
                    hosts * share,
                    4 * std::sqrt(hosts * share * (1 - share)));
        EXPECT_TRUE(std::includes(in.begin(),
                                  in.end(),
                                  before.begin(),
                                  before.end(),
                                  [&](const auto& a, const auto& b) {
                                      return std::find(all.begin(), all.end(), a) <
                                             std::find(all.begin(), all.end(), b);
                                  }))
            << share;
        before = in;
    }
}

TEST(ShareTest, AHostThatIsNotKnownIsOnlyAmongAll) {
    EXPECT_FALSE(is_in_share("", 0.999));
    EXPECT_TRUE(is_in_share("", 1));
}

TEST(ShareTest, ATargetActsOnItsShareOnly) {
    Settings settings;
    for (const std::string& machine : machines()) {
        if (is_in_share(machine, 0.1)) {
            continue;
        }
        settings.decision.machine = machine;
        break;
    }
    const TargetRule target = target_of(web(), "enforce_share = \"10%\"\n", settings);
    EXPECT_FALSE(target.enforces(Level::retry, Mode::enforce, WallTime{}));
    EXPECT_EQ(target.held_back, "not in the 10% of hosts");
    EXPECT_TRUE(target_of(web(), "enforce_share = \"100%\"\n", settings).in_share);
    settings.decision.machine.clear();
    EXPECT_EQ(target_of(web(), "enforce_share = \"10%\"\n", settings).held_back,
              "not known to be in the 10% of hosts");
}

TEST(ShareTest, TheMachineIsRecordedAndItsRulesHaveTheSameDigestEverywhere) {
    Settings settings;
    settings.promotion.required = true;
    settings.decision.machine = machines().front();
    const std::string text =
        target_with(std::string{"enforce_share = \"50%\"\n"} + std::string{ladder});
    const RulesLoad here = compile_rules({{"r.toml", text}}, settings);
    const RulesLoad again = compile_recorded_rules(here.text);
    ASSERT_NE(again.rules, nullptr);
    EXPECT_EQ(again.rules->settings.machine, settings.decision.machine);
    EXPECT_EQ(again.rules->targets.at(0).in_share, here.rules->targets.at(0).in_share);
    EXPECT_EQ(again.rules->targets.at(0).held_back, here.rules->targets.at(0).held_back);
    EXPECT_EQ(again.rules->digest, here.rules->digest);
    settings.decision.machine.clear();
    const RulesLoad elsewhere = compile_rules({{"r.toml", text}}, settings);
    EXPECT_EQ(elsewhere.rules->digest, here.rules->digest);
    EXPECT_EQ(compile_recorded_rules(elsewhere.text).rules->settings.machine, "");
}

TEST(ShareTest, ReadsPercentages) {
    EXPECT_EQ(parse_share("10%"), 0.1);
    EXPECT_EQ(parse_share("0.5%"), 0.005);
    EXPECT_EQ(parse_share("0%"), 0.0);
    EXPECT_EQ(parse_share("100%"), 1.0);
    for (const char* wrong : {"10", "%", "-1%", "101%", "1 %", "nan%", "1%%", ""}) {
        EXPECT_FALSE(parse_share(wrong)) << wrong;
    }
    EXPECT_EQ(format_share(0.1), "10%");
    EXPECT_EQ(format_share(0.005), "0.5%");
    EXPECT_THAT(errors_of(target_with("enforce_share = \"110%\"\n")),
                ElementsAre(HasSubstr("0% to 100%")));
}

TEST(UtcTest, ReadsAndWritesTimes) {
    const auto time = parse_utc("2026-02-28T23:59:58Z");
    ASSERT_TRUE(time);
    EXPECT_EQ(to_us(*time), 1'772'323'198'000'000);
    EXPECT_EQ(format_utc(*time), "2026-02-28T23:59:58Z");
    for (const char* wrong : {"2026-02-30T00:00:00Z",
                              "2026-02-28T24:00:00Z",
                              "2026-02-28T00:60:00Z",
                              "2026-02-28T00:00:60Z",
                              "2026-13-01T00:00:00Z",
                              "2026-02-28 00:00:00Z",
                              "2026-02-28T00:00:00",
                              "1969-12-31T00:00:00Z",
                              ""}) {
        EXPECT_FALSE(parse_utc(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace primum::rules

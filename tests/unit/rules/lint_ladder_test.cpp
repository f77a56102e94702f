// SPDX-License-Identifier: MIT
#include "lints.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LintLadderTest, ALevelThatIsNeverEntered) {
    const std::string milder =
        std::string{small_source} +
        "[target.web]\nunit = \"web.service\"\n"
        "indicator.a = { source = \"m\", series = 'a', error = { below = 1 } }\n";
    EXPECT_THAT(codes_of(milder + "ladder.retry.remedy = [{ reload = {} }]\n"), IsEmpty());
    const auto lints = lints_of(milder +
                                "ladder.retry.remedy = [{ reload = {} }]\n"
                                "ladder.retry.when = \"critical\"\n");
    ASSERT_THAT(lints, SizeIs(1));
    EXPECT_EQ(lints[0].code, LintCode::never_entered);
    EXPECT_THAT(lints[0].message, HasSubstr("none can be"));
    EXPECT_EQ(lints[0].at.line, 9U);
}

TEST(LintLadderTest, AFailedUnitSatisfiesAnyNumber) {
    EXPECT_THAT(codes_of(std::string{small_source} +
                         "[target.web]\nunit = \"web.service\"\n"
                         "indicator.unit.value = \"unit_state\"\n"
                         "indicator.a = { source = \"m\", series = 'a', error = { below = 1 } }\n"
                         "ladder.restart.remedy = [{ restart = {} }]\n"
                         "ladder.restart.indicators = 2\n"),
                IsEmpty());
}

TEST(LintLadderTest, AHigherLevelForAMilderIllness) {
    EXPECT_THAT(codes_of(target_with("ladder.retry = { when = \"critical\", remedy = [{ "
                                     "reset_failed = {} }] }\n"
                                     "ladder.restart = { when = \"error\", remedy = [{ restart = "
                                     "{} }] }\n")),
                ElementsAre("falling_severity:5"));
}

TEST(LintLadderTest, ALevelThatOnlyDelays) {
    EXPECT_THAT(codes_of(target_with("ladder.observe = {}\nladder.retry = {}\n")),
                ElementsAre("always_passed:5"));
}

TEST(LintLadderTest, AttemptsThatComeTooLate) {
    const auto lints = lints_of(
        target_with("[target.web.ladder.restart]\nremedy = [{ restart = {} }]\nattempts = 4\n"
                    "cooldown = { initial = \"10m\", factor = 2, max = \"2h\" }\n"
                    "max_wait = \"15m\"\n"));
    ASSERT_THAT(lints, SizeIs(1));
    EXPECT_EQ(lints[0].code, LintCode::attempts_out_of_reach);
    EXPECT_EQ(lints[0].at.line, 6U);
    EXPECT_THAT(lints[0].message, HasSubstr("attempt 3 of 4 comes after a cooldown of 20m"));
    EXPECT_THAT(lints[0].remedy, HasSubstr("attempts = 2"));
}

TEST(LintLadderTest, RemediesThatAreNeverTried) {
    EXPECT_THAT(codes_of(target_with("[target.web.ladder.retry]\n"
                                     "remedy = [{ reload = {} }, { signal = {} }]\n"
                                     "attempts = 1\n")),
                ElementsAre("remedy_out_of_reach:6"));
}

TEST(LintLadderTest, WaysBack) {
    EXPECT_THAT(
        codes_of(target_with(
            "[target.web.ladder.retry]\nremedy = [\n"
            "{ exec = { run = [\"/usr/bin/a\"], irreversible = \"it sends a mail\" } },\n"
            "{ exec = { run = [\"/usr/bin/a\"], undo = [\"/usr/bin/a\"] } },\n"
            "{ http = { url = \"http://h/\", undo = { url = \"http://h/\" } } },\n"
            "{ dbus_call = { destination = \"a.b\", path = \"/a\", interface = \"a.b\", member = "
            "\"X\", undo = { destination = \"a.b\", path = \"/a\", interface = \"a.b\", member = "
            "\"Y\" } } }]\n"
            "[target.web.ladder.restart]\nremedy = [{ restart = { save = [\"/usr/bin/save\"] } "
            "}]\n")),
        ElementsAre("irreversible_first:6",
                    "undo_repeats_action:7",
                    "undo_repeats_action:8",
                    "save_without_restore:11"));
}

TEST(LintLadderTest, AFailoverThatNeverFindsAnother) {
    const std::string provider =
        "[provider.p]\npointer = { symlink = \"/etc/app/p\" }\norder = [\"a\", \"b\"]\n"
        "candidate.a.points_to = \"/etc/app/a\"\n";
    const std::string target =
        target_with("ladder.failover.remedy = [{ failover = { provider = \"p\" } }]\n");
    EXPECT_THAT(codes_of(provider + "candidate.b.points_to = \"/etc/app/b\"\n" + target),
                ElementsAre("cannot_fail_over:9"));
    EXPECT_THAT(codes_of(std::string{small_source} + provider +
                         "candidate.b = { points_to = \"/etc/app/b\", indicator = { source = "
                         "\"m\", series = 'b', error = { below = 1 } } }\n" +
                         target),
                IsEmpty());
}

TEST(LintLadderTest, EnforcedWhereNothingIsYet) {
    const std::string retry = "ladder.retry.remedy = [{ reload = {} }]\n";
    EXPECT_THAT(codes_of(target_with("mode = \"enforce\"\n" + retry)), IsEmpty());
    EXPECT_THAT(codes_of(target_with("mode = \"enforce\"\n")),
                ElementsAre("enforced_level_empty:1"));
    EXPECT_THAT(codes_of(target_with("enforce_up_to = \"restart\"\n" + retry)), IsEmpty())
        << "dry-run enforces nothing";
}

}  // namespace
}  // namespace primum::rules

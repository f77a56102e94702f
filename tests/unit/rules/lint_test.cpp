// SPDX-License-Identifier: MIT
#include "rules/lint.hpp"

#include "lints.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* restarts = "ladder.restart.remedy = [{ restart = {} }]\n";

TEST(LintTest, FindsNothingInASoundRule) {
    EXPECT_THAT(codes_of(target_with(restarts)), IsEmpty());
    EXPECT_THAT(codes_of(small_target), IsEmpty());
}

TEST(LintTest, SaysWhatWhereAndWhatToDo) {
    const auto lints = lints_of(
        target_with("mode = \"enforce\"\nenforce_up_to = \"fallback\"\n" + std::string{restarts}));
    ASSERT_THAT(lints, SizeIs(1));
    EXPECT_EQ(format_lint(lints[0]),
              "r.toml:5:1: warning: enforced up to fallback, where there is no remedy: one that "
              "is added later acts at once (key \"target.web.enforce_up_to\"); enforce up to the "
              "highest level with a remedy that has been watched [enforced_level_empty]");
}

TEST(LintTest, GoesByPlace) {
    EXPECT_THAT(
        codes_of(target_with("[target.web.ladder.fallback]\n"
                             "remedy = [{ config_fallback = { files = [{ path = "
                             "\"/etc/web\", good = \"/usr/share/web\" }] } }]\n"
                             "[target.web.ladder.retry]\n")),
        ElementsAre("fallback_without_restart:4", "unchecked_fallback:5", "always_passed:6"));
}

TEST(LintTest, TwoLaddersOnOneUnit) {
    const std::string other =
        "[target.also]\nunit = \"web.service\"\nindicator.unit.value = \"unit_state\"\n" +
        std::string{restarts};
    Settings roomy;
    roomy.decision.host.actions = 100;
    EXPECT_THAT(codes_of(other + target_with(restarts), roomy), ElementsAre("shared_unit:6"));
    EXPECT_THAT(codes_of(other + "mode = \"observe\"\n" + target_with(restarts), roomy), IsEmpty());
    EXPECT_THAT(codes_of(other + std::string{small_target}, roomy), IsEmpty());
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> provider_errors(const std::string& body) {
    return errors_of(std::string{small_source} + "[provider.up]\n" + body);
}

constexpr const char* candidates =
    "order = [\"a\", \"b\"]\ncandidate.a = { points_to = \"/a\" }\n"
    "candidate.b = { points_to = \"/b\", indicator = { source = \"m\", series = 'up', error = { "
    "below = 1 } } }\n";

TEST(ProviderRuleTest, TakesALinkAndAKeyOfAFile) {
    EXPECT_THAT(provider_errors("pointer = { symlink = \"/etc/l\" }\n" + std::string{candidates}),
                IsEmpty());
    EXPECT_THAT(provider_errors("pointer = { file = \"/etc/f\", key = \"K\", format = \"env\" }\n"
                                "failback_after = \"manual\"\n" +
                                std::string{candidates}),
                IsEmpty());
}

TEST(ProviderRuleTest, LocatesMistakes) {
    EXPECT_THAT(provider_errors(candidates), ElementsAre(HasSubstr("a provider needs a pointer")));
    EXPECT_THAT(provider_errors("pointer = { symlink = \"l\" }\n" + std::string{candidates}),
                ElementsAre(HasSubstr("an absolute path is expected")));
    EXPECT_THAT(provider_errors("pointer = {}\n" + std::string{candidates}),
                ElementsAre(HasSubstr("either a symlink or a file")));
    EXPECT_THAT(provider_errors("pointer = { file = \"/f\", key = \"K\", format = \"ini\" }\n" +
                                std::string{candidates}),
                ElementsAre(HasSubstr("\"ini\" is none of env, toml, json")));
    EXPECT_THAT(provider_errors("pointer = { symlink = \"/l\" }\norder = [\"c\"]\n"
                                "candidate.a = { points_to = \"/a\" }\n"),
                ElementsAre(HasSubstr("candidate a must stand in the order, once"),
                            HasSubstr("there is no candidate \"c\"")));
    EXPECT_THAT(
        provider_errors("pointer = { symlink = \"/etc/passwd\" }\n" + std::string{candidates}),
        ElementsAre(HasSubstr("is protected")));
    EXPECT_THAT(
        provider_errors("pointer = { file = \"/f\", key = \"K\" }\n" + std::string{candidates}),
        ElementsAre(HasSubstr("needs its format")));
    EXPECT_THAT(provider_errors("pointer = { file = \"/f\", format = \"env\" }\n" +
                                std::string{candidates}),
                ElementsAre(HasSubstr("needs the key")));
    EXPECT_THAT(provider_errors("pointer = { symlink = \"/l\" }\norder = [\"a\"]\n"
                                "candidate.a = { points_to = \"/a\", indicator = { value = "
                                "\"unit_state\" } }\n"),
                ElementsAre(HasSubstr("a candidate has no unit")));
    EXPECT_THAT(provider_errors("pointer = { symlink = \"/l\" }\norder = []\n"),
                ElementsAre(HasSubstr("a provider needs 1 to 32 candidates")));
    EXPECT_THAT(provider_errors("pointer = { symlink = \"/l\" }\nfallback_after = \"1m\"\n" +
                                std::string{candidates}),
                ElementsAre(HasSubstr("did you mean \"failback_after\"?")));
    EXPECT_THAT(provider_errors("pointer = { symlink = \"/l\" }\nfailback_after = \"0s\"\n" +
                                std::string{candidates}),
                ElementsAre(HasSubstr("out of range")));
}

// The plan of a failover changes with what its provider points to, not with how its candidates are
// judged.
TEST(ProviderRuleTest, IsPartOfThePlanOfItsFailover) {
    const auto plan = [](const std::string& points_to, const std::string& below) {
        const RuleSet rules = rules_of(
            std::string{small_source} +
            "[provider.up]\npointer = { symlink = \"/l\" }\norder = [\"a\"]\ncandidate.a = { "
            "points_to = \"" +
            points_to + "\", indicator = { source = \"m\", series = 'up', error = { below = " +
            below + " } } }\n" +
            target_with("ladder.failover.remedy = [{ failover = { provider = \"up\" } }]\n"));
        return rules.targets.at(0).rungs.at(index_of(Level::failover)).remedies.at(0).plan_digest;
    };
    EXPECT_NE(plan("/a", "1"), plan("/b", "1"));
    EXPECT_EQ(plan("/a", "1"), plan("/a", "2"));
}

}  // namespace
}  // namespace primum::rules

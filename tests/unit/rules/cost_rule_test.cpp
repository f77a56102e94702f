// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;

// Its cost stands on line 8.
std::string with_cost(std::string_view cost) {
    return std::string{small_source} + target_with("cost = " + std::string{cost} + "\n");
}

TEST(CostRuleTest, IsACounterOfASource) {
    const RuleSet rules =
        rules_of(with_cost("{ source = \"m\", series = 'failed{code=\"500\"}' }"));
    const auto& cost = rules.targets.at(0).cost;
    ASSERT_TRUE(cost);
    EXPECT_EQ(cost->source, 0U);
    EXPECT_EQ(cost->selector, "failed{code=\"500\"}");
    EXPECT_TRUE(cost->matcher->matches({"failed", {{"code", "500"}}}));
    EXPECT_FALSE(cost->matcher->matches({"failed", {{"code", "404"}}}));
    EXPECT_FALSE(rules_of(small_target).targets.at(0).cost);
}

TEST(CostRuleTest, IsAnotherRuleSetButNotAnotherTarget) {
    const std::string one = with_cost("{ source = \"m\", series = 'a' }");
    const RuleSet without = rules_of(std::string{small_source} + std::string{small_target});
    EXPECT_NE(rules_of(one).digest, without.digest);
    EXPECT_NE(rules_of(one).digest, rules_of(with_cost("{ source = \"m\", series = 'b' }")).digest);
    EXPECT_EQ(rules_of(one).targets.at(0).digest, without.targets.at(0).digest);
    EXPECT_EQ(rules_of(one).targets.at(0).level_digests, without.targets.at(0).level_digests);
}

TEST(CostRuleTest, ItsMistakesAreNamed) {
    EXPECT_THAT(errors_of(with_cost("{ }")),
                ElementsAre("r.toml:8:8: a cost needs its source (key \"target.web.cost\")",
                            "r.toml:8:8: a cost needs its series, a counter like "
                            "'http_requests_failed_total' (key \"target.web.cost\")"));
    EXPECT_THAT(
        errors_of(with_cost("{ source = \"n\", series = 'a{' }")),
        ElementsAre(
            "r.toml:8:19: there is no source \"n\" (key \"target.web.cost.source\"; did you mean "
            "\"m\"?)",
            "r.toml:8:33: no selector: a label name or '}' is expected at offset 2 of \"a{\" (key "
            "\"target.web.cost.series\")"));
    EXPECT_THAT(errors_of(with_cost("{ source = \"m\", series = 'a', per = 1 }")),
                ElementsAre("r.toml:8:38: unknown key, none of source, series (key "
                            "\"target.web.cost.per\")"));
    EXPECT_THAT(errors_of(with_cost("3")),
                ElementsAre("r.toml:8:8: a table is expected, not a whole number (key "
                            "\"target.web.cost\")"));
}

}  // namespace
}  // namespace primum::rules

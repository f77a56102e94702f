// SPDX-License-Identifier: MIT
#include "rules/rule_diff.hpp"

#include "rule_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// "kind key before -> after (tendency: meaning)" of each change but those of levels' digests.
std::vector<std::string> diff_of(std::string_view before, std::string_view after) {
    std::vector<std::string> lines;
    for (const Change& change : diff_rules(rules_of(before), rules_of(after))) {
        if (change.meaning.find("promoted on falls") == std::string::npos) {
            lines.push_back(fmt::format("{} {} {} -> {} ({}: {})",
                                        name_of(change.kind),
                                        change.key,
                                        change.before,
                                        change.after,
                                        name_of(change.tendency),
                                        change.meaning));
        }
    }
    return lines;
}

TEST(RuleDiffTest, HowItIsWrittenMakesNoDifference) {
    EXPECT_THAT(diff_of(small_target,
                        "[target]\n[target.web.indicator.unit]\nvalue = \"unit_state\"\n"
                        "[target.web]\nmode = \"dry_run\"\nunit = \"web.service\"\n"
                        "soak = \"300s\"\n"),
                IsEmpty());
}

TEST(RuleDiffTest, SaysWhatAChangeMeans) {
    EXPECT_THAT(diff_of(target_with("enforce_up_to = \"retry\"\n"),
                        target_with("enforce_up_to = \"restart\"\n")),
                ElementsAre("changed target.web.enforce_up_to \"retry\" -> \"restart\" "
                            "(acts_more: acts more)"));
    EXPECT_THAT(diff_of(indicator_with("source = \"m\"\nseries = 'x'\nerror = { above = 5 }\n"),
                        indicator_with("source = \"m\"\nseries = 'x'\nerror = { above = 7.5 }\n")),
                ElementsAre("changed target.web.indicator.i.error.above 5 -> 7.5 "
                            "(acts_less: ill later)"));
    const std::string rung = "ladder.restart.remedy = [{ restart = {} }]\n";
    EXPECT_THAT(diff_of(target_with(rung), target_with(rung + "ladder.restart.for = \"10s\"\n")),
                ElementsAre("changed target.web.ladder.restart.for \"30s\" -> \"10s\" "
                            "(acts_more: acts sooner)"));
    EXPECT_THAT(diff_of(target_with(rung), target_with(rung + "ladder.restart.when = \"error\"\n")),
                ElementsAre("changed target.web.ladder.restart.when \"critical\" -> \"error\" "
                            "(acts_more: acts on milder illness too)"));
}

TEST(RuleDiffTest, AddedAndRemovedAreOneChangeEach) {
    const std::string other =
        "[target.also]\nunit = \"also.service\"\n"
        "indicator.unit.value = \"unit_state\"\n";
    EXPECT_THAT(diff_of(small_target, std::string{small_target} + other),
                ElementsAre("added target.also  ->  (acts_more: one more that is looked after)"));
    EXPECT_THAT(
        diff_of(std::string{small_target} + other, small_target),
        ElementsAre("removed target.also  ->  (acts_less: nothing looks after it any more)"));
    EXPECT_THAT(diff_of("", std::string{small_source}),
                ElementsAre("added source.m  ->  (none: )"));
    EXPECT_THAT(diff_of(target_with("budget = { actions = 2, per = \"1h\" }\n"), small_target),
                ElementsAre("removed target.web.budget { actions = 2, per = \"1h\" } ->  "
                            "(acts_more: may act more often)"));
    EXPECT_THAT(diff_of(small_target, target_with("ladder.retry.remedy = [{ reload = {} }]\n")),
                Contains("added target.web.ladder.retry  ->  (acts_more: one more step)"));
}

TEST(RuleDiffTest, TellsWhichPromotionsFall) {
    RuleSet before = rules_of(target_with("ladder.restart.remedy = [{ restart = {} }]\n"));
    RuleSet after = before;
    before.targets.at(0).level_digests[index_of(Level::restart)] = "a";
    before.targets.at(0).level_digests[index_of(Level::fallback)] = "a";
    after.targets.at(0).level_digests[index_of(Level::restart)] = "b";
    after.targets.at(0).level_digests[index_of(Level::fallback)] = "b";
    const auto changes = diff_rules(before, after);
    ASSERT_EQ(changes.size(), 1U) << "of fallback there is none: it has no remedy";
    EXPECT_EQ(changes[0].key, "target.web.ladder.restart");
    EXPECT_EQ(changes[0].meaning,
              "when or how it acts has changed: what restart was promoted on falls");
}

}  // namespace
}  // namespace primum::rules

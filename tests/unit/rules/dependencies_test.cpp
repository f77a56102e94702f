// SPDX-License-Identifier: MIT
#include "rule_text.hpp"
#include "rules/compilation.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string target(const std::string& name, const std::string& depends_on) {
    return "[target." + name + "]\nunit = \"" + name +
           ".service\"\nindicator.unit.value = \"unit_state\"\ndepends_on = [" + depends_on + "]\n";
}

TEST(DependenciesTest, TakesAnyOrderAndDiamonds) {
    EXPECT_THAT(errors_of(target("a", "'b', 'c'") + target("b", "'d'") + target("c", "'d'") +
                          target("d", "")),
                IsEmpty());
    EXPECT_THAT(rules_of(target("a", "'c', 'b', 'c'") + target("b", "") + target("c", ""))
                    .targets.at(0)
                    .depends_on,
                ElementsAre("b", "c"));
}

TEST(DependenciesTest, RefusesNobodyAndOneself) {
    EXPECT_THAT(errors_of(target("alpha", "'alhpa', 'alpha', 'zzz'")),
                ElementsAre("r.toml:4:15: there is no target \"alhpa\" (key "
                            "\"target.alpha.depends_on\"; did you mean \"alpha\"?)",
                            "r.toml:4:24: a target cannot depend on itself (key "
                            "\"target.alpha.depends_on\")",
                            "r.toml:4:33: there is no target \"zzz\" (key "
                            "\"target.alpha.depends_on\")"));
}

TEST(DependenciesTest, RefusesACircleOnce) {
    EXPECT_THAT(errors_of(target("x", "'a'") + target("a", "'b'") + target("b", "'c'") +
                          target("c", "'a'")),
                ElementsAre("r.toml:16:15: depends_on goes in a circle: a -> b -> c -> a (key "
                            "\"target.c.depends_on\")"));
}

TEST(DependenciesTest, WalksALongChainWithoutRecursion) {
    std::vector<RuleFile> files;
    for (int i = 0; i < 4000; ++i) {
        if (i % 400 == 0) {
            files.push_back(RuleFile{"f" + std::to_string(i) + ".toml", ""});
        }
        const std::string next = i + 1 < 4000 ? "'t" + std::to_string(i + 1) + "'" : "'t0'";
        files.back().text += target("t" + std::to_string(i), next);
    }
    EXPECT_EQ(compile_rules(files, {}).errors.size(), 1U);
}

}  // namespace
}  // namespace primum::rules

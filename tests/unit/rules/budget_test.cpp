// SPDX-License-Identifier: MIT
#include "rules/budget.hpp"

#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> budget_errors(std::string_view budget) {
    return errors_of(target_with("budget = " + std::string{budget} + "\n"));
}

TEST(BudgetTest, IsHeldUnderTheCeiling) {
    EXPECT_THAT(budget_errors("{ actions = 120, per = \"1h\" }"), IsEmpty());
    EXPECT_THAT(budget_errors("{ actions = 2, per = \"1m\" }"), IsEmpty());
    EXPECT_THAT(budget_errors("{ actions = 240, per = \"2h\" }"), IsEmpty());
    EXPECT_THAT(budget_errors("{ actions = 3, per = \"1m\" }"),
                ElementsAre("r.toml:4:22: 3 actions per 1m are over the ceiling of 120 an hour "
                            "(key \"target.web.budget.actions\")"));
}

TEST(BudgetTest, NeedsBothParts) {
    EXPECT_THAT(budget_errors("{ actions = 3 }"),
                ElementsAre("r.toml:4:10: a budget needs both, like { actions = 4, per = \"1h\" } "
                            "(key \"target.web.budget\")"));
    EXPECT_THAT(budget_errors("{ actions = 0, per = \"1h\" }"),
                ElementsAre("r.toml:4:22: 0 is out of range (1 to 100000) (key "
                            "\"target.web.budget.actions\")"));
    EXPECT_THAT(budget_errors("{ action = 1, actions = 1, per = \"1h\" }"),
                ElementsAre("r.toml:4:12: unknown key (key \"target.web.budget.action\"; did you "
                            "mean \"actions\"?)"));
}

TEST(BudgetTest, RefusesALimitOfZeroOrLess) {
    for (const std::string_view actions : {"0", "-1"}) {
        const auto errors =
            budget_errors("{ actions = " + std::string{actions} + ", per = \"1h\" }");
        ASSERT_EQ(errors.size(), 1U) << actions;
        EXPECT_NE(errors.front().find("is out of range (1 to 100000)"), std::string::npos);
    }
    EXPECT_EQ(budget_errors("{ actions = 1, per = \"0s\" }").size(), 1U);
    EXPECT_EQ(budget_errors("{ actions = 1, per = \"-1h\" }").size(), 1U);
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "rules/error_list.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

TEST(ErrorListTest, SortsByFileLineAndColumn) {
    ErrorList errors;
    const auto a = errors.add_file("a");
    const auto b = errors.add_file("b");
    errors.add({b, 1, 1}, "", "4");
    errors.add({a, 2, 9}, "", "3");
    errors.add({a, 2, 1}, "", "2");
    errors.add({a, 1, 5}, "", "1");
    std::string order;
    for (const RuleError& error : errors.take()) {
        order += error.message;
    }
    EXPECT_EQ(order, "1234");
    EXPECT_TRUE(errors.empty());
}

TEST(ErrorListTest, ShowsControlCharactersAsQuestionMarks) {
    ErrorList errors;
    errors.add({errors.add_file("a"), 1, 1}, "k\x1b[31m", "bad\nline");
    const auto found = errors.take();
    EXPECT_EQ(found[0].key, "k?[31m");
    EXPECT_EQ(found[0].message, "bad?line");
}

TEST(ErrorListTest, CutsLongKeysAndCountsWhatIsLeftOut) {
    ErrorList errors;
    const auto file = errors.add_file("a");
    for (std::size_t i = 0; i < ErrorList::max_errors + 7; ++i) {
        errors.add({file, 1, 1}, std::string(1000, 'k'), "m");
    }
    const auto found = errors.take();
    ASSERT_EQ(found.size(), ErrorList::max_errors + 1);
    EXPECT_LT(found[0].key.size(), 200U);
    EXPECT_EQ(found.back().message, "and 7 more; mend these first");
}

}  // namespace
}  // namespace primum::rules

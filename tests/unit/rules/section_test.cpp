// SPDX-License-Identifier: MIT
#include "rules/section.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

TEST(SectionTest, KnowsNames) {
    for (const char* name : {"a", "gateway", "postgresql@15-main", "A_b.c", "9", "_x"}) {
        EXPECT_TRUE(is_name(name)) << name;
    }
    for (const char* name : {"", "-a", ".a", "@a", "a b", "a/b", "a:b", "a\n", "\xC3\xA9"}) {
        EXPECT_FALSE(is_name(name)) << name;
    }
    EXPECT_TRUE(is_name(std::string(64, 'a')));
    EXPECT_FALSE(is_name(std::string(65, 'a')));
}

TEST(SectionTest, NamesTheNearestOfTheKeysThatWereAskedFor) {
    ErrorList errors;
    Node table;
    table.members.push_back(Member{"vaule", Place{errors.add_file("f"), 2, 3}, Node{}});
    Section section{table, Place{0, 1, 1}, "a.b", errors};
    EXPECT_EQ(section.find("value"), nullptr);
    EXPECT_EQ(section.find("other"), nullptr);
    section.refuse_unknown_keys();
    const auto found = errors.take();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(format_error(found[0]),
              "f:2:3: unknown key (key \"a.b.vaule\"; did you mean \"value\"?)");
}

}  // namespace
}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#include "ctl/table.hpp"

#include <gtest/gtest.h>

namespace primum::ctl {
namespace {

TEST(TableTest, AlignsColumnsByWidth) {
    Table table{{"NAME", "N", "WHAT"}};
    table.align_right(1);
    table.add({{"größe"}, {"7"}, {"x"}});
    table.add({{"日本"}, {"1000"}, {""}});
    EXPECT_EQ(table.render(Painter{false}),
              "NAME      N  WHAT\n"
              "größe     7  x\n"
              "日本   1000  -\n");
}

TEST(TableTest, PaintsWithoutMovingColumns) {
    Table table{{"A", "B"}};
    table.add({word("ok"), {"x"}});
    table.add({word("critical"), {"y"}});
    EXPECT_EQ(table.render(Painter{true}, 2),
              "  \x1b[1mA\x1b[0m         \x1b[1mB\x1b[0m\n"
              "  \x1b[32mok\x1b[0m        x\n"
              "  \x1b[31mcritical\x1b[0m  y\n");
}

TEST(TableTest, KeepsARowOnItsLine) {
    Table table{{"A"}};
    table.add({{"two\nlines\x1b"}});
    EXPECT_EQ(table.render(Painter{false}), "A\ntwo?lines?\n");
}

TEST(TableTest, KnowsWhetherItIsEmpty) {
    Table table{{"", ""}};
    EXPECT_TRUE(table.empty());
    table.add({{"a"}, {"b"}});
    EXPECT_FALSE(table.empty());
    EXPECT_EQ(table.render(Painter{false}), "a  b\n") << "no line of headings without headings";
}

}  // namespace
}  // namespace primum::ctl

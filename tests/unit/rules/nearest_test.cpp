// SPDX-License-Identifier: MIT
#include "rules/nearest.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

TEST(NearestTest, CountsEdits) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("untis", "units"), 1U);
    EXPECT_EQ(edit_distance("verify", "verify"), 0U);
}

TEST(NearestTest, FindsTheLikelyOne) {
    EXPECT_EQ(nearest("intervall", {"kind", "interval", "timeout"}), "interval");
    EXPECT_EQ(nearest("untt", {"unit", "mode"}), "unit");
    EXPECT_EQ(nearest("fro", {"for", "or"}), "for");
}

TEST(NearestTest, SaysNothingWhenNoneIsNear) {
    EXPECT_EQ(nearest("zzz", {"unit", "mode"}), "");
    EXPECT_EQ(nearest("", {"unit"}), "");
    EXPECT_EQ(nearest(std::string(100'000, 'a'), {"unit"}), "");
}

}  // namespace
}  // namespace primum::rules

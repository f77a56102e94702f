// SPDX-License-Identifier: MIT
#include "rules/error.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

TEST(ErrorTest, FormatsEverything) {
    EXPECT_EQ(format_error({.file = "a.toml",
                            .line = 3,
                            .column = 7,
                            .key = "target.x.untt",
                            .message = "unknown key",
                            .hint = "unit"}),
              "a.toml:3:7: unknown key (key \"target.x.untt\"; did you mean \"unit\"?)");
}

TEST(ErrorTest, LeavesOutWhatIsEmpty) {
    EXPECT_EQ(format_error({.file = "a.toml", .message = "cannot be read"}),
              "a.toml: cannot be read");
    EXPECT_EQ(format_error({.message = "no duration"}), "no duration");
    EXPECT_EQ(format_error({.file = "a", .line = 1, .column = 2, .key = "k", .message = "m"}),
              "a:1:2: m (key \"k\")");
    EXPECT_EQ(format_error({.message = "m", .hint = "h"}), "m (did you mean \"h\"?)");
}

}  // namespace
}  // namespace primum::rules

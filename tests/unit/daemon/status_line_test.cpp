// SPDX-License-Identifier: MIT
#include "daemon/status_line.hpp"

#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

TEST(StatusLineTest, SaysHowMuchIsWatched) {
    EXPECT_EQ(status_line({.mode = Mode::enforce, .targets = 1, .ill = 0, .in_flight = 2}),
              "enforce: 1 target, 0 not steady, 2 actions in flight");
}

TEST(StatusLineTest, SaysWhatIsWrong) {
    EXPECT_EQ(status_line({.disabled = true,
                           .ledger_healthy = false,
                           .rules_loaded = false,
                           .targets = 3,
                           .ill = 1,
                           .in_flight = 1}),
              "dry_run: 3 targets, 1 not steady, 1 action in flight; switched off"
              "; THE RULES ON DISK HAVE ERRORS (primumctl rules check)"
              "; no remedies: the ledger cannot be written");
}

}  // namespace
}  // namespace primum::daemon

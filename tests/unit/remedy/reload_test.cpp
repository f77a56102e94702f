// SPDX-License-Identifier: MIT
#include "remedy/reload.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace primum::remedy {
namespace {

TEST(ReloadTest, OnlyTheJobTells) {
    EXPECT_EQ(judge_reload("done", "aa", std::nullopt).result, ActionResult::done);
    EXPECT_EQ(judge_reload("failed", "aa", std::nullopt).result, ActionResult::failed);
    EXPECT_EQ(judge_reload("timeout", "aa", std::nullopt).result, ActionResult::failed);
    EXPECT_EQ(judge_reload("skipped", "aa", std::nullopt).result, ActionResult::failed);
}

TEST(ReloadTest, AnUnheardEndIsAmbiguousWhateverTheUnitSays) {
    systemd::UnitFacts unit;
    unit.active_state = "active";
    unit.invocation_id = "bb";
    const auto report = judge_reload("gone", "aa", unit);
    EXPECT_EQ(report.result, ActionResult::ambiguous);
    EXPECT_EQ(report.invocation_after, "bb");
    EXPECT_EQ(judge_reload("disconnected", "aa", unit).result, ActionResult::ambiguous);
}

}  // namespace
}  // namespace primum::remedy

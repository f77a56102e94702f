// SPDX-License-Identifier: MIT
#include "replay/comparison.hpp"

#include "live_run.hpp"

#include <gmock/gmock.h>

namespace primum::replay {
namespace {

using test::LiveRun;
using testing::HasSubstr;

Report compare(const std::string& first,
               const std::string& second,
               const std::vector<std::string>& known = {}) {
    LiveRun live;
    live.start(test::restart_rules());
    live.tell_a_failure();
    Comparison comparison{first.empty() ? nullptr : test::compile(first).rules,
                          test::compile(second).rules};
    for (const Event& event : live.events) {
        const auto played = comparison.play(event);
        EXPECT_TRUE(played) << played.error().message;
    }
    return comparison.report(known);
}

const std::string observing = R"([target.gateway]
unit = "gateway.service"
[target.gateway.indicator.unit]
value = "unit_state"
)";

TEST(ComparisonTest, TheSameRulesAreStable) {
    const Report report = compare("", test::restart_rules());
    EXPECT_EQ(report.judgement(), Judgement::stable);
    EXPECT_TRUE(report.differences.empty());
    EXPECT_EQ(report.first, 1U);
    EXPECT_EQ(report.second, 1U);
    EXPECT_EQ(report.same, 1U);
}

TEST(ComparisonTest, AnActionThatWasNotThereIsARegression) {
    const Report report = compare(observing, test::restart_rules());
    EXPECT_EQ(report.judgement(), Judgement::regression);
    ASSERT_EQ(report.differences.size(), 1U);
    const Difference& one = report.differences[0];
    EXPECT_EQ(one.change, Change::appeared);
    EXPECT_EQ(one.key(), "new run gateway restart restart 2026-11-22T02:05:10.000000Z");
    EXPECT_NE(one.evidence, "");
}

TEST(ComparisonTest, AnActionThatIsGoneIsNone) {
    const Report report = compare("", observing);
    EXPECT_EQ(report.judgement(), Judgement::stable);
    ASSERT_EQ(report.differences.size(), 1U);
    EXPECT_EQ(report.differences[0].change, Change::gone);
    EXPECT_THAT(report.differences[0].key(), testing::StartsWith("gone run gateway restart"));
}

TEST(ComparisonTest, AnActionAtAnotherTimeIsChanged) {
    const Report report = compare("", test::restart_rules("25s"));
    EXPECT_EQ(report.judgement(), Judgement::stable);
    ASSERT_EQ(report.differences.size(), 1U);
    EXPECT_EQ(report.differences[0].change, Change::changed);
    EXPECT_EQ(report.differences[0].action.intended.wall - report.differences[0].before.wall,
              std::chrono::seconds{15});
    EXPECT_NE(report.differences[0].evidence, "");
}

TEST(ComparisonTest, ADryRunThatBecomesRealIsARegression) {
    const Report report = compare(test::restart_rules("10s", "dry_run"), test::restart_rules());
    EXPECT_EQ(report.judgement(), Judgement::regression);
}

TEST(ComparisonTest, WhatIsKnownIsNoRegression) {
    for (const char* line : {"new run gateway restart restart",
                             "new run gateway restart restart 2026-11-22T02:05:10.000000Z"}) {
        const Report report = compare(observing, test::restart_rules(), {"other", line});
        EXPECT_EQ(report.judgement(), Judgement::known) << line;
        EXPECT_TRUE(report.differences.at(0).known);
    }
    const Report report = compare(
        observing, test::restart_rules(), {"new run gateway restart restart 1970-01-01T00:00:00Z"});
    EXPECT_EQ(report.judgement(), Judgement::regression);
}

TEST(ComparisonTest, TheFirstDifferingEvidenceIsTold) {
    const Report report = compare(
        R"([target.gateway]
unit = "other.service"
[target.gateway.indicator.unit]
value = "unit_state"
)",
        test::restart_rules());
    ASSERT_FALSE(report.differences.empty());
    EXPECT_THAT(report.differences[0].evidence,
                HasSubstr("unit: critical failed (signal), not unknown"));
}

}  // namespace
}  // namespace primum::replay

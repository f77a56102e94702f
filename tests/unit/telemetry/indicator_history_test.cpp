// SPDX-License-Identifier: MIT
#include "telemetry/indicator_history.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

namespace primum::telemetry {
namespace {

using std::chrono::seconds;

class IndicatorHistoryTest : public testing::Test {
protected:
    // Targets t0, t1, ... each with an indicator of the one source, and one of its unit.
    static RuleSet rules(std::size_t targets) {
        RuleSet set;
        set.sources.resize(1);
        set.sources[0].name = "web";
        for (std::size_t i = 0; i < targets; ++i) {
            TargetRule target;
            target.name = "t" + std::to_string(i);
            target.digest = target.name;
            target.indicators.resize(2);
            target.indicators[0].name = "load";
            target.indicators[1].name = "unit";
            target.indicators[1].kind = ValueKind::unit_state;
            set.targets.push_back(target);
        }
        return set;
    }
    static Instant at(int second) { return Instant{seconds{second}}; }
    static WallTime wall(int second) { return WallTime{seconds{second}}; }
    static std::vector<IndicatorView> says(const std::string& value) {
        std::vector<IndicatorView> views(2);
        views[0].evidence.indicator = "unit";
        views[0].evidence.value = "active";
        views[1].evidence.indicator = "load";
        views[1].evidence.value = value;
        return views;
    }
    void add(int second, const std::string& value) {
        history_.add("t0", wall(second), says(value));
    }

    IndicatorHistory history_;
};

TEST_F(IndicatorHistoryTest, KeepsNumbersAndNoStates) {
    history_.follow(rules(1));
    EXPECT_TRUE(history_.of("t0").empty());
    add(1, "0.5");
    add(2, "no data");
    const auto kept = history_.of("t0");
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].indicator, "load");
    ASSERT_EQ(kept[0].points.size(), 2U);
    EXPECT_EQ(kept[0].points[0].value, 0.5);
    EXPECT_TRUE(std::isnan(kept[0].points[1].value));
    EXPECT_TRUE(history_.of("nobody").empty());
}

TEST_F(IndicatorHistoryTest, LooksAtATargetOnceAStepAndOnlyWhenItsSourceDelivers) {
    history_.follow(rules(2));
    EXPECT_TRUE(history_.due("another", at(1)).empty());
    EXPECT_EQ(history_.due("web", at(1)), (std::vector<std::string>{"t0", "t1"}));
    EXPECT_TRUE(history_.due("web", at(5)).empty());
    EXPECT_EQ(history_.due("web", at(6)).size(), 2U);
}

TEST_F(IndicatorHistoryTest, TheWorkOfOneCollectionIsBoundedAndEachTargetHasItsTurn) {
    HistoryLimits limits;
    limits.per_event = 3;
    history_ = IndicatorHistory{limits};
    history_.follow(rules(5));
    EXPECT_EQ(history_.due("web", at(1)), (std::vector<std::string>{"t0", "t1", "t2"}));
    EXPECT_EQ(history_.due("web", at(2)), (std::vector<std::string>{"t3", "t4"}));
    EXPECT_TRUE(history_.due("web", at(3)).empty());
}

TEST_F(IndicatorHistoryTest, TheOldestMakesRoom) {
    HistoryLimits limits;
    limits.points = 4;
    history_ = IndicatorHistory{limits};
    history_.follow(rules(1));
    for (int i = 1; i <= 10; ++i) {
        add(i, std::to_string(i));
        EXPECT_LE(history_.figures().kept, 4U);
    }
    const auto points = history_.of("t0").at(0).points;
    ASSERT_EQ(points.size(), 4U);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(points[static_cast<std::size_t>(i)].value, 7 + i);
        EXPECT_EQ(points[static_cast<std::size_t>(i)].at, wall(7 + i));
    }
}

TEST_F(IndicatorHistoryTest, WhatDoesNotFitIsLeftOutAndCounted) {
    HistoryLimits limits;
    limits.points = 10;
    limits.values = 25;
    history_ = IndicatorHistory{limits};
    history_.follow(rules(4));
    EXPECT_EQ(history_.figures().left_out, 2U);
    EXPECT_EQ(history_.due("web", at(1)), (std::vector<std::string>{"t0", "t1"}));
    history_.add("t3", wall(1), says("1"));
    EXPECT_EQ(history_.figures().kept, 0U);
}

TEST_F(IndicatorHistoryTest, AReloadKeepsWhatHasNotChanged) {
    auto set = rules(2);
    history_.follow(set);
    add(1, "1");
    history_.add("t1", wall(1), says("1"));
    set.targets[1].digest = "another";
    history_.follow(set);
    EXPECT_EQ(history_.of("t0").size(), 1U);
    EXPECT_TRUE(history_.of("t1").empty());
    history_.follow(RuleSet{});
    EXPECT_TRUE(history_.of("t0").empty());
    EXPECT_TRUE(history_.due("web", at(1)).empty());
}

TEST_F(IndicatorHistoryTest, ALongTimeWithoutAValueIsAGap) {
    history_.follow(rules(1));
    for (const int second : {10, 20, 30, 200, 210}) {
        add(second, "1");
    }
    const auto points = history_.of("t0").at(0).points;
    ASSERT_EQ(points.size(), 6U);
    EXPECT_EQ(points[3].at, wall(40));
    EXPECT_TRUE(std::isnan(points[3].value));
    EXPECT_EQ(points[4].at, wall(200));
}

}  // namespace
}  // namespace primum::telemetry

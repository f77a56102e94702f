// SPDX-License-Identifier: MIT
#include "core/source_book.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

class SourceBookTest : public testing::Test {
protected:
    SourceBookTest() {
        TargetRule rule = restart_target();
        rule.indicators = {gauge_indicator("queue")};
        rules = rule_set({rule});
        target = std::make_unique<TargetState>(1, rules, rules->targets[0], EngineLimits{});
        source.add_listener({target.get(), 0});
    }
    bool declare(SeriesId id, const std::string& name, std::size_t bound = 10) {
        return source.declare({"metrics", id, name, {name, {}}}, bound, 4'096) ==
               SourceState::Declared::taken;
    }
    bool collect(Instant now, const std::vector<SampleValue>& values) {
        const bool expected = source.expect(values);
        for (std::size_t i = 0; expected && i < source.listeners().size(); ++i) {
            source.feed(i, now, values);
            source.listeners()[i].evaluate({now, {}});
        }
        return expected;
    }
    void evaluate(double value) {
        for (int i = 0; i < 2; ++i) {
            ASSERT_TRUE(collect(at(0s), {{0, value}}));
        }
    }

    std::shared_ptr<RuleSet> rules;
    std::unique_ptr<TargetState> target;
    SourceState source{2, SourceRule{}};
};

TEST_F(SourceBookTest, FeedsWhoListens) {
    ASSERT_TRUE(declare(0, "queue"));
    evaluate(50);
    EXPECT_EQ(target->severity(), Severity::error);
}

TEST_F(SourceBookTest, ASeriesDeclaredAgainKeepsItsHistoryUnderItsNewId) {
    ASSERT_TRUE(declare(5, "queue"));
    ASSERT_TRUE(declare(0, "queue"));
    evaluate(50);
    EXPECT_EQ(target->severity(), Severity::error);
    EXPECT_EQ(source.series_count(), 1U);
}

TEST_F(SourceBookTest, RefusesMoreSeriesThanItsBound) {
    ASSERT_TRUE(declare(0, "queue", 1));
    EXPECT_FALSE(declare(1, "other", 1));
    EXPECT_EQ(source.series_count(), 1U);
}

TEST_F(SourceBookTest, ANewIdTakesThePlaceOfTheOldOne) {
    for (SeriesId id = 0; id < 1'000; ++id) {
        ASSERT_TRUE(declare(id * 7'919, "queue", 1));
    }
    EXPECT_EQ(source.series_count(), 1U);
    EXPECT_TRUE(collect(at(0s), {{999 * 7'919, 1}}));
    EXPECT_FALSE(collect(at(1s), {{998 * 7'919, 1}}));
}

TEST_F(SourceBookTest, AnIdThatStandsForAnotherSeriesNowIsNotTakenFromIt) {
    ASSERT_TRUE(declare(1, "queue"));
    ASSERT_TRUE(declare(1, "other"));
    ASSERT_TRUE(declare(2, "queue"));
    ASSERT_TRUE(collect(at(0s), {{1, 50}}));
    EXPECT_FALSE(target->indicators[0].last_known().has_value());
}

TEST_F(SourceBookTest, RefusesANameThatIsTooLong) {
    SeriesEvent event{"metrics", 1, "queue", {"queue", {{"path", std::string(100, 'x')}}}};
    EXPECT_EQ(source.declare(event, 10, 100), SourceState::Declared::too_long);
    EXPECT_EQ(source.series_count(), 0U);
    EXPECT_EQ(source.declare(event, 10, 109), SourceState::Declared::taken);
}

TEST_F(SourceBookTest, ASampleTouchesItsOwnIndicatorsOnly) {
    ASSERT_TRUE(declare(0, "queue"));
    ASSERT_TRUE(declare(1, "other"));
    EXPECT_TRUE(source.sample(at(0s), 1, 5));
    EXPECT_TRUE(source.touched().empty());
    EXPECT_TRUE(source.sample(at(0s), 0, 5));
    EXPECT_EQ(source.touched().size(), 1U);
    EXPECT_FALSE(source.sample(at(0s), 9, 5));
    EXPECT_TRUE(source.touched().empty());
}

TEST_F(SourceBookTest, ACollectionWithAnUnknownIdChangesNothing) {
    ASSERT_TRUE(declare(0, "queue"));
    EXPECT_FALSE(collect(at(0s), {{0, 50}, {9, 1}}));
    EXPECT_FALSE(target->indicators[0].last_known().has_value());
}

TEST_F(SourceBookTest, ARemovedListenerHearsNothing) {
    ASSERT_TRUE(declare(0, "queue"));
    source.remove_listeners(*target);
    evaluate(50);
    EXPECT_EQ(target->severity(), Severity::unknown);
}

TEST_F(SourceBookTest, ASeriesThatIsGoneGivesBackItsIdItsPlaceAndItsSlot) {
    ASSERT_TRUE(declare(0, "queue", 2));
    ASSERT_TRUE(declare(1, "other", 2));
    ASSERT_FALSE(declare(2, "third", 2));
    EXPECT_TRUE(source.forget(0));
    EXPECT_FALSE(source.forget(0));
    EXPECT_EQ(source.series_count(), 1U);
    EXPECT_FALSE(collect(at(0s), {{0, 1}}));
    EXPECT_TRUE(collect(at(0s), {{1, 1}}));
    for (SeriesId id = 10; id < 1'000; ++id) {
        ASSERT_TRUE(declare(id, "queue", 2)) << id;
        ASSERT_TRUE(collect(at(1s), {{id, 50}, {1, 1}}));
        ASSERT_TRUE(source.forget(id));
    }
    EXPECT_EQ(target->indicators[0].slot_count(), 1U);
    EXPECT_EQ(source.series_count(), 1U);
}

TEST_F(SourceBookTest, WhoTakesThePlaceOfTheForgottenKeepsItsOwnHistory) {
    ASSERT_TRUE(declare(0, "other"));
    ASSERT_TRUE(declare(1, "queue"));
    ASSERT_TRUE(source.forget(0));  // the last one moves
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(collect(at(0s), {{1, 50}}));
    }
    EXPECT_EQ(target->severity(), Severity::error);
    ASSERT_TRUE(declare(2, "queue"));
    EXPECT_EQ(source.series_count(), 1U);
}

TEST_F(SourceBookTest, TheOrderOfACollectionMayChange) {
    ASSERT_TRUE(declare(0, "queue"));
    ASSERT_TRUE(declare(1, "other"));
    ASSERT_TRUE(declare(2, "third"));
    ASSERT_TRUE(collect(at(0s), {{0, 50}, {1, 1}, {2, 1}}));
    ASSERT_TRUE(collect(at(1s), {{2, 1}, {1, 1}, {0, 50}}));
    EXPECT_EQ(target->severity(), Severity::error);
    ASSERT_TRUE(collect(at(2s), {{1, 50}, {0, 1}}));
    ASSERT_TRUE(collect(at(3s), {{0, 1}}));
    EXPECT_EQ(target->severity(), Severity::ok);
    EXPECT_FALSE(collect(at(4s), {{0, 50}, {3, 1}}));
    ASSERT_TRUE(collect(at(5s), {{0, 1}}));
    EXPECT_EQ(target->severity(), Severity::ok);
}

TEST_F(SourceBookTest, WhatIsNotInACollectionIsNotFed) {
    ASSERT_TRUE(declare(0, "queue"));
    evaluate(50);
    ASSERT_TRUE(collect(at(1s), {}));
    EXPECT_EQ(target->indicators[0].last_known(), at(0s));
    ASSERT_TRUE(collect(at(2s), {{0, 50}}));
    EXPECT_EQ(target->indicators[0].last_known(), at(2s));
}

TEST_F(SourceBookTest, WhoStaysHearsItsOwnWhenAnotherLeaves) {
    TargetRule rule = restart_target();
    rule.indicators = {gauge_indicator("wanted"), gauge_indicator("wanted")};
    rule.indicators[0].matchers = rules->targets[0].indicators[0].matchers;
    const auto others = rule_set({rule});
    TargetState leaves{2, others, others->targets[0], EngineLimits{}};
    TargetState stays{3, others, others->targets[0], EngineLimits{}};
    ASSERT_TRUE(declare(0, "queue"));
    source.add_listener({&leaves, 0});
    source.add_listener({&stays, 1});
    source.add_listener({&stays, 0});
    ASSERT_TRUE(collect(at(0s), {{0, 50}}));
    source.remove_listeners(leaves);
    ASSERT_TRUE(collect(at(1s), {{0, 50}}));
    for (const auto* each : {&*target, &stays}) {
        EXPECT_EQ(each->severity(), Severity::error);
        EXPECT_EQ(each->indicators[0].last_known(), at(1s));
    }
    EXPECT_EQ(leaves.indicators[0].last_known(), at(0s));
}

}  // namespace
}  // namespace primum::core

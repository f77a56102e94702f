// SPDX-License-Identifier: MIT
#include "core/health_census.hpp"

#include "core/target_state.hpp"
#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

class HealthCensusTest : public testing::Test {
protected:
    // So many targets that depend on nothing, all well.
    void take(std::uint32_t count) {
        std::vector<HealthCensus::Member> members;
        for (std::uint32_t i = 0; i < count; ++i) {
            members.push_back({i, "t" + std::to_string(i), &nothing_, TargetHealth::well});
        }
        census.take(members);
    }

    HealthCensus census;

private:
    std::vector<std::string> nothing_;
};

TEST_F(HealthCensusTest, MostMeansMoreThanHalf) {
    take(8);
    for (std::uint32_t i = 0; i < 4; ++i) {
        EXPECT_FALSE(census.note(i, TargetHealth::ill));
    }
    EXPECT_FALSE(census.common_cause());
    EXPECT_TRUE(census.note(4, TargetHealth::ill));
    EXPECT_TRUE(census.common_cause());
    EXPECT_TRUE(census.note(4, TargetHealth::well));
    EXPECT_FALSE(census.common_cause());
}

TEST_F(HealthCensusTest, ThreeAreNoCrowd) {
    take(3);
    for (std::uint32_t i = 0; i < 3; ++i) {
        census.note(i, TargetHealth::ill);
    }
    EXPECT_FALSE(census.common_cause());
}

TEST_F(HealthCensusTest, WhatIsUnknownIsNotAmongThoseThatAreKnown) {
    take(8);
    for (std::uint32_t i = 0; i < 4; ++i) {
        census.note(i, TargetHealth::ill);
    }
    EXPECT_TRUE(census.note(7, TargetHealth::unknown));
    EXPECT_TRUE(census.common_cause());
    EXPECT_EQ(census.known(), 7U);
}

TEST_F(HealthCensusTest, WhoeverIsNotAMemberDoesNotCount) {
    take(4);
    EXPECT_FALSE(census.note(99, TargetHealth::ill));
    EXPECT_EQ(census.ill(), 0U);
    EXPECT_TRUE(census.dependants(99).empty());
}

// One database is down and five services with it: it is the database, and it is to be helped.
TEST_F(HealthCensusTest, IllnessThatADependencyExplainsIsNotCounted) {
    const std::vector<std::string> nothing;
    const std::vector<std::string> on_db{"db"};
    std::vector<HealthCensus::Member> members{{0, "db", &nothing, TargetHealth::well}};
    for (std::uint32_t i = 1; i <= 5; ++i) {
        members.push_back({i, "web" + std::to_string(i), &on_db, TargetHealth::ill});
    }
    census.take(members);
    EXPECT_TRUE(census.common_cause());
    census.note(0, TargetHealth::ill);
    EXPECT_EQ(census.ill(), 1U);
    EXPECT_EQ(census.known(), 1U);
    EXPECT_FALSE(census.common_cause());
    EXPECT_EQ(census.dependants(0).size(), 5U);
    census.note(0, TargetHealth::unknown);
    census.note(0, TargetHealth::well);
    EXPECT_EQ(census.ill(), 0U) << "the database is back: now they are to be helped";
    census.take(members);
    EXPECT_EQ(census.ill(), 0U) << "a reload forgets nothing";
    for (std::uint32_t i = 1; i <= 5; ++i) {
        census.note(i, TargetHealth::well);
        census.note(i, TargetHealth::ill);
    }
    EXPECT_EQ(census.ill(), 5U) << "another illness";
}

TEST_F(HealthCensusTest, CountedAnewItSaysTheSame) {
    const std::vector<std::string> nothing;
    const std::vector<std::string> on_db{"db"};
    census.take({{0, "db", &nothing, TargetHealth::ill},
                 {1, "web", &on_db, TargetHealth::ill},
                 {2, "mail", &nothing, TargetHealth::ill},
                 {3, "dns", &nothing, TargetHealth::unknown}});
    EXPECT_EQ(census.ill(), 2U);
    EXPECT_EQ(census.known(), 2U);
}

TEST(HealthTest, IsThreeValued) {
    const auto rules = rule_set({restart_target()});
    TargetState target{1, rules, rules->targets[0], EngineLimits{}};
    EXPECT_EQ(health_of(target), TargetHealth::unknown);
    target.indicators[0].judge_unit(at(0s), Severity::ok, "active", "");
    EXPECT_EQ(health_of(target), TargetHealth::well);
    target.indicators[0].judge_unit(at(1s), Severity::critical, "failed", "signal");
    EXPECT_EQ(health_of(target), TargetHealth::ill);
    target.note_illness(false);
    target.indicators[0].judge_unit(at(2s), Severity::unknown, "activating", "");
    EXPECT_EQ(health_of(target), TargetHealth::unknown);
}

TEST(HealthTest, TroubleEndsWhenItSoaksOrIsWellThoughExhausted) {
    const auto rules = rule_set({restart_target()});
    TargetState target{1, rules, rules->targets[0], EngineLimits{}};
    EXPECT_FALSE(is_in_trouble(target));
    target.incident = IncidentRecord{};
    target.phase = Phase::waiting;
    EXPECT_TRUE(is_in_trouble(target));
    target.phase = Phase::soaking;
    EXPECT_FALSE(is_in_trouble(target));
    target.phase = Phase::exhausted;
    EXPECT_TRUE(is_in_trouble(target));
    target.health = TargetHealth::well;
    EXPECT_FALSE(is_in_trouble(target));
}

}  // namespace
}  // namespace primum::core

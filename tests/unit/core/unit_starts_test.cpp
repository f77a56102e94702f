// SPDX-License-Identifier: MIT
#include "core/unit_starts.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

class UnitStartsTest : public testing::Test {
protected:
    std::optional<StartedBy> run(Duration when,
                                 const std::string& invocation,
                                 std::uint32_t restarts = 0,
                                 UnitStarts::Jobs jobs = {}) {
        UnitEvent state;
        state.unit = "web.service";
        state.active_state = "active";
        state.result = result;
        state.invocation_id = invocation;
        state.restarts = restarts;
        state.start_limit_burst = burst;
        state.start_limit_interval = 10s;
        return starts.take(at(when), state, jobs);
    }
    [[nodiscard]] StartLimit limit(Duration when) const { return starts.limit(at(when)).value(); }

    UnitStarts starts;
    std::uint32_t burst = 5;
    std::string result = "success";
};

TEST_F(UnitStartsTest, WhatRanWhenFirstSeenIsNobodysStart) {
    EXPECT_FALSE(run(0s, "a").has_value());
    EXPECT_FALSE(run(1s, "a").has_value());
    EXPECT_FALSE(run(2s, "").has_value());
    EXPECT_FALSE(run(3s, "a").has_value());
}

TEST_F(UnitStartsTest, AStartIsOursWhileAJobOfOursRunsOrHasJustEnded) {
    run(0s, "a");
    EXPECT_EQ(run(1s, "b", 0, {true, false}), StartedBy::us);
    EXPECT_EQ(run(2s, "c", 0, {false, true}), StartedBy::us);
    EXPECT_EQ(run(3s, "d"), StartedBy::somebody);
}

TEST_F(UnitStartsTest, RisingRestartsAreSystemds) {
    run(0s, "a", 2);
    EXPECT_FALSE(run(1s, "a", 3).has_value()) << "the number may be told before the run begins";
    EXPECT_EQ(run(2s, "b", 3), StartedBy::systemd);
    EXPECT_EQ(run(3s, "c", 0), StartedBy::somebody) << "a job sets it back";
    EXPECT_EQ(run(4s, "d", 1), StartedBy::systemd);
    EXPECT_EQ(run(5s, "e", 1), StartedBy::somebody);
    EXPECT_EQ(run(6s, "f", 2, {true, false}), StartedBy::us);
}

TEST_F(UnitStartsTest, TheLastStartIsLeftToOthers) {
    run(0s, "a");
    run(20s, "b");
    run(21s, "c");
    run(22s, "d");
    EXPECT_EQ(limit(22s).used, 3U);
    EXPECT_FALSE(limit(22s).nearly_spent);
    run(23s, "e");
    EXPECT_TRUE(limit(23s).nearly_spent);
    EXPECT_EQ(limit(23s).until, at(30s));
    EXPECT_FALSE(limit(30s).nearly_spent);
    run(24s, "f");
    EXPECT_EQ(limit(24s).until, at(31s));
}

TEST_F(UnitStartsTest, ALimitOfOneOrTwoLeavesNoneWhileOneIsRemembered) {
    for (const std::uint32_t small : {1U, 2U}) {
        burst = small;
        starts = UnitStarts{};
        run(0s, "a");
        EXPECT_TRUE(limit(9s).nearly_spent) << small;
        EXPECT_EQ(limit(9s).until, at(10s));
        EXPECT_FALSE(limit(10s).nearly_spent) << small;
    }
}

TEST_F(UnitStartsTest, WithoutALimitThereIsNothingToSpend) {
    burst = 0;
    run(0s, "a");
    EXPECT_FALSE(starts.limit(at(0s)).has_value());
}

TEST_F(UnitStartsTest, EarlierRestartsAreTakenToBeRecent) {
    run(0s, "a", 3);
    EXPECT_EQ(limit(0s).used, 4U);
    EXPECT_TRUE(limit(0s).nearly_spent);
    EXPECT_FALSE(limit(10s).nearly_spent);
}

TEST_F(UnitStartsTest, MissedRestartsCount) {
    run(0s, "a");
    run(20s, "b", 4);
    EXPECT_EQ(limit(20s).used, 4U);
}

TEST_F(UnitStartsTest, SystemdKnowsBetter) {
    run(0s, "a");
    result = "start-limit-hit";
    run(20s, "a");
    EXPECT_TRUE(limit(29s).nearly_spent);
    EXPECT_EQ(limit(29s).until, at(30s));
    EXPECT_FALSE(limit(30s).nearly_spent);
    result = "success";
    run(21s, "a");
    EXPECT_FALSE(limit(21s).nearly_spent) << "reset-failed forgets the starts";
}

TEST_F(UnitStartsTest, ALimitThatIsMadeLongerLooksFurtherBack) {
    run(0s, "a");
    run(20s, "b");
    run(40s, "c");
    UnitEvent state;
    state.invocation_id = "c";
    state.start_limit_burst = 3;
    state.start_limit_interval = 1h;
    starts.take(at(41s), state, {});
    EXPECT_EQ(limit(41s).used, 3U);
    EXPECT_EQ(limit(41s).until, at(20s + 1h));
}

TEST_F(UnitStartsTest, MemoryIsBounded) {
    run(0s, "a", UINT32_MAX);
    for (std::uint32_t i = 1; i < 1000; ++i) {
        run(0s, std::to_string(i), i * 1000);
    }
    burst = UINT32_MAX;
    run(0s, "last");
    EXPECT_EQ(limit(0s).used, UnitStarts::remembered);
}

}  // namespace
}  // namespace primum::core

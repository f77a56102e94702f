// SPDX-License-Identifier: MIT
#include "core/response.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr ResponseRule usual;

Stamp at(Duration since) {
    return {Instant{} + since, WallTime{} + since};
}

TEST(SevTest, RisesWithAge) {
    const Gravity dry;
    EXPECT_EQ(sev_of(usual, dry, Duration{0}), Sev::sev3);
    EXPECT_EQ(sev_of(usual, dry, minutes{30} - Duration{1}), Sev::sev3);
    EXPECT_EQ(sev_of(usual, dry, minutes{30}), Sev::sev2);
    EXPECT_EQ(sev_of(usual, dry, hours{2}), Sev::sev1);
}

TEST(SevTest, RisesWithTheLevelWhereSomethingIsEnforced) {
    const auto of = [](Level peak, bool for_real) {
        return sev_of(usual, {for_real, false, peak}, Duration{0});
    };
    EXPECT_EQ(of(Level::observe, true), Sev::sev3);
    EXPECT_EQ(of(Level::retry, true), Sev::sev3);
    EXPECT_EQ(of(Level::failover, true), Sev::sev2);
    EXPECT_EQ(of(Level::restart, true), Sev::sev2);
    EXPECT_EQ(of(Level::fallback, true), Sev::sev1);
    EXPECT_EQ(of(Level::fallback, false), Sev::sev3);
}

TEST(SevTest, WhatIsOutOfHandIsTheGravest) {
    EXPECT_EQ(sev_of(usual, {true, true, Level::observe}, Duration{0}), Sev::sev1);
    EXPECT_EQ(sev_of(usual, {false, true, Level::observe}, Duration{0}), Sev::sev3);
}

TEST(NextOverdueTest, EachWaitIsTwiceTheOneBefore) {
    const Instant since{hours{1}};
    const Duration respond = minutes{15};
    EXPECT_EQ(next_overdue(since, respond, since), since + minutes{15});
    EXPECT_EQ(next_overdue(since, respond, since + minutes{15}), since + minutes{45});
    EXPECT_EQ(next_overdue(since, respond, since + minutes{44}), since + minutes{45});
    EXPECT_EQ(next_overdue(since, respond, since + minutes{45}), since + minutes{105});
    EXPECT_EQ(next_overdue(since, Duration{0}, since + Duration{5}), since + Duration{7});
}

class ResponseTest : public ::testing::Test {
protected:
    ResponseLook look(Duration now) {
        return look_at_response(rule_, gravity_, tells_, at(now), incident_, clock_);
    }
    // The instants, in minutes, at which it tells, looked at just when it asks to be.
    std::vector<std::int64_t> told(Duration until) {
        std::vector<std::int64_t> minutes_told;
        std::optional<Instant> next = Instant{};
        while (next && *next <= Instant{} + until) {
            const ResponseLook found = look(next->time_since_epoch());
            if (found.is_overdue) {
                minutes_told.push_back(
                    std::chrono::duration_cast<minutes>(next->time_since_epoch()).count());
            }
            next = found.again;
        }
        return minutes_told;
    }

    ResponseRule rule_;
    Gravity gravity_{true, false, Level::restart};
    bool tells_ = true;
    IncidentRecord incident_;
    ResponseClock clock_;
};

TEST_F(ResponseTest, TellsAgainAndAgainAndThenNoMore) {
    rule_.sev1_after = hours{1'000};
    EXPECT_EQ(told(hours{1'000}), (std::vector<std::int64_t>{60, 180, 420, 900}));
    EXPECT_EQ(incident_.overdue, 4U);
}

TEST_F(ResponseTest, ARiseBeginsTheWaitAnew) {
    // SEV-2 until 2 h: 60. Then SEV-1 at 120: 135, 165, 225, and no more than four.
    EXPECT_EQ(told(hours{1'000}), (std::vector<std::int64_t>{60, 135, 165, 225}));
    EXPECT_EQ(incident_.sev, Sev::sev1);
    EXPECT_EQ(incident_.sev_since, at(hours{2}));
}

TEST_F(ResponseTest, WhatIsAcknowledgedIsNotTold) {
    incident_.acknowledged = at(minutes{10});
    EXPECT_TRUE(told(hours{1'000}).empty());
    EXPECT_EQ(incident_.sev, Sev::sev1) << "it rises all the same";
}

TEST_F(ResponseTest, WhereNobodyIsToldItLapses) {
    tells_ = false;
    EXPECT_FALSE(look(minutes{70}).is_overdue);
    tells_ = true;
    const ResponseLook later = look(minutes{71});
    EXPECT_FALSE(later.is_overdue);
    EXPECT_EQ(later.again, Instant{} + hours{2}) << "the rise, before the second time at 180";
}

TEST_F(ResponseTest, AfterALongAbsenceItTellsOnce) {
    rule_.sev1_after = hours{1'000};
    EXPECT_FALSE(look(Duration{0}).is_overdue);
    EXPECT_TRUE(look(hours{10}).is_overdue);
    EXPECT_EQ(incident_.overdue, 1U);
    EXPECT_FALSE(look(hours{10} + minutes{1}).is_overdue);
}

TEST_F(ResponseTest, NeverFalls) {
    gravity_.peak = Level::fallback;
    look(minutes{1});
    gravity_ = {};
    look(minutes{2});
    EXPECT_EQ(incident_.sev, Sev::sev1);
    EXPECT_EQ(incident_.sev_since, at(minutes{1}));
}

TEST_F(ResponseTest, ZeroTimesIsNever) {
    rule_.max_overdue = 0;
    EXPECT_TRUE(told(hours{1'000}).empty());
}

}  // namespace
}  // namespace primum::core

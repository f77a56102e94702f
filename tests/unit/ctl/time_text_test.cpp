// SPDX-License-Identifier: MIT
#include "ctl/time_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

namespace primum::ctl {
namespace {

const WallTime now = wall_from_us(1'795'320'000'000'000);  // 2026-11-22 04:00:00 UTC

std::int64_t seconds_from_now(const std::string& text, Direction direction = Direction::past) {
    setenv("TZ", "UTC", 1);
    tzset();
    const auto at = parse_time(text, now, direction);
    EXPECT_TRUE(at.has_value()) << text;
    return at ? (to_us(*at) - to_us(now)) / 1'000'000 : 0;
}

TEST(TimeTextTest, ReadsWhatPeopleWrite) {
    EXPECT_EQ(seconds_from_now("now"), 0);
    EXPECT_EQ(seconds_from_now("10m ago"), -600);
    EXPECT_EQ(seconds_from_now("in 1h30m"), 5400);
    EXPECT_EQ(seconds_from_now("@1795320060"), 60);
    EXPECT_EQ(seconds_from_now("2026-11-22 03:45"), -900);
    EXPECT_EQ(seconds_from_now("2026-11-22T03:45:30Z"), -870);
    EXPECT_EQ(seconds_from_now("2026-11-22"), -4 * 3600);
}

TEST(TimeTextTest, AnHourIsTheLastOneOrTheNextOne) {
    EXPECT_EQ(seconds_from_now("03:45"), -900);
    EXPECT_EQ(seconds_from_now("04:15"), 900 - 86'400);
    EXPECT_EQ(seconds_from_now("04:15", Direction::future), 900);
    EXPECT_EQ(seconds_from_now("03:45:30", Direction::future), 86'400 - 870);
}

TEST(TimeTextTest, RefusesTheRest) {
    for (const char* const text : {"",
                                   "tomorrow",
                                   "25:00",
                                   "@x",
                                   "@-1",
                                   "x ago",
                                   "in",
                                   "03:45 pm",
                                   "2026-11-22 03:45 and more"}) {
        EXPECT_FALSE(parse_time(text, now, Direction::past).has_value()) << text;
    }
}

}  // namespace
}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "daemon/clock_jumps.hpp"

#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Three clocks that can be moved apart.
struct World {
    Duration monotonic{seconds{100}};
    Duration slept{0};
    Duration wall_minus_boot{hours{400'000}};

    std::vector<HostEvent> seen_by(ClockJumps& jumps) const {
        const Duration boot = monotonic + slept;
        return jumps.observe({.t = Instant{monotonic}, .wall = WallTime{boot + wall_minus_boot}},
                             Instant{boot});
    }
};

TEST(ClockJumpsTest, TimePassingIsNoNews) {
    ClockJumps jumps;
    World world;
    EXPECT_TRUE(world.seen_by(jumps).empty());
    world.monotonic += hours{5};
    EXPECT_TRUE(world.seen_by(jumps).empty());
}

TEST(ClockJumpsTest, SuspendIsNotAClockJump) {
    ClockJumps jumps;
    World world;
    world.seen_by(jumps);
    world.slept += hours{8};
    const auto news = world.seen_by(jumps);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].change, HostChange::resumed);
    EXPECT_EQ(news[0].detail, "slept for 28800.0 s");
    EXPECT_TRUE(world.seen_by(jumps).empty());
}

TEST(ClockJumpsTest, JumpsOfOverASecondEitherWay) {
    ClockJumps jumps;
    World world;
    world.seen_by(jumps);
    world.wall_minus_boot += milliseconds{1'001};
    ASSERT_EQ(world.seen_by(jumps).size(), 1U);
    world.wall_minus_boot -= hours{2};
    const auto news = world.seen_by(jumps);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].change, HostChange::clock_jumped);
    EXPECT_EQ(news[0].detail, "the wall clock moved by -7200.0 s");
}

TEST(ClockJumpsTest, ASecondOrLessIsForgotten) {
    ClockJumps jumps;
    World world;
    world.seen_by(jumps);
    for (int i = 0; i < 5; ++i) {
        world.wall_minus_boot += milliseconds{1'000};
        EXPECT_TRUE(world.seen_by(jumps).empty());
    }
}

TEST(ClockJumpsTest, ResumeWithAClockThatWasCorrected) {
    ClockJumps jumps;
    World world;
    world.seen_by(jumps);
    world.slept += hours{1};
    world.wall_minus_boot += seconds{30};
    const auto news = world.seen_by(jumps);
    ASSERT_EQ(news.size(), 2U);
    EXPECT_EQ(news[0].change, HostChange::resumed);
    EXPECT_EQ(news[1].change, HostChange::clock_jumped);
}

}  // namespace
}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#include "daemon/system_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

TEST(SystemClockTest, NeverGoesBackwards) {
    const SystemClock clock;
    auto before = clock.now();
    for (int i = 0; i < 1'000; ++i) {
        const auto now = clock.now();
        ASSERT_GE(now.t, before.t);
        before = now;
    }
    EXPECT_GT(to_us(before.t), 0);
    EXPECT_GT(to_us(before.wall), std::int64_t{1'700'000'000} * 1'000'000);
}

TEST(SystemClockTest, BootTimeIsNeverBehindMonotonicTime) {
    const SystemClock clock;
    const auto now = clock.now();
    EXPECT_GE(boot_time(), now.t);
}

TEST(SystemClockTest, ReadsTheBootId) {
    EXPECT_THAT(read_boot_id(), testing::MatchesRegex("[0-9a-f-]{36}"));
}

}  // namespace
}  // namespace primum::daemon

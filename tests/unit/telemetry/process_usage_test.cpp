// SPDX-License-Identifier: MIT
#include "telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace primum::telemetry {
namespace {

TEST(ProcessUsageTest, SeesMemoryThatIsReallyUsed) {
    const auto before = process_usage();
    EXPECT_GT(before.resident_bytes, 1'000'000U);
    EXPECT_GT(before.cpu_seconds, 0.0);

    constexpr std::size_t bytes = 64UL * 1024 * 1024;
    std::vector<char> used(bytes);
    std::memset(used.data(), 1, bytes);
    const auto after = process_usage();
    EXPECT_GE(after.resident_bytes + bytes / 8, before.resident_bytes + bytes);
    EXPECT_GE(after.cpu_seconds, before.cpu_seconds);
    EXPECT_EQ(used[bytes / 2], 1);
}

}  // namespace
}  // namespace primum::telemetry

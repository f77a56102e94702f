// SPDX-License-Identifier: MIT
#include "replay/sim_shrink.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace primum::replay {
namespace {

bool has(const std::vector<int>& items, int wanted) {
    return std::find(items.begin(), items.end(), wanted) != items.end();
}

std::vector<int> numbers(int count) {
    std::vector<int> items(static_cast<std::size_t>(count));
    std::iota(items.begin(), items.end(), 0);
    return items;
}

TEST(SimShrinkTest, FindsTheTwoThatMatterInTheirOrder) {
    const auto fails = [](const std::vector<int>& items) {
        return has(items, 3) && has(items, 77);
    };
    EXPECT_EQ(shrink(numbers(100), 1'000, fails), (std::vector<int>{3, 77}));
}

TEST(SimShrinkTest, FindsThatNothingMatters) {
    const auto fails = [](const std::vector<int>& /*items*/) { return true; };
    EXPECT_TRUE(shrink(numbers(9), 1'000, fails).empty());
}

TEST(SimShrinkTest, KeepsAllWhenAllMatters) {
    const auto fails = [](const std::vector<int>& items) { return items.size() == 8; };
    EXPECT_EQ(shrink(numbers(8), 1'000, fails), numbers(8));
}

TEST(SimShrinkTest, StopsWhenItsTriesAreUsedUpWithWhatStillFails) {
    std::uint32_t calls = 0;
    const auto fails = [&](const std::vector<int>& items) {
        ++calls;
        return has(items, 500);
    };
    const auto rest = shrink(numbers(1'000), 5, fails);
    EXPECT_EQ(calls, 5U);
    EXPECT_TRUE(has(rest, 500));
}

}  // namespace
}  // namespace primum::replay

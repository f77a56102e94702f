// SPDX-License-Identifier: MIT
#include "core/hold_book.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

HoldRecord hold(std::uint64_t id, const std::string& target, Duration until, bool disable = false) {
    HoldRecord record;
    record.id = id;
    record.target = target;
    record.disable = disable;
    record.until = stamp(until);
    return record;
}

TEST(HoldBookTest, AHoldOnAllCoversEveryTargetUntilItsEnd) {
    HoldBook book{10};
    book.add(hold(1, "", 60s));
    ASSERT_NE(book.covering(at(59s), "web", false), nullptr);
    EXPECT_EQ(book.covering(at(60s), "web", false), nullptr);
}

TEST(HoldBookTest, TheLongestHoldCounts) {
    HoldBook book{10};
    book.add(hold(1, "web", 60s));
    book.add(hold(2, "", 90s));
    EXPECT_EQ(book.covering(at(1s), "web", false)->id, 2U);
}

TEST(HoldBookTest, HoldsAndDisablesAreApart) {
    HoldBook book{10};
    book.add(hold(1, "web", 60s, true));
    EXPECT_EQ(book.covering(at(1s), "web", false), nullptr);
    EXPECT_NE(book.covering(at(1s), "web", true), nullptr);
    EXPECT_TRUE(book.release("web", false).empty());
}

TEST(HoldBookTest, ReleasesExactlyWhatIsNamed) {
    HoldBook book{10};
    book.add(hold(1, "web", 60s));
    book.add(hold(2, "db", 60s));
    book.add(hold(3, "", 60s));
    ASSERT_EQ(book.release("web", false).size(), 1U);
    EXPECT_EQ(book.active(at(0s)).size(), 2U);
    EXPECT_NE(book.covering(at(0s), "web", false), nullptr);
}

TEST(HoldBookTest, IsFullOnlyWithHoldsInForce) {
    HoldBook book{1};
    book.add(hold(1, "web", 60s));
    EXPECT_TRUE(book.full(at(0s)));
    EXPECT_FALSE(book.full(at(60s)));
}

}  // namespace
}  // namespace primum::core

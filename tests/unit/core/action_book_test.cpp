// SPDX-License-Identifier: MIT
#include "core/action_book.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

RememberedAction action(const std::string& id,
                        Duration intended,
                        bool dry_run = false,
                        const std::string& target = "web",
                        Level level = Level::restart) {
    return {id, 1, target, level, dry_run, 1, at(intended), std::nullopt};
}

TEST(ActionBookTest, CountsWithinTheWindow) {
    ActionBook book{100};
    book.add(at(0s), action("a", 0s));
    book.add(at(30min), action("b", 30min));
    EXPECT_EQ(book.use(at(30min), 1h, false).used, 2U);
    EXPECT_EQ(book.use(at(30min), 1h, false).frees_at, at(1h));
    EXPECT_EQ(book.use(at(1h), 1h, false).used, 1U);
}

TEST(ActionBookTest, DryRunsAndRealOnesNeverMeet) {
    ActionBook book{100};
    book.add(at(0s), action("a", 0s, true));
    EXPECT_EQ(book.use(at(1s), 1h, false).used, 0U);
    EXPECT_EQ(book.use(at(1s), 1h, true).used, 1U);
    EXPECT_EQ(book.latest("web", Level::restart, false), nullptr);
}

TEST(ActionBookTest, CountsByTargetAndByLevel) {
    ActionBook book{100};
    book.add(at(0s), action("a", 0s, false, "web", Level::retry));
    book.add(at(0s), action("b", 0s, false, "db", Level::restart));
    EXPECT_EQ(book.use(at(1s), 1h, false, "web").used, 1U);
    EXPECT_EQ(book.use(at(1s), 1h, false, {}, Level::restart).used, 1U);
    EXPECT_EQ(book.use(at(1s), 1h, false).used, 2U);
}

TEST(ActionBookTest, AnIntentThatWasNeverDurableIsForgotten) {
    ActionBook book{100};
    book.add(at(0s), action("a", 0s));
    book.forget("a");
    EXPECT_EQ(book.use(at(1s), 1h, false).used, 0U);
}

TEST(ActionBookTest, IsFullAtItsBoundAndFreesWithAge) {
    ActionBook book{2};
    book.add(at(0s), action("a", 0s));
    book.add(at(0s), action("b", 0s));
    EXPECT_TRUE(book.full());
    book.add(at(27h), action("c", 27h));
    EXPECT_FALSE(book.full());
}

TEST(ActionBookTest, GivesTheLatestAndItsEnd) {
    ActionBook book{10};
    book.add(at(0s), action("a", 0s));
    book.add(at(5s), action("b", 5s));
    book.end("b", at(9s));
    ASSERT_NE(book.latest("web", Level::restart, false), nullptr);
    EXPECT_EQ(book.latest("web", Level::restart, false)->ended, at(9s));
}

TEST(ActionBookTest, GivesTheNewestOfAnIncident) {
    ActionBook book{100};
    EXPECT_EQ(book.newest(1), nullptr);
    book.add(at(0s), action("a", 0s));
    book.add(at(1s), action("b", 1s));
    ASSERT_NE(book.newest(1), nullptr);
    EXPECT_EQ(book.newest(1)->id, "b");
    EXPECT_EQ(book.newest(2), nullptr);
}

}  // namespace
}  // namespace primum::core

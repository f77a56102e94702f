// SPDX-License-Identifier: MIT
#include "telemetry/action_index.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::telemetry {
namespace {

ActionRecord action(const std::string& id) {
    ActionRecord record;
    record.id = id;
    record.target = "gateway";
    record.level = Level::restart;
    record.kind = "restart";
    record.incident = 3;
    return record;
}

TEST(ActionIndexTest, RemembersWhatATransitionDoesNotSay) {
    ActionIndex index;
    index.remember(action("a-1"));
    const auto* facts = index.find("a-1");
    ASSERT_NE(facts, nullptr);
    EXPECT_EQ(facts->target, "gateway");
    EXPECT_EQ(facts->level, Level::restart);
    EXPECT_EQ(facts->kind, "restart");
    EXPECT_EQ(facts->incident, 3U);
    EXPECT_FALSE(facts->dry_run);
    EXPECT_EQ(index.find("a-2"), nullptr);
}

TEST(ActionIndexTest, ForgetsTheOldestBeyondItsCapacity) {
    ActionIndex index{2};
    for (const auto* id : {"a-1", "a-2", "a-2", "a-3"}) {
        index.remember(action(id));
    }
    EXPECT_EQ(index.find("a-1"), nullptr);
    EXPECT_NE(index.find("a-2"), nullptr);
    EXPECT_NE(index.find("a-3"), nullptr);
}

TEST(ActionIndexTest, KnowsTheRestoredOnes) {
    RestoredState state;
    state.actions.resize(1);
    state.actions[0].action = action("a-7");
    ActionIndex index;
    index.restore(state);
    EXPECT_NE(index.find("a-7"), nullptr);
}

}  // namespace
}  // namespace primum::telemetry

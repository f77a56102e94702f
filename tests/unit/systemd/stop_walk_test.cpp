// SPDX-License-Identifier: MIT
#include "systemd/stop_walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace primum::systemd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StopWalkTest : public testing::Test {
protected:
    UnitLinks& unit(const std::string& name, bool running = true) {
        auto& links = units_[name];
        links.id = name;
        links.running = running;
        return links;
    }
    std::vector<std::string> stopped_with(const std::string& root) {
        StopWalk walk(root);
        asked_ = 0;
        while (walk.has_next()) {
            const auto step = walk.next();
            ++asked_;
            const auto found = units_.find(step.unit);
            walk.take(step, found != units_.end() ? found->second : UnitLinks{step.unit});
        }
        return {walk.found().begin(), walk.found().end()};
    }

    std::map<std::string, UnitLinks> units_;
    int asked_ = 0;
};

TEST_F(StopWalkTest, AUnitByItselfTakesNothingAlong) {
    unit("a");
    EXPECT_THAT(stopped_with("a"), IsEmpty());
    EXPECT_EQ(asked_, 1);
}

TEST_F(StopWalkTest, EachKindOfDependantGoesDown) {
    auto& a = unit("a");
    a.required_by = {"b"};
    a.requisite_of = {"c"};
    a.bound_by = {"d"};
    a.consists_of = {"e"};
    a.propagates_stop_to = {"f"};
    for (const auto* name : {"b", "c", "d", "e", "f"}) {
        unit(name);
    }
    EXPECT_THAT(stopped_with("a"), ElementsAre("b", "c", "d", "e", "f"));
}

TEST_F(StopWalkTest, DependantsOfDependantsGoDown) {
    unit("a").required_by = {"b"};
    unit("b").bound_by = {"c"};
    unit("c").consists_of = {"d"};
    unit("d");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b", "c", "d"));
}

TEST_F(StopWalkTest, WhatDoesNotRunIsNotCountedNorGoneThrough) {
    unit("a").required_by = {"b"};
    unit("b", false).required_by = {"c"};
    unit("c");
    EXPECT_THAT(stopped_with("a"), IsEmpty());
}

TEST_F(StopWalkTest, APropagatedStopGoesThroughWhatDoesNotRun) {
    unit("a").propagates_stop_to = {"b"};
    unit("b", false).required_by = {"c"};
    unit("c");
    EXPECT_THAT(stopped_with("a"), ElementsAre("c"));
}

TEST_F(StopWalkTest, WhatIsStartedAgainStopsWhatItConflictsWith) {
    auto& a = unit("a");
    a.conflicts = {"x", "shutdown.target"};
    a.required_by = {"b"};
    unit("b").conflicts = {"y"};
    unit("x").required_by = {"z"};
    unit("y").conflicts = {"nobody"};  // is stopped, not started: its conflicts stay
    unit("z");
    unit("nobody");
    unit("shutdown.target", false);
    EXPECT_THAT(stopped_with("a"), ElementsAre("b", "x", "y", "z"));
}

TEST_F(StopWalkTest, CirclesEnd) {
    unit("a").required_by = {"b"};
    unit("b").required_by = {"c"};
    unit("c").required_by = {"a", "b"};
    EXPECT_THAT(stopped_with("a"), ElementsAre("b", "c"));
    EXPECT_EQ(asked_, 3);
}

TEST_F(StopWalkTest, ARootNamedByAnAliasIsNotItsOwnVictim) {
    auto& real = units_["alias"];
    real.id = "real";
    real.running = true;
    real.required_by = {"b"};
    unit("b").required_by = {"real"};
    unit("real").required_by = {"b"};
    EXPECT_THAT(stopped_with("alias"), ElementsAre("b"));
}

}  // namespace
}  // namespace primum::systemd

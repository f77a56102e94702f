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

TEST_F(StopWalkTest, WhatRequiresItGoesDown) {
    unit("a").required_by = {"b"};
    unit("b");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b"));
}

TEST_F(StopWalkTest, WhatHasItAsRequisiteGoesDown) {
    unit("a").requisite_of = {"b"};
    unit("b");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b"));
}

TEST_F(StopWalkTest, WhatIsBoundToItGoesDown) {
    unit("a").bound_by = {"b"};
    unit("b");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b"));
}

TEST_F(StopWalkTest, WhatIsPartOfItGoesDown) {
    unit("a").consists_of = {"b"};
    unit("b");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b"));
}

TEST_F(StopWalkTest, WhatItPropagatesItsStopToGoesDown) {
    unit("a").propagates_stop_to = {"b"};
    unit("b");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b"));
}

TEST_F(StopWalkTest, WhatItConflictsWithGoesDown) {
    unit("a").conflicts = {"b"};
    unit("b");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b"));
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

TEST_F(StopWalkTest, APropagatedStopDoesNotGoThroughWhatDoesNotRun) {
    unit("a").propagates_stop_to = {"b"};
    unit("b", false).required_by = {"c"};
    unit("c");
    EXPECT_THAT(stopped_with("a"), IsEmpty());
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

TEST_F(StopWalkTest, WhatIsStartedWithItStopsWhatThatConflictsWith) {
    unit("a").starts = {"helper"};
    auto& helper = unit("helper", false);
    helper.conflicts = {"x"};
    helper.starts = {"deeper"};
    helper.required_by = {"bystander"};
    unit("deeper", false).conflicts = {"y"};
    unit("x").bound_by = {"z"};
    for (const auto* name : {"y", "z", "bystander"}) {
        unit(name);
    }
    EXPECT_THAT(stopped_with("a"), ElementsAre("x", "y", "z"));
}

TEST_F(StopWalkTest, WhatRunsIsNotStartedAndStopsNothing) {
    unit("a").starts = {"helper"};
    auto& helper = unit("helper");
    helper.conflicts = {"x"};
    helper.starts = {"deeper"};
    unit("deeper", false).conflicts = {"y"};
    unit("x");
    unit("y");
    EXPECT_THAT(stopped_with("a"), IsEmpty());
}

TEST_F(StopWalkTest, WhatIsStoppedStartsNothing) {
    unit("a").conflicts = {"x"};
    auto& x = unit("x");
    x.starts = {"helper"};
    x.consists_of = {"part"};
    unit("helper", false).conflicts = {"y"};
    unit("part").conflicts = {"y"};
    unit("y");
    EXPECT_THAT(stopped_with("a"), ElementsAre("part", "x"));
}

TEST_F(StopWalkTest, WhatWouldBeStartedAndAlsoGoesDownIsCounted) {
    auto& a = unit("a");
    a.starts = {"b"};
    a.consists_of = {"b"};
    unit("b");
    EXPECT_THAT(stopped_with("a"), ElementsAre("b"));
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

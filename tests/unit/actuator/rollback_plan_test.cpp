// SPDX-License-Identifier: MIT
#include "actuator/rollback_plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace primum::actuator {
namespace {

using Step = RollbackRest::Step;

class RestOfTest : public testing::Test {
protected:
    RestOfTest() {
        way_back_.unit = "gateway.service";
        way_back_.files = {{"/a", "a0", "a1"}, {"/b", "b0", "b1"}};
        row_.boot_id = "this";
        row_.invocation_before = "i1";
        unit_.invocation_id = "i1";
        ports_.identify = [this](const std::string& path) -> remedy::FileResult<std::string> {
            if (!disk_.contains(path)) {
                return fail(remedy::FileError{Refusal::storage, "unreadable", {}});
            }
            return disk_.at(path);
        };
    }
    [[nodiscard]] RollbackRest rest(const std::string& boot_id = "this") const {
        return rest_of(way_back_, row_, ports_, unit_, boot_id);
    }

    remedy::WayBackRecord way_back_;
    StoredRollback row_;
    systemd::UnitFacts unit_;
    Ports ports_;
    std::map<std::string, std::string> disk_{{"/a", "a1"}, {"/b", "b1"}};
};

TEST_F(RestOfTest, WhatIsNotBackIsLeft) {
    EXPECT_EQ(rest().step, Step::run);
    EXPECT_EQ(rest().way_back.files.size(), 2U);
    disk_["/a"] = "a0";
    ASSERT_EQ(rest().way_back.files.size(), 1U);
    EXPECT_EQ(rest().way_back.files[0].path, "/b");
    disk_.erase("/b");  // and so is what cannot be read
    EXPECT_EQ(rest().way_back.files.size(), 1U);
}

TEST_F(RestOfTest, EverythingBackIsDone) {
    disk_ = {{"/a", "a0"}, {"/b", "b0"}};
    EXPECT_EQ(rest().step, Step::over);
    EXPECT_EQ(rest().end.state, RollbackState::done);
}

TEST_F(RestOfTest, ARestartIsDoneUnlessTheUnitWasStartedSince) {
    disk_ = {{"/a", "a0"}, {"/b", "b0"}};
    way_back_.then = Then::restart;
    EXPECT_EQ(rest().step, Step::run);
    EXPECT_TRUE(rest().way_back.files.empty());
    EXPECT_EQ(rest().way_back.then, Then::restart);
    EXPECT_EQ(rest("another").end.state, RollbackState::done);
    unit_.job_id = 7;
    EXPECT_EQ(rest().step, Step::later);
    unit_.job_id = 0;
    unit_.invocation_id = "i2";
    EXPECT_EQ(rest().step, Step::over);
    EXPECT_EQ(rest().end.state, RollbackState::done);
}

TEST_F(RestOfTest, ACallIsInDoubt) {
    way_back_.call = HttpCall{};
    EXPECT_EQ(rest().step, Step::over);
    EXPECT_EQ(rest().end.state, RollbackState::failed);
    EXPECT_EQ(rest().end.code, Refusal::undone_before);
}

TEST(ToldAgainTest, OnlyWhatChangedSomethingIsOver) {
    StoredRollback row;
    EXPECT_FALSE(told_again(row));
    row.state = RollbackState::failed;
    EXPECT_FALSE(told_again(row));
    row.acting = true;
    EXPECT_TRUE(told_again(row));
    row.state = RollbackState::done;
    EXPECT_TRUE(told_again(row));
}

}  // namespace
}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#include "ctl/off_switch.hpp"

#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <sys/stat.h>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;

class OffSwitchTest : public testing::RunFixture {
protected:
    OffSwitch off{root};
};

TEST_F(OffSwitchTest, SetsAndClears) {
    EXPECT_FALSE(OffSwitch::is_set(off.run_file()));
    ASSERT_TRUE(off.set("why\n").has_value());
    EXPECT_TRUE(OffSwitch::is_set(off.run_file()));
    ASSERT_TRUE(off.set("again\n").has_value());
    EXPECT_EQ(off.clear().value_or(false), true);
    EXPECT_EQ(off.clear().value_or(true), false);
    EXPECT_FALSE(OffSwitch::is_set(off.run_file()));
}

TEST_F(OffSwitchTest, MakesTheFolderThatTmpfilesWouldHaveMade) {
    std::filesystem::remove(root / "run/primum");
    ASSERT_TRUE(off.set("why\n").has_value());
    struct stat info{};
    ASSERT_EQ(stat((root / "run/primum").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0022U, 0U) << "nobody else may write there";
}

TEST_F(OffSwitchTest, OnlyAMissingFileMeansEnabled) {
    write_file("run/x");
    EXPECT_TRUE(OffSwitch::is_set(root / "run/x/disabled")) << "ENOTDIR rules nothing out";
    std::filesystem::create_symlink("/nowhere/at/all", root / "run/primum/disabled");
    EXPECT_TRUE(OffSwitch::is_set(off.run_file())) << "a dangling link is there";
}

TEST_F(OffSwitchTest, FollowsNoLink) {
    write_file("precious", "text");
    std::filesystem::create_symlink(root / "precious", root / "run/primum/disabled");
    const auto set = off.set("why\n");
    ASSERT_FALSE(set.has_value());
    EXPECT_THAT(set.error(), HasSubstr("cannot write"));
    EXPECT_EQ(std::filesystem::file_size(root / "precious"), 4U);
    EXPECT_TRUE(OffSwitch::is_set(off.run_file())) << "and the switch is on all the same";
}

}  // namespace
}  // namespace primum::ctl

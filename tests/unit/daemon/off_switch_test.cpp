// SPDX-License-Identifier: MIT
#include "daemon/off_switch.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class OffSwitchTest : public testing::Test {
protected:
    [[nodiscard]] OffSwitchPlaces places() const { return {{dir_.at("run"), dir_.at("etc")}}; }
    // Turns the loop until the watch told of something, or a second is over.
    bool told() {
        for (int i = 0; i < 20 && changes_ == 0; ++i) {
            loop_.run_once(std::chrono::milliseconds{50});
        }
        return std::exchange(changes_, 0) > 0;
    }
    bool silent() {
        loop_.run_once(Duration{0});
        return changes_ == 0;
    }

    test::TempDir dir_;
    systemd::EventLoop loop_;
    int changes_ = 0;
};

TEST_F(OffSwitchTest, AbsentDirectoriesAndFilesMeanEnabled) {
    EXPECT_EQ(read_off_switch(places()), OffSwitchState{});
    fs::create_directory(dir_.at("run"));
    fs::create_directory(dir_.at("etc"));
    EXPECT_EQ(read_off_switch(places()), OffSwitchState{});
}

TEST_F(OffSwitchTest, EitherFileDisables) {
    fs::create_directory(dir_.at("etc"));
    dir_.write("etc/disabled", "");
    EXPECT_EQ(read_off_switch(places()),
              (OffSwitchState{true, dir_.at("etc/disabled") + " exists"}));
}

TEST_F(OffSwitchTest, ADanglingLinkDisables) {
    fs::create_directory(dir_.at("run"));
    fs::create_symlink("/nowhere/at/all", dir_.at("run/disabled"));
    EXPECT_TRUE(read_off_switch(places()).disabled);
}

TEST_F(OffSwitchTest, AnythingButAbsentDisables) {
    dir_.write("run", "a file where a directory should be");
    const auto state = read_off_switch(places());
    EXPECT_TRUE(state.disabled);
    EXPECT_THAT(state.detail, HasSubstr("cannot be ruled out: Not a directory"));
}

TEST_F(OffSwitchTest, TheWatchTellsOfFilesThatComeAndGo) {
    fs::create_directory(dir_.at("run"));
    const OffSwitchWatch watch{loop_, places(), [this] { ++changes_; }};
    ASSERT_TRUE(watch.watching());
    dir_.write("run/disabled", "");
    EXPECT_TRUE(told());
    fs::remove(dir_.at("run/disabled"));
    EXPECT_TRUE(told());
}

TEST_F(OffSwitchTest, TheWatchSeesADirectoryThatComesLater) {
    const OffSwitchWatch watch{loop_, places(), [this] { ++changes_; }};
    fs::create_directory(dir_.at("etc"));
    EXPECT_TRUE(told());
    dir_.write("etc/disabled", "");
    EXPECT_TRUE(told());
    EXPECT_TRUE(read_off_switch(places()).disabled);
}

TEST_F(OffSwitchTest, TheWatchSurvivesADirectoryThatIsReplaced) {
    fs::create_directory(dir_.at("run"));
    const OffSwitchWatch watch{loop_, places(), [this] { ++changes_; }};
    fs::remove(dir_.at("run"));
    EXPECT_TRUE(told());
    fs::create_directory(dir_.at("run"));
    EXPECT_TRUE(told());
    while (!silent()) {
        changes_ = 0;
    }
    dir_.write("run/disabled", "");
    EXPECT_TRUE(told());
}

TEST_F(OffSwitchTest, OtherFilesDoNotWakeAnybody) {
    fs::create_directory(dir_.at("run"));
    const OffSwitchWatch watch{loop_, places(), [this] { ++changes_; }};
    dir_.write("run/push.sock", "");
    loop_.run_once(std::chrono::milliseconds{20});
    EXPECT_EQ(changes_, 0);
}

}  // namespace
}  // namespace primum::daemon

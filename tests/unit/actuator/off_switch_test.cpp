// SPDX-License-Identifier: MIT
#include "actuator/off_switch.hpp"

#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace primum::actuator {
namespace {

namespace fs = std::filesystem;

TEST(OffSwitchTest, EnabledOnlyWhenEveryFileIsAbsent) {
    const TemporaryDirectory directory;
    const std::vector<std::string> files{directory.path("run"), directory.path("etc")};
    EXPECT_FALSE(read_off_switch(files).disabled);
    for (const auto& file : files) {
        std::ofstream(file).close();
        const auto off = read_off_switch(files);
        EXPECT_TRUE(off.disabled);
        EXPECT_NE(off.detail.find(file), std::string::npos);
        fs::remove(file);
    }
    EXPECT_FALSE(read_off_switch(files).disabled);
}

TEST(OffSwitchTest, WhateverElseTheSystemSaysIsOff) {
    const TemporaryDirectory directory;
    std::ofstream(directory.path("file")).close();
    EXPECT_TRUE(read_off_switch({directory.path("file/disabled")}).disabled);  // ENOTDIR
    EXPECT_TRUE(read_off_switch({"/" + std::string(5'000, 'x')}).disabled);    // ENAMETOOLONG
    fs::create_symlink("loop", directory.path("loop"));
    EXPECT_TRUE(read_off_switch({directory.path("loop/disabled")}).disabled);  // ELOOP
}

TEST(OffSwitchTest, ADirectoryOrADanglingLinkIsOffToo) {
    const TemporaryDirectory directory;
    fs::create_directory(directory.path("disabled"));
    EXPECT_TRUE(read_off_switch({directory.path("disabled")}).disabled);
    fs::create_symlink("nowhere", directory.path("link"));
    EXPECT_TRUE(read_off_switch({directory.path("link")}).disabled);
}

TEST(OffSwitchTest, NoFilesToLookAtIsOff) {
    EXPECT_TRUE(read_off_switch({}).disabled);
}

TEST(OffSwitchTest, TheFilesAreThoseOfTheHost) {
    EXPECT_EQ(default_off_switch(),
              (std::vector<std::string>{"/run/primum/disabled", "/etc/primum/disabled"}));
}

}  // namespace
}  // namespace primum::actuator

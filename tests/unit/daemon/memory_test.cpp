// SPDX-License-Identifier: MIT
#include "daemon/memory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace primum::daemon {
namespace {

// Kilobytes of this process in memory whose file is mapped.
long mapped_file_kb() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssFile:")) {
            return std::stol(line.substr(8));
        }
    }
    return -1;
}

TEST(MemoryTest, GivesBackCodeThatWasReadOnce) {
    const auto before = mapped_file_kb();
    ASSERT_GT(before, 0);
    give_back_memory();
    EXPECT_LT(mapped_file_kb(), before);
}

TEST(MemoryTest, WhatIsKeptIsUntouched) {
    const std::vector<std::string> kept(1'000, std::string(100, 'x'));
    give_back_memory();
    give_back_memory();
    EXPECT_EQ(kept, std::vector<std::string>(1'000, std::string(100, 'x')));
}

}  // namespace
}  // namespace primum::daemon

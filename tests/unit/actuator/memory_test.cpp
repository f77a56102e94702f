// SPDX-License-Identifier: MIT
#include "actuator/memory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace primum::actuator {
namespace {

// Resident pages that belong to files.
long file_pages() {
    std::ifstream in("/proc/self/statm");
    long size = 0;
    long resident = 0;
    long shared = 0;
    in >> size >> resident >> shared;
    return shared;
}

const std::string& a_constant() {
    static const std::string text = "still here";
    return text;
}

TEST(MemoryTest, LetsGoOfFilePagesAndLosesNothing) {
    EXPECT_EQ(a_constant(), "still here");
    const long before = file_pages();
    give_back_memory();
    EXPECT_LT(file_pages(), before);
    EXPECT_EQ(a_constant(), "still here");
    give_back_memory();
    EXPECT_EQ(std::to_string(12.5), "12.500000");
}

}  // namespace
}  // namespace primum::actuator

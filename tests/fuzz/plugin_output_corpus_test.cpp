// SPDX-License-Identifier: MIT
#include "plugin_output.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace primum::fuzz {
namespace {

// As they are, cut short at each byte, and with each byte turned over.
TEST(PluginOutputCorpusTest, IsReadOrRefusedWithinBounds) {
    std::size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(PRIMUM_FUZZ_CORPUS "/plugin_output")) {
        SCOPED_TRACE(entry.path().filename());
        std::ifstream in(entry.path(), std::ios::binary);
        const std::vector<char> read{std::istreambuf_iterator<char>(in),
                                     std::istreambuf_iterator<char>()};
        std::vector<std::uint8_t> bytes(read.begin(), read.end());
        take_plugin_output(bytes);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            take_plugin_output(std::span{bytes}.first(i));
            bytes[i] = static_cast<std::uint8_t>(~bytes[i]);
            take_plugin_output(bytes);
            bytes[i] = static_cast<std::uint8_t>(~bytes[i]);
        }
        ++files;
    }
    EXPECT_GE(files, 10U);
}

}  // namespace
}  // namespace primum::fuzz

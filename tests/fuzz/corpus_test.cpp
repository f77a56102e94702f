// SPDX-License-Identifier: MIT
#include "frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace primum::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> corpus() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(PRIMUM_FUZZ_CORPUS "/frames")) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// What was found once is taken in every run.
TEST(CorpusTest, FramesNeitherCrashNorAct) {
    const auto files = corpus();
    ASSERT_GE(files.size(), 20U);
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        take_frames(bytes_of(file));
    }
}

// Each of them cut short at each byte, and with each byte turned over.
TEST(CorpusTest, NorDoTheyWhenTheyAreCutOrBroken) {
    for (const auto& file : corpus()) {
        const auto bytes = bytes_of(file);
        const std::size_t most = std::min<std::size_t>(bytes.size(), 256);
        for (std::size_t i = 0; i < most; ++i) {
            take_frames(std::span{bytes}.first(i));
            auto broken = bytes;
            broken[i] = static_cast<std::uint8_t>(~broken[i]);
            take_frames(broken);
        }
    }
}

}  // namespace
}  // namespace primum::fuzz

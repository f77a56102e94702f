// SPDX-License-Identifier: MIT
#include "scenario/scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace primum::scenario {
namespace {

const std::filesystem::path& folder() {
    static const std::filesystem::path path{PRIMUM_SCENARIOS};
    return path;
}

std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator{folder()}) {
        if (entry.path().extension() == ".toml") {
            found.push_back(entry.path().stem().string());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<std::string> read_lines(const std::filesystem::path& file) {
    std::vector<std::string> lines;
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

class ScenarioTest : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, DecidesAsExpected) {
    const auto file = folder() / (GetParam() + ".toml");
    const auto golden = folder() / (GetParam() + ".expected");
    const std::vector<std::string> got = play(file);
    const char* rewrite = std::getenv("PRIMUM_REWRITE_GOLDENS");  // NOLINT(concurrency-mt-unsafe)
    if (rewrite != nullptr && std::string{rewrite} == "1") {
        std::ofstream out{golden};
        for (const std::string& line : got) {
            out << line << '\n';
        }
        return;
    }
    ASSERT_TRUE(std::filesystem::exists(golden)) << "no golden yet: " << golden;
    const std::string parting = difference(read_lines(golden), got);
    EXPECT_TRUE(parting.empty())
        << "\n"
        << parting << "\nIf the new decisions are the right ones, rewrite the golden with\n"
        << "  PRIMUM_REWRITE_GOLDENS=1 test_scenario --gtest_filter='*/" << GetParam()
        << "'\nand review the difference.";
}

TEST_P(ScenarioTest, DecidesTheSameTwice) {
    EXPECT_EQ(difference(play(folder() / (GetParam() + ".toml")),
                         play(folder() / (GetParam() + ".toml"))),
              "");
}

INSTANTIATE_TEST_SUITE_P(Scenario, ScenarioTest, testing::ValuesIn(names()), [](const auto& each) {
    return each.param;
});

TEST(DifferenceTest, ShowsWhereTwoTextsPart) {
    EXPECT_EQ(difference({"a", "b", "c"}, {"a", "x", "c"}), "  a\n- b\n+ x\n  c\n");
    EXPECT_EQ(difference({"a"}, {"a", "b"}), "  a\n+ b\n");
    EXPECT_EQ(difference({"a"}, {"a"}), "");
}

}  // namespace
}  // namespace primum::scenario

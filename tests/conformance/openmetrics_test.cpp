// SPDX-License-Identifier: MIT
#include "source/openmetrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace primum::source {
namespace {

namespace fs = std::filesystem;

// The parser cases of the OpenMetrics project: in each folder the page `metrics`, and `test.json`
// that says whether it should parse. PRIMUM_DATA in the environment names another place.
fs::path data() {
    const char* const given = std::getenv("PRIMUM_DATA");
    return fs::path{given != nullptr ? given : PRIMUM_DATA} / "openmetrics";
}

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> cases() {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(data(), none)) {
        if (fs::exists(entry.path() / "test.json")) {
            names.push_back(entry.path().filename());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

class WantsAll final : public SeriesMatcher {
public:
    [[nodiscard]] bool matches(const SeriesName& /*series*/) const override { return true; }
};

// What the reader says of a page, at first and when the page is a known one; empty: it is taken.
std::string verdict(const std::string& page, bool wanted) {
    Interner interner{"conformance", 10'000};
    if (wanted) {
        interner.want({std::make_shared<WantsAll>()});
    }
    OpenMetricsReader reader;
    std::vector<SampleValue> values;
    std::string said;
    for (const int time : {1, 2}) {
        const auto read = reader.read(page, interner, values, {});
        const auto says = read ? std::string{} : format_error(read.error());
        EXPECT_TRUE(time == 1 || says == said) << says << " instead of " << said;
        EXPECT_TRUE(read || values.empty());
        said = says;
    }
    return said;
}

class OpenMetricsConformanceTest : public testing::TestWithParam<std::string> {};

TEST_P(OpenMetricsConformanceTest, IsTakenOrRefusedAsItShouldBe) {
    const auto folder = data() / GetParam();
    const auto expected = text_of(folder / "test.json");
    const bool should_parse = expected.find("\"shouldParse\": true") != std::string::npos;
    ASSERT_NE(should_parse, expected.find("\"shouldParse\": false") != std::string::npos);
    const auto page = text_of(folder / "metrics");
    for (const bool wanted : {true, false}) {
        const auto said = verdict(page, wanted);
        EXPECT_EQ(said.empty(), should_parse) << said << "\n" << page;
    }
}

// No page that is cut at a line's end may pass for a whole one.
TEST_P(OpenMetricsConformanceTest, IsRefusedWhenItIsCut) {
    const auto page = text_of(data() / GetParam() / "metrics");
    for (std::size_t end = 0; end + 6 < page.size(); ++end) {
        EXPECT_NE(verdict(page.substr(0, end), true), "") << page.substr(0, end);
    }
}

std::string title(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Data, OpenMetricsConformanceTest, testing::ValuesIn(cases()), title);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OpenMetricsConformanceTest);

TEST(OpenMetricsDataTest, IsThere) {
    if (cases().empty()) {
        GTEST_SKIP() << "no parser cases in " << data() << ": nothing is compared";
    }
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "rules/series_name.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

TEST(SeriesNameTest, ReadsAndSortsLabels) {
    const auto series = parse_series_name(R"(http_requests_total{method="get",code="500"})");
    ASSERT_TRUE(series);
    EXPECT_EQ(*series, (SeriesName{"http_requests_total", {{"code", "500"}, {"method", "get"}}}));
    EXPECT_EQ(format_series_name(*series), R"(http_requests_total{code="500",method="get"})");
}

TEST(SeriesNameTest, ReadsTheOddButAllowed) {
    EXPECT_EQ(*parse_series_name("up"), (SeriesName{"up", {}}));
    EXPECT_EQ(*parse_series_name("up{}"), (SeriesName{"up", {}}));
    EXPECT_EQ(*parse_series_name("a:b_c9"), (SeriesName{"a:b_c9", {}}));
    EXPECT_EQ(*parse_series_name("up { a = \"1\" , b=\"\", } "),
              (SeriesName{"up", {{"a", "1"}, {"b", ""}}}));
    EXPECT_EQ(*parse_series_name("up{a=\"}{,=\"}"), (SeriesName{"up", {{"a", "}{,="}}}));
}

TEST(SeriesNameTest, EscapesBothWays) {
    const auto series = parse_series_name(R"(x{p="C:\\dir \"q\"\n"})");
    ASSERT_TRUE(series);
    EXPECT_EQ(series->labels.at(0).value, "C:\\dir \"q\"\n");
    EXPECT_EQ(format_series_name(*series), R"(x{p="C:\\dir \"q\"\n"})");
}

TEST(SeriesNameTest, Refuses) {
    for (const char* text : {"",
                             "1x",
                             "x{",
                             "x}",
                             "x{a}",
                             "x{a=}",
                             "x{a=b}",
                             "x{a=\"b}",
                             "x{a=\"b\"",
                             "x{a=\"b\" c=\"d\"}",
                             "x{1a=\"b\"}",
                             "x{a:b=\"c\"}",
                             "x{a=\"\\x\"}",
                             "x{a=\"\\",
                             "x{a=\"1\",a=\"2\"}",
                             "x y",
                             "x{a=\"1\"}2",
                             "x{,}",
                             "x{a=\"\n\"}"}) {
        EXPECT_FALSE(parse_series_name(text)) << text;
    }
    EXPECT_FALSE(parse_series_name(std::string(max_series_bytes + 1, 'x')));
}

TEST(SeriesNameTest, BoundsTheNumberOfLabels) {
    std::string text = "x{";
    for (std::size_t i = 0; i <= max_labels; ++i) {
        text += "l" + std::to_string(i) + "=\"1\",";
    }
    EXPECT_FALSE(parse_series_name(text + "}"));
}

TEST(SeriesNameTest, SaysWhereItStopped) {
    EXPECT_EQ(parse_series_name("x{a=1}").error().message,
              "no series name: '\"' is expected at offset 4 of \"x{a=1}\"");
}

}  // namespace
}  // namespace primum::rules

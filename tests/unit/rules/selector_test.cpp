// SPDX-License-Identifier: MIT
#include "rules/selector.hpp"

#include "rules/series_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::rules {
namespace {

bool matches(std::string_view selector, std::string_view series) {
    const auto matcher = parse_selector(selector);
    const auto name = parse_series_name(series);
    EXPECT_TRUE(matcher) << selector << ": " << (matcher ? "" : matcher.error().message);
    EXPECT_TRUE(name) << series;
    return matcher && name && (*matcher)->matches(*name);
}

TEST(SelectorTest, MatchesTheName) {
    EXPECT_TRUE(matches("up", "up{job=\"x\"}"));
    EXPECT_TRUE(matches("up{}", "up"));
    EXPECT_FALSE(matches("up", "upper"));
    EXPECT_TRUE(matches("{__name__=~\"up.*\"}", "upper"));
    EXPECT_FALSE(matches("{__name__=\"up\"}", "upper"));
}

TEST(SelectorTest, ComparesLabels) {
    EXPECT_TRUE(matches(R"(x{a="1"})", R"(x{a="1",b="2"})"));
    EXPECT_FALSE(matches(R"(x{a="1"})", R"(x{a="2"})"));
    EXPECT_FALSE(matches(R"(x{a="1"})", "x"));
    EXPECT_TRUE(matches(R"(x{a!="1"})", "x"));
    EXPECT_TRUE(matches(R"(x{a=""})", "x"));
    EXPECT_FALSE(matches(R"(x{a!=""})", "x"));
    EXPECT_TRUE(matches(R"(x{a="1",b!="3",})", R"(x{a="1",b="2"})"));
}

TEST(SelectorTest, AnchorsRegularExpressions) {
    EXPECT_TRUE(matches(R"(x{code=~"5.."})", R"(x{code="500"})"));
    EXPECT_FALSE(matches(R"(x{code=~"5.."})", R"(x{code="5000"})"));
    EXPECT_FALSE(matches(R"(x{code=~"5"})", R"(x{code="500"})"));
    EXPECT_TRUE(matches(R"(x{code!~"5.."})", R"(x{code="200"})"));
    EXPECT_FALSE(matches(R"(x{code!~"5..|4.."})", R"(x{code="404"})"));
    EXPECT_TRUE(matches(R"(x{path=~"/a\\.b"})", R"(x{path="/a.b"})"));
    EXPECT_FALSE(matches("x{path=~`/a\\.b`}", R"(x{path="/acb"})"));
    EXPECT_TRUE(matches(R"(x{a=~".*"})", "x"));
}

TEST(SelectorTest, TakesSingleQuotesAndEscapes) {
    EXPECT_TRUE(matches("x{a='it\\'s'}", R"(x{a="it's"})"));
    EXPECT_TRUE(matches(R"(x{a="q\"\n"})", R"(x{a="q\"\n"})"));
}

TEST(SelectorTest, RefusesWhatCouldMeanEverything) {
    for (const char* text : {"{}", "{a=\"\"}", "{a=~\".*\"}", "{a!=\"1\"}", "{a!~\"x\"}"}) {
        const auto matcher = parse_selector(text);
        ASSERT_FALSE(matcher) << text;
        EXPECT_NE(matcher.error().message.find("every series"), std::string::npos) << text;
    }
}

TEST(SelectorTest, RefusesBadSyntax) {
    for (const char* text : {"",
                             "x{",
                             "x{a",
                             "x{a=",
                             "x{a=\"",
                             "x{a==\"1\"}",
                             "x{a!\"1\"}",
                             "x{a=~\"(\"}",
                             "x y",
                             "x[5m]",
                             "x{a=1}",
                             "x{__name__=\"x\"}",
                             "x{a=\"\\q\"}",
                             "x{a=\"1\" b=\"2\"}",
                             "rate(x)"}) {
        EXPECT_FALSE(parse_selector(text)) << text;
    }
    EXPECT_FALSE(parse_selector("x{a=~\"" + std::string(5000, 'a') + "\"}"));
    EXPECT_FALSE(parse_selector("x{a=~\"((a{1000}){1000}){1000}\"}"));
}

}  // namespace
}  // namespace primum::rules

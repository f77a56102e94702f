// SPDX-License-Identifier: MIT
#include "event/event_json.hpp"

#include <gtest/gtest.h>

namespace primum::event {
namespace {

TEST(SeriesNameTest, TakesANameApart) {
    EXPECT_EQ(parse_series_name("up"), (SeriesName{"up", {}}));
    EXPECT_EQ(parse_series_name("a:b_1{}"), (SeriesName{"a:b_1", {}}));
    EXPECT_EQ(parse_series_name(R"(x{b="2",a="1",})"), (SeriesName{"x", {{"a", "1"}, {"b", "2"}}}));
}

TEST(SeriesNameTest, UnescapesValues) {
    EXPECT_EQ(parse_series_name(R"(x{a="\"\\\n}"})"), (SeriesName{"x", {{"a", "\"\\\n}"}}}));
}

TEST(SeriesNameTest, RefusesWhatIsNotAName) {
    for (const char* text : {"",
                             "1x",
                             "x y",
                             "x{",
                             "x{a}",
                             "x{a=1}",
                             "x{a=\"1\"",
                             "x{a=\"1}",
                             "x{a=\"\\x\"}",
                             "x{a=\"1\"}z",
                             "x{a:b=\"1\"}",
                             "x{,}",
                             "x{a=\"1\"b=\"2\"}",
                             "x{a=\"1\",a=\"2\"}"}) {
        EXPECT_FALSE(parse_series_name(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace primum::event

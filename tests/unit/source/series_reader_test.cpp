// SPDX-License-Identifier: MIT
#include "source/series_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::source {
namespace {

constexpr std::size_t max_labels = 3;

TEST(SeriesReaderTest, SortsLabelsByName) {
    EXPECT_EQ(read_series("a:b{z=\"1\",y=\"2\"}", max_labels).value(),
              (SeriesName{"a:b", {{"y", "2"}, {"z", "1"}}}));
    EXPECT_EQ(read_series("up", max_labels).value(), (SeriesName{"up", {}}));
    EXPECT_EQ(read_series("up{}", max_labels).value(), (SeriesName{"up", {}}));
}

TEST(SeriesReaderTest, SaysWhereItStopped) {
    const std::string text = "up 1";
    const auto refused = read_series(text, max_labels);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().at - text.data(), 3);
    EXPECT_FALSE(read_series("", max_labels));
}

TEST(SeriesReaderTest, CountsLabels) {
    EXPECT_TRUE(read_series("x{a=\"\",b=\"\",c=\"\",}", max_labels));
    const auto refused = read_series("x{a=\"\",b=\"\",c=\"\",d=\"\"}", max_labels);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "more than 3 labels");
}

TEST(SeriesReaderTest, TakesTextAndOnlyText) {
    EXPECT_EQ(read_series("x{a=\"\xe2\x82\xac\xf0\x9f\x98\x80\"}", max_labels)->labels[0].value,
              "\xe2\x82\xac\xf0\x9f\x98\x80");
    // Overlong, a surrogate, beyond Unicode, cut short, no lead byte.
    for (const auto* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
        EXPECT_FALSE(read_series("x{a=\"" + std::string{bad} + "\"}", max_labels)) << bad;
    }
    EXPECT_FALSE(read_series(std::string("x{a=\"\0\"}", 8), max_labels)) << "NUL";
}

}  // namespace
}  // namespace primum::source

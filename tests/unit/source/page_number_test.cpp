// SPDX-License-Identifier: MIT
#include "source/page_number.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <random>
#include <string>

namespace primum::source {
namespace {

TEST(PageNumberTest, EndsWhereTheNumberDoes) {
    const std::string text = "-12.5e1 7";
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto* rest = read_number(text.data(), end, value);
    EXPECT_EQ(rest, text.data() + 7);
    EXPECT_EQ(value, -125);
    EXPECT_EQ(read_number(text.data() + 7, end, value), nullptr);
    EXPECT_EQ(read_number(end, end, value), nullptr);
}

TEST(PageNumberTest, TakesWordsInAnyCase) {
    EXPECT_TRUE(std::isnan(number_of("nAn").value_or(0)));
    EXPECT_FALSE(std::signbit(number_of("-NaN").value_or(-1)));
    EXPECT_EQ(number_of("-INFINITY"), -INFINITY);
    EXPECT_FALSE(number_of("infin"));
    EXPECT_FALSE(number_of("infinityinfinity"));
}

// The nearest double, whichever way it was read.
TEST(PageNumberTest, AgreesWithTheLibraryOnRandomNumbers) {
    std::mt19937_64 random{5};
    for (int i = 0; i < 200'000; ++i) {
        std::string text;
        for (std::uint64_t d = 0; d <= random() % 20; ++d) {
            text += static_cast<char>('0' + random() % 10);
        }
        if (random() % 2 == 0) {
            text.insert(random() % (text.size() + 1), ".");
        }
        if (random() % 3 == 0) {
            text += "e" + std::to_string(static_cast<int>(random() % 60) - 30);
        }
        if (text.front() == '.' && (text.size() == 1 || text[1] == 'e')) {
            continue;
        }
        double expected = 0;
        const auto [rest, error] =
            std::from_chars(text.data(), text.data() + text.size(), expected);
        ASSERT_EQ(error, std::errc{}) << text;
        const auto read = number_of(text);
        ASSERT_TRUE(read) << text;
        ASSERT_EQ(std::memcmp(&*read, &expected, sizeof expected), 0) << text;
    }
}

}  // namespace
}  // namespace primum::source

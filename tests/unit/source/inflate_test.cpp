// SPDX-License-Identifier: MIT
#include "source/inflate.hpp"

#include "gzip.hpp"

#include <gtest/gtest.h>

namespace primum::source {
namespace {

using Fed = Inflater::Fed;

constexpr std::size_t plenty = 1'000'000;

std::string a_page() {
    std::string text;
    for (int i = 0; i < 5'000; ++i) {
        text += "http_requests_total{code=\"" + std::to_string(i) + "\"} 1\n";
    }
    return text;
}

TEST(InflateTest, UnpacksWhatComesAtOnceOrByteByByte) {
    const auto packed = gzip(a_page());
    for (const std::size_t step : {packed.size(), std::size_t{1}, std::size_t{7}}) {
        Inflater inflater;
        std::string out;
        for (std::size_t at = 0; at < packed.size(); at += step) {
            EXPECT_FALSE(inflater.whole());
            const auto piece = std::string_view{packed}.substr(at, step);
            ASSERT_EQ(inflater.feed(piece, out, plenty), Fed::well);
        }
        EXPECT_TRUE(inflater.whole());
        EXPECT_EQ(out, a_page());
    }
}

TEST(InflateTest, UnpacksSeveralMembersAndMayBeginAnew) {
    Inflater inflater;
    for (int i = 0; i < 2; ++i) {
        std::string out;
        inflater.begin();
        ASSERT_EQ(inflater.feed(gzip("one ") + gzip("") + gzip("two"), out, plenty), Fed::well);
        EXPECT_TRUE(inflater.whole());
        EXPECT_EQ(out, "one two");
    }
}

TEST(InflateTest, AFewBytesNeverTakeMoreThanTheLimit) {
    const auto bomb = gzip(std::string(50'000'000, '\0'));
    ASSERT_LT(bomb.size(), 60'000U);
    Inflater inflater;
    std::string out;
    EXPECT_EQ(inflater.feed(bomb, out, plenty), Fed::too_large);
    EXPECT_EQ(out.size(), plenty);
    EXPECT_LE(out.capacity(), 2 * plenty + 70'000);
}

TEST(InflateTest, TheLimitIsExact) {
    for (const std::size_t size : {std::size_t{1'000}, std::size_t{65'536}, std::size_t{65'537}}) {
        Inflater inflater;
        std::string out;
        EXPECT_EQ(inflater.feed(gzip(std::string(size, 'x')), out, size), Fed::well) << size;
        EXPECT_TRUE(inflater.whole());
        inflater.begin();
        out.clear();
        EXPECT_EQ(inflater.feed(gzip(std::string(size, 'x')), out, size - 1), Fed::too_large);
    }
}

TEST(InflateTest, SeesEveryCutAndEveryBrokenByteOfTheData) {
    const auto packed = gzip("http_requests_total 12\n");
    for (std::size_t size = 0; size < packed.size(); ++size) {
        Inflater inflater;
        std::string out;
        const auto fed = inflater.feed(std::string_view{packed}.substr(0, size), out, plenty);
        EXPECT_TRUE(fed != Fed::well || !inflater.whole()) << size;
    }
    constexpr std::size_t header = 10;  // with a time and a system in it that nobody checks
    for (std::size_t i = header; i < packed.size(); ++i) {
        auto broken = packed;
        broken[i] = static_cast<char>(~broken[i]);
        Inflater inflater;
        std::string out;
        const auto fed = inflater.feed(broken, out, plenty);
        EXPECT_TRUE(fed != Fed::well || !inflater.whole()) << i;
    }
}

TEST(InflateTest, RefusesWhatIsNoGzip) {
    Inflater inflater;
    std::string out;
    EXPECT_EQ(inflater.feed("up 1\n", out, plenty), Fed::broken);
    inflater.begin();
    EXPECT_EQ(inflater.feed(gzip("up 1\n") + "rest", out, plenty), Fed::broken);
}

}  // namespace
}  // namespace primum::source

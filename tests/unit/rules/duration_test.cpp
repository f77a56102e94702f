// SPDX-License-Identifier: MIT
#include "rules/duration.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationTest, ReadsEveryUnit) {
    const std::pair<const char*, Duration> cases[] = {
        {"0s", Duration{0}},
        {"7us", microseconds{7}},
        {"250ms", milliseconds{250}},
        {"30s", seconds{30}},
        {"2m", minutes{2}},
        {"1h", hours{1}},
        {"14d", hours{24 * 14}},
        {"2w", hours{24 * 14}},
        {"1h30m", minutes{90}},
        {"1d2h3m4s5ms6us", hours{26} + minutes{3} + seconds{4} + milliseconds{5} + microseconds{6}},
        {"1.5s", milliseconds{1500}},
        {"0.000001s", microseconds{1}},
        {"0.5us0", Duration{-1}},
        {"1.10h", minutes{66}},
    };
    for (const auto& [text, expected] : cases) {
        const auto read = parse_duration(text);
        if (expected < Duration{0}) {
            EXPECT_FALSE(read) << text;
            continue;
        }
        ASSERT_TRUE(read) << text << ": " << read.error().message;
        EXPECT_EQ(*read, expected) << text;
    }
}

TEST(DurationTest, RefusesWhatIsNotExactOrHasNoUnit) {
    for (const char* text : {"",           "30",
                             "s",          "-5s",
                             "+5s",        " 5s",
                             "5 s",        "5s ",
                             "5x",         "1.s",
                             ".5s",        "0.5us",
                             "5S",         "1m1h",
                             "1s1s",       "1h30",
                             "1e3s",       "inf",
                             "nan",        "0x1s",
                             "36526d",     "999999999999999999999s",
                             "0.0000001s", "0.33333333333333h"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(DurationTest, SaysWhatIsWrong) {
    EXPECT_EQ(parse_duration("30").error().message,
              "\"30\" is no duration: a unit is missing (us, ms, s, m, h, d, w); write it like "
              "\"250ms\", \"30s\" or \"1h30m\"");
    EXPECT_EQ(parse_duration("30sec").error().message,
              "\"30sec\" is no duration: unit \"sec\" is unknown (us, ms, s, m, h, d, w); write it "
              "like \"250ms\", \"30s\" or \"1h30m\"");
}

TEST(DurationTest, FormatsShortAndReadsItsOwnFormat) {
    EXPECT_EQ(format_duration(minutes{90}), "1h30m");
    EXPECT_EQ(format_duration(hours{24 * 14}), "14d");
    EXPECT_EQ(format_duration(milliseconds{250}), "250ms");
    EXPECT_EQ(format_duration(Duration{0}), "0s");
    EXPECT_EQ(format_duration(-seconds{5}), "-5s");
    EXPECT_EQ(format_duration(Duration::min()).front(), '-');
    for (const std::int64_t us :
         {1LL, 999LL, 1'000'001LL, 86'399'999'999LL, 3'155'760'000'000'000LL}) {
        const auto read = parse_duration(format_duration(Duration{us}));
        ASSERT_TRUE(read) << us;
        EXPECT_EQ(read->count(), us);
    }
}

TEST(SizeTest, ReadsAndFormats) {
    EXPECT_EQ(*parse_size("256MiB"), 256ULL << 20U);
    EXPECT_EQ(*parse_size("512B"), 512U);
    EXPECT_EQ(*parse_size("1kB"), 1000U);
    EXPECT_EQ(*parse_size("2TB"), 2'000'000'000'000U);
    EXPECT_EQ(format_size(256ULL << 20U), "256MiB");
    EXPECT_EQ(format_size(1000), "1000B");
    EXPECT_EQ(format_size(0), "0B");
}

TEST(SizeTest, Refuses) {
    for (const char* text : {"",
                             "256",
                             "MiB",
                             "-1MiB",
                             "1.5GiB",
                             "1 MiB",
                             "1mb",
                             "99999999TiB",
                             "99999999999999999999B"}) {
        EXPECT_FALSE(parse_size(text)) << text;
    }
}

}  // namespace
}  // namespace primum::rules

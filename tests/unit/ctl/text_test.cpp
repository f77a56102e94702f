// SPDX-License-Identifier: MIT
#include "ctl/text.hpp"

#include "rendering.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::ctl {
namespace {

using namespace std::chrono_literals;

class TextTest : public testing::Rendering {};

constexpr WallTime now = wall_from_us(1'795'320'000'000'000);

TEST_F(TextTest, CountsColumnsNotBytes) {
    EXPECT_EQ(display_width("größe"), 5U);
    EXPECT_EQ(display_width("日本"), 4U);
    EXPECT_EQ(display_width("e\xCC\x81"), 1U) << "a combining accent";
    EXPECT_EQ(display_width("\xF0\x9F\x94\xA5"), 2U);
    EXPECT_EQ(display_width("a\xFF"), 2U);
    EXPECT_EQ(display_width(""), 0U);
}

TEST_F(TextTest, LetsNothingSteerTheTerminal) {
    EXPECT_EQ(printable("\x1b[2Jx\ny\x7f"), "?[2Jx?y?");
    EXPECT_EQ(printable("a\nb", true), "a\nb");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "?31m")
        << "CSI as one C1 character";
    EXPECT_EQ(printable("\xE2\x80\xAE"
                        "x"),
              "?x")
        << "right-to-left override";
    EXPECT_EQ(printable("größe \xFF"), "größe ?");
}

TEST_F(TextTest, PaintsOnlyWhenTold) {
    EXPECT_EQ(Painter{false}.paint("x", Colour::red), "x");
    EXPECT_EQ(Painter{true}.paint("x", Colour::red), "\x1b[31mx\x1b[0m");
    EXPECT_EQ(Painter{true}.paint("x", Colour::plain), "x");
    EXPECT_EQ(Painter{true}.paint("", Colour::red), "");
}

TEST_F(TextTest, ColoursTheVocabulary) {
    EXPECT_EQ(colour_of("critical"), Colour::red);
    EXPECT_EQ(colour_of("improved"), Colour::green);
    EXPECT_EQ(colour_of("gateway"), Colour::plain);
}

TEST_F(TextTest, GivesSpansInTheTwoLargestUnits) {
    EXPECT_EQ(human_span(0us), "0s");
    EXPECT_EQ(human_span(12us), "12us");
    EXPECT_EQ(human_span(850ms), "850ms");
    EXPECT_EQ(human_span(1s), "1s");
    EXPECT_EQ(human_span(1999ms), "1.9s");
    EXPECT_EQ(human_span(12s + 900ms), "12s");
    EXPECT_EQ(human_span(252s), "4m 12s");
    EXPECT_EQ(human_span(1h), "1h");
    EXPECT_EQ(human_span(1h + 59s), "1h");
    EXPECT_EQ(human_span(51h + 59min), "2d 3h");
    EXPECT_EQ(human_span(-252s), "4m 12s");
}

TEST_F(TextTest, GivesTimesLocalAndRelative) {
    EXPECT_EQ(local_time(now), "2026-11-22 04:00:00");
    EXPECT_EQ(relative(now + 252s, now), "in 4m 12s");
    EXPECT_EQ(relative(now - 252s, now), "4m 12s ago");
    EXPECT_EQ(relative(now - 999ms, now), "now");
    EXPECT_EQ(relative(now - 1500ms, now), "1s ago");
    EXPECT_EQ(when_text(now - 1h, now), "2026-11-22 03:00:00 (1h ago)");
    EXPECT_EQ(when_text(std::nullopt, now), "-");
}

TEST_F(TextTest, FollowsTheZoneOfTheReader) {
    setenv("TZ", "CET-1", 1);
    tzset();
    EXPECT_EQ(local_time(now), "2026-11-22 05:00:00");
}

}  // namespace
}  // namespace primum::ctl

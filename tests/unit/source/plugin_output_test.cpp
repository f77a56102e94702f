// SPDX-License-Identifier: MIT
#include "source/plugin_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace primum::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<PluginFigure> figures(std::string_view output) {
    const auto read = read_plugin_output(output);
    EXPECT_TRUE(read.has_value()) << read.error().offset << ": " << read.error().message;
    return read ? read->figures : std::vector<PluginFigure>{};
}

std::string mistake(std::string_view output) {
    const auto read = read_plugin_output(output);
    return read ? "" : std::to_string(read.error().offset) + ": " + read.error().message;
}

TEST(PluginOutputTest, ReadsTextAndNumbers) {
    const auto read = read_plugin_output(
        "OK - load average: 0.12, 0.34, 0.56|load1=0.120;4.000;8.000;0; load5=0.340;;;0\n");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->text, "OK - load average: 0.12, 0.34, 0.56");
    EXPECT_THAT(read->figures,
                ElementsAre(PluginFigure{"load1", "", 0.12}, PluginFigure{"load5", "", 0.34}));
}

TEST(PluginOutputTest, ReadsNumbersOfSeveralLines) {
    // The example of the guidelines.
    const auto read = read_plugin_output(
        "DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968\n"
        "/ 15272 MB (77%);\n"
        "/boot 68 MB (69%);\n"
        "/var/log 819 MB (84%); | /boot=68MB;88;93;0;98\n"
        "/home=69357MB;253404;253409;0;253414 \n"
        "/var/log=818MB;970;975;0;980\n");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->text, "DISK OK - free space: / 3326 MB (56%);");
    constexpr double mebi = 1024 * 1024;
    EXPECT_THAT(read->figures,
                ElementsAre(PluginFigure{"/", "bytes", 2643 * mebi},
                            PluginFigure{"/boot", "bytes", 68 * mebi},
                            PluginFigure{"/home", "bytes", 69357 * mebi},
                            PluginFigure{"/var/log", "bytes", 818 * mebi}));
}

TEST(PluginOutputTest, ABarInTheMiddleOfLongTextBeginsTheNumbers) {
    EXPECT_THAT(figures("OK\nlong text\n"), IsEmpty());
    EXPECT_THAT(figures("OK\nlong text | a=1\nb=2"),
                ElementsAre(PluginFigure{"a", "", 1}, PluginFigure{"b", "", 2}));
}

TEST(PluginOutputTest, GivesBaseUnits) {
    EXPECT_THAT(figures("|a=5s b=5ms c=5us d=50% e=3c f=2B g=2KB h=7rpm i=-1.5e3"),
                ElementsAre(PluginFigure{"a", "seconds", 5},
                            PluginFigure{"b", "seconds", 5 * 1e-3},
                            PluginFigure{"c", "seconds", 5 * 1e-6},
                            PluginFigure{"d", "ratio", 0.5},
                            PluginFigure{"e", "total", 3},
                            PluginFigure{"f", "bytes", 2},
                            PluginFigure{"g", "bytes", 2048},
                            PluginFigure{"h", "rpm", 7},
                            PluginFigure{"i", "", -1500}));
}

TEST(PluginOutputTest, LabelsInQuotesHoldAnything) {
    EXPECT_THAT(
        figures("|'a b=c'=1 'it''s'=2 ''''=3"),
        ElementsAre(
            PluginFigure{"a b=c", "", 1}, PluginFigure{"it's", "", 2}, PluginFigure{"'", "", 3}));
}

TEST(PluginOutputTest, AnUnknownNumberIsLeftOut) {
    EXPECT_THAT(figures("|a=U b=1"), ElementsAre(PluginFigure{"b", "", 1}));
    EXPECT_THAT(figures("|a=U;1:2;@10;~:5"), IsEmpty());
}

TEST(PluginOutputTest, NothingIsNoMistake) {
    EXPECT_THAT(figures(""), IsEmpty());
    EXPECT_THAT(figures("|"), IsEmpty());
    EXPECT_THAT(figures("OK |\n\n|\n"), IsEmpty());
}

TEST(PluginOutputTest, OneMistakeAndThereAreNoNumbers) {
    EXPECT_EQ(mistake("|a=1 b"), "6: a '=' is expected after the label");
    EXPECT_EQ(mistake("|a=1 =2"), "5: a label of 1 to 128 printable bytes is expected");
    EXPECT_EQ(mistake("|a=x"), "3: a number is expected");
    EXPECT_EQ(mistake("|a=nan"), "3: a number is expected");
    EXPECT_EQ(mistake("|a=1,5"), "6: what follows the number is no unit");
    EXPECT_EQ(mistake("|a=1;2;3;4;5;6"),
              "14: warn;crit;min;max are numbers or ranges, and four "
              "at most");
    EXPECT_EQ(mistake("|a=1 a=2"), "5: this label stands there twice");
    EXPECT_EQ(mistake("|'a=1"), "5: the quote of this label does not end");
    EXPECT_EQ(mistake("|a=1;rm"), "7: warn;crit;min;max are numbers or ranges, and four at most");
    EXPECT_EQ(mistake("| a | b=1"), "3: a '=' is expected after the label");
}

TEST(PluginOutputTest, EverythingIsBounded) {
    std::string many = "|";
    for (std::size_t i = 0; i < max_plugin_figures; ++i) {
        many += "n" + std::to_string(i) + "=1 ";
    }
    EXPECT_EQ(figures(many).size(), max_plugin_figures);
    EXPECT_THAT(mistake(many + "more=1"), HasSubstr("there are too many numbers"));
    EXPECT_EQ(figures("|" + std::string(max_plugin_label_bytes, 'a') + "=1").size(), 1U);
    EXPECT_THAT(mistake("|" + std::string(max_plugin_label_bytes + 1, 'a') + "=1"),
                HasSubstr("a label of 1 to 128"));
    EXPECT_EQ(plugin_text(std::string(9'999, 'x')).size(), max_plugin_text_bytes);
    EXPECT_EQ(plugin_text("a\x01\x7f\xc3\xa4\tb |x"), "a     b");
}

}  // namespace
}  // namespace primum::source

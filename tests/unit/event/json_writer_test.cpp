// SPDX-License-Identifier: MIT
#include "event/json_writer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <string>

namespace primum::event {
namespace {

std::string text(std::string_view in) {
    std::string out;
    append_string(out, in);
    return out;
}

std::string number(double in) {
    std::string out;
    append_double(out, in);
    return out;
}

TEST(JsonWriterTest, EscapesQuotesBackslashesAndControlCharacters) {
    EXPECT_EQ(text("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(text("\n\t\r"), R"("\n\t\r")");
    EXPECT_EQ(text(std::string_view{"\0\x01\x1f\x7f", 4}), R"("\u0000\u0001\u001f\u007f")");
}

TEST(JsonWriterTest, KeepsValidUtf8AsItIs) {
    EXPECT_EQ(text("é – 𝄞"), "\"é – 𝄞\"");
}

TEST(JsonWriterTest, ReplacesEachByteOfInvalidUtf8) {
    constexpr const char* mark = "\xEF\xBF\xBD";
    EXPECT_EQ(text("\xff"), std::string{"\""} + mark + "\"");
    EXPECT_EQ(text("a\xc3"), std::string{"\"a"} + mark + "\"");
    EXPECT_EQ(text("\xc0\xaf"), std::string{"\""} + mark + mark + "\"");
    EXPECT_EQ(text("\xed\xa0\x80"), std::string{"\""} + mark + mark + mark + "\"");
    EXPECT_EQ(text("\xe2\x82z"), std::string{"\""} + mark + mark + "z\"");
}

TEST(JsonWriterTest, WritesTheShortestNumberThatReadsBack) {
    EXPECT_EQ(number(0.1), "0.1");
    EXPECT_EQ(number(12), "12");
    EXPECT_EQ(number(1e300), "1e+300");
    EXPECT_EQ(number(-0.0), "-0.0");
    for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, 123456789.123}) {
        EXPECT_EQ(std::strtod(number(value).c_str(), nullptr), value);
    }
}

TEST(JsonWriterTest, WritesWhatJsonHasNoNumberForAsText) {
    EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
    EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "\"+Inf\"");
    EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "\"-Inf\"");
}

TEST(JsonWriterTest, PutsCommasWhereTheyBelong) {
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.key("a");
    json.begin_array();
    json.value(1);
    json.begin_object();
    json.end_object();
    json.null();
    json.end_array();
    json.key("b");
    json.value(true);
    json.key("c");
    json.raw("{}");
    json.key("d");
    json.value("x");
    json.end_object();
    EXPECT_EQ(out, R"({"a":[1,{},null],"b":true,"c":{},"d":"x"})");
}

}  // namespace
}  // namespace primum::event

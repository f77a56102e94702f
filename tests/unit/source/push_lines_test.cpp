// SPDX-License-Identifier: MIT
#include "source/push_lines.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace primum::source {
namespace {

using Type = PushedLine::Type;

std::string line_of(const std::string& members) {
    return R"({"v":1,)" + members + "}";
}

PushRefusal refusal(const std::string& line) {
    PushReader reader{{1'024, 16, 100}};
    const auto read = reader.read(line);
    EXPECT_FALSE(read.has_value()) << line;
    return read.has_value() ? PushRefusal::rate_limited : read.error().code;
}

TEST(PushLinesTest, ReadsASampleByNameOrByNumber) {
    PushReader reader;
    const auto named = reader.read(
        line_of(R"("type":"sample","source":"app","series":"jobs{q=\"a\"}","value":12.5)"));
    ASSERT_TRUE(named.has_value());
    EXPECT_EQ(named->type, Type::sample);
    EXPECT_EQ(named->source, "app");
    ASSERT_EQ(named->values.size(), 1U);
    EXPECT_EQ(named->values[0].name, R"(jobs{q="a"})");
    EXPECT_EQ(named->values[0].value, 12.5);
    const auto numbered =
        reader.read(line_of(R"("type":"sample","source":"app","series":7,"value":"NaN")"));
    ASSERT_TRUE(numbered.has_value());
    EXPECT_TRUE(numbered->values[0].name.empty());
    EXPECT_EQ(numbered->values[0].number, 7U);
    EXPECT_TRUE(std::isnan(numbered->values[0].value));
}

TEST(PushLinesTest, ReadsSeriesAndSamples) {
    PushReader reader;
    const auto series =
        reader.read(line_of(R"("type":"series","source":"app","series":7,"name":"jobs")"));
    ASSERT_TRUE(series.has_value());
    EXPECT_EQ(series->type, Type::series);
    EXPECT_EQ(series->number, 7U);
    EXPECT_EQ(series->name, "jobs");
    const auto samples = reader.read(
        line_of(R"("type":"samples","source":"app","values":[[7,1],["up",0],[8,"+Inf"]])"));
    ASSERT_TRUE(samples.has_value());
    EXPECT_EQ(samples->type, Type::samples);
    ASSERT_EQ(samples->values.size(), 3U);
    EXPECT_EQ(samples->values[0].number, 7U);
    EXPECT_EQ(samples->values[1].name, "up");
    EXPECT_TRUE(std::isinf(samples->values[2].value));
}

TEST(PushLinesTest, RefusesWhatIsNotAPushedLineWithItsReason) {
    const std::string sample = R"("type":"sample","source":"a","series":"x","value":1)";
    const std::vector<std::pair<std::string, PushRefusal>> cases{
        {line_of(sample) + std::string(1'100, ' '), PushRefusal::too_long},
        {line_of(R"("x":)" + std::string(20, '[') + std::string(20, ']')), PushRefusal::too_deep},
        {"", PushRefusal::bad_json},
        {"x 1", PushRefusal::bad_json},
        {"[]", PushRefusal::bad_json},
        {"{\"v\":1,\"type\":\"\xff\"}", PushRefusal::bad_json},
        {line_of(sample) + line_of(sample), PushRefusal::bad_json},
        {"{" + sample + "}", PushRefusal::missing_field},
        {R"({"v":2,)" + sample + "}", PushRefusal::bad_version},
        {line_of(R"("t_us":1,)" + sample), PushRefusal::carries_time},
        {line_of(R"("wall_us":1,)" + sample), PushRefusal::carries_time},
        {line_of(R"("type":"source","source":"a","ok":false)"), PushRefusal::bad_type},
        {line_of(R"("type":"operator","verb":"enable")"), PushRefusal::bad_type},
        {line_of(R"("type":"unit","unit":"a.service")"), PushRefusal::bad_type},
        {line_of(sample + R"(,"colour":1)"), PushRefusal::unknown_field},
        {line_of(sample + R"(,"value":1)"), PushRefusal::duplicate_field},
        {line_of(R"("type":"sample","series":"x","value":1)"), PushRefusal::missing_field},
        {line_of(R"("type":"sample","source":"a","value":1)"), PushRefusal::missing_field},
        {line_of(R"("type":"sample","source":"a","series":"x")"), PushRefusal::missing_field},
        {line_of(R"("type":"sample","source":"a","series":"x","value":"1")"),
         PushRefusal::wrong_type},
        {line_of(R"("type":"sample","source":"a","series":"x","value":null)"),
         PushRefusal::wrong_type},
        {line_of(R"("type":"sample","source":"a","series":"","value":1)"),
         PushRefusal::bad_series_name},
        {line_of(R"("type":"sample","source":"a","series":-1,"value":1)"),
         PushRefusal::out_of_range},
        {line_of(R"("type":"sample","source":"a","series":4294967296,"value":1)"),
         PushRefusal::out_of_range},
        {line_of(R"("type":"samples","source":"a","values":7)"), PushRefusal::wrong_type},
        {line_of(R"("type":"samples","source":"a","values":[[1]])"), PushRefusal::wrong_type},
        {line_of(R"("type":"samples","source":"a","values":[1,2])"), PushRefusal::wrong_type},
        {line_of(R"("type":"samples","source":"a")"), PushRefusal::missing_field},
        {line_of(R"("type":"series","source":"a","series":1)"), PushRefusal::missing_field},
    };
    for (const auto& [line, code] : cases) {
        EXPECT_EQ(name_of(refusal(line)), name_of(code)) << line;
    }
    std::string many = R"("type":"samples","source":"a","values":[[0,1])";
    for (int i = 1; i <= 100; ++i) {
        many += ",[0,1]";
    }
    EXPECT_EQ(refusal(line_of(many + "]")), PushRefusal::too_many);
}

TEST(PushLinesTest, ABadLineLeavesNothingBehind) {
    PushReader reader;
    const auto good = line_of(R"("type":"sample","source":"a","series":"x","value":1)");
    for (std::size_t length = 0; length < good.size(); ++length) {
        EXPECT_FALSE(reader.read(good.substr(0, length)).has_value());
        const auto read = reader.read(good);
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(read->values.size(), 1U);
    }
}

std::vector<std::string> lines_of(LineCutter& cutter) {
    std::vector<std::string> lines;
    while (const auto cut = cutter.next()) {
        lines.push_back(std::to_string(cut->number) + ":" +
                        (cut->too_long ? "too long" : std::string{cut->line}));
    }
    return lines;
}

TEST(LineCutterTest, GivesTheSameLinesHoweverTheyCome) {
    const std::string stream = "one\n\nthree\n" + std::string(30, 'x') + "\nfive\nhalf";
    const std::vector<std::string> wanted{"1:one", "2:", "3:three", "4:too long", "5:five"};
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        LineCutter cutter{10};
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            cutter.feed(std::string_view{stream}.substr(at, size));
            EXPECT_TRUE(cutter.may_have_line());
            for (auto& line : lines_of(cutter)) {
                lines.push_back(std::move(line));
            }
            EXPECT_FALSE(cutter.may_have_line());
            EXPECT_LE(cutter.held(), 10U);
        }
        EXPECT_EQ(lines, wanted) << size;
        EXPECT_EQ(cutter.unfinished(), 6U);
    }
}

TEST(LineCutterTest, AStreamThatEndsWithItsLastLineIsFinished) {
    LineCutter cutter{10};
    EXPECT_FALSE(cutter.unfinished().has_value());
    cutter.feed("one\n");
    EXPECT_EQ(lines_of(cutter).size(), 1U);
    EXPECT_FALSE(cutter.unfinished().has_value());
    cutter.feed(std::string(11, 'x'));
    EXPECT_TRUE(lines_of(cutter).empty());
    EXPECT_EQ(cutter.held(), 0U);
    EXPECT_EQ(cutter.unfinished(), 2U) << "thrown away, but begun";
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "event/samples_line.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace primum::event {
namespace {

std::string with_values(const std::string& values) {
    return R"({"v":1,"t_us":1,"wall_us":2,"type":"samples","source":"x","values":[)" + values +
           "]}";
}

// Both readers, where the fast one takes the line.
void agree(const std::string& line, bool must_be_taken) {
    Event fast;
    const bool taken = read_samples_line(line, {}, fast);
    EXPECT_TRUE(taken || !must_be_taken) << line;
    const auto slow = read_event(line);
    ASSERT_TRUE(slow.has_value() || !taken) << line << " " << slow.error().reason;
    if (!taken) {
        return;
    }
    EXPECT_EQ(fast.at, slow->at);
    const auto& mine = std::get<SamplesEvent>(fast.body);
    const auto& theirs = std::get<SamplesEvent>(slow->body);
    EXPECT_EQ(mine.source, theirs.source);
    ASSERT_EQ(mine.values.size(), theirs.values.size()) << line;
    for (std::size_t i = 0; i < mine.values.size(); ++i) {
        EXPECT_EQ(mine.values[i].id, theirs.values[i].id);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(mine.values[i].value),
                  std::bit_cast<std::uint64_t>(theirs.values[i].value))
            << line;
    }
}

TEST(SamplesLineTest, TakesWhatTheWriterWrites) {
    SamplesEvent samples{"gateway", {}};
    agree(write_event({stamp(5), samples}), true);
    std::mt19937_64 random{7};
    for (int round = 0; round < 200; ++round) {
        samples.values.clear();
        for (std::uint32_t i = 0; i < 50; ++i) {
            const auto bits = random();
            double value = std::bit_cast<double>(bits);
            if (i % 3 == 0) {
                value = static_cast<double>(bits % 1'000'000) / 1'000.0;
            } else if (i % 3 == 1) {
                value = std::ldexp(static_cast<double>(bits >> 11U), -static_cast<int>(bits % 60));
            }
            if (std::isfinite(value)) {
                samples.values.push_back({static_cast<SeriesId>(random()), value});
            }
        }
        agree(write_event({stamp(round - 100), samples}), true);
    }
}

TEST(SamplesLineTest, AgreesWithTheOtherReaderOnEveryNumber) {
    for (const char* number : {"0",
                               "-0",
                               "-0.0",
                               "00",
                               "01",
                               "1.",
                               ".5",
                               "1.50",
                               "-",
                               "+1",
                               "1e5",
                               "1E+5",
                               "1e-5",
                               "1e",
                               "1e400",
                               "1e-400",
                               "-1.25e2",
                               "0x10",
                               "NaN",
                               "inf",
                               "\"NaN\"",
                               "\"+Inf\"",
                               "null",
                               "1 ",
                               " 1",
                               "9007199254740993",
                               "9007199254740993.0",
                               "0.1234567890123456789",
                               "123456789012345678901",
                               "99999999999999999999.5",
                               "4.9406564584124654e-324",
                               "1.7976931348623157e308",
                               "2.2250738585072011e-308"}) {
        agree(with_values("[1," + std::string{number} + "]"), false);
    }
}

TEST(SamplesLineTest, TakesNoOtherLine) {
    Event event;
    for (const std::string& line :
         {std::string{},
          with_values("[1,2],"),
          with_values("[1,2][3,4]"),
          with_values("[1,2,3]"),
          with_values("[1]"),
          with_values("[-1,2]"),
          with_values("[4294967296,2]"),
          with_values("[1,2]") + " ",
          with_values("[1,2]").substr(1),
          std::string{R"({"v":1,"t_us":1,"wall_us":2,"type":"tick"})"},
          std::string{R"({"v":1,"t_us":1,"wall_us":2,"type":"samples","source":"\u0041",)"
                      R"("values":[]})"}}) {
        EXPECT_FALSE(read_samples_line(line, {}, event)) << line;
    }
}

TEST(SamplesLineTest, EveryBeginningOfALineIsRefused) {
    const std::string line = with_values("[1,2.5],[2,1e3]");
    Event event;
    for (std::size_t length = 0; length < line.size(); ++length) {
        EXPECT_FALSE(read_samples_line(line.substr(0, length), {}, event)) << length;
    }
    EXPECT_TRUE(read_samples_line(line, {}, event));
}

TEST(SamplesLineTest, KeepsToTheBounds) {
    Event event;
    ReadLimits limits;
    limits.elements = 1;
    EXPECT_TRUE(read_samples_line(with_values("[1,2]"), limits, event));
    EXPECT_FALSE(read_samples_line(with_values("[1,2],[2,2]"), limits, event));
    limits.line_bytes = 20;
    EXPECT_FALSE(read_samples_line(with_values("[1,2]"), limits, event));
}

TEST(SamplesLineTest, TheReaderOfRecordingsTakesEveryLineIntoTheSameEvent) {
    EventReader reader{recording_limits};
    Event event;
    ASSERT_TRUE(reader.read_recorded(with_values("[1,2]"), event));
    ASSERT_TRUE(reader.read_recorded(with_values("[1,\"NaN\"],[2,1]"), event));
    EXPECT_TRUE(std::isnan(std::get<SamplesEvent>(event.body).values.at(0).value));
    ASSERT_TRUE(reader.read_recorded(R"({"v":1,"t_us":1,"wall_us":2,"type":"tick"})", event));
    EXPECT_TRUE(std::holds_alternative<TickEvent>(event.body));
    ASSERT_TRUE(reader.read_recorded(with_values("[3,4]"), event));
    EXPECT_EQ(std::get<SamplesEvent>(event.body).values.at(0).id, 3U);
    const auto bad = reader.read_recorded("{", event);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().reason, "bad_json");
    const auto named = reader.read_recorded(
        R"({"v":1,"t_us":1,"wall_us":2,"type":"sample","source":"x","series":"a","value":1})",
        event);
    ASSERT_FALSE(named);
    EXPECT_EQ(named.error().reason, "wrong_type");
}

}  // namespace
}  // namespace primum::event

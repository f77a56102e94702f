// SPDX-License-Identifier: MIT
#include "event/event_json.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>
#include <string>

namespace primum::event {
namespace {

// "reason field" of a line that must be refused.
std::string blame(const std::string& line, const ReadLimits& limits = {}) {
    const auto read = read_event(line, limits);
    return read.has_value() ? "taken" : read.error().reason + " " + read.error().field;
}

std::string with(const std::string& rest) {
    return R"({"v":1,"t_us":1,"wall_us":2,)" + rest + "}";
}

TEST(EventReaderTest, RefusesWhatIsNotOneObject) {
    EXPECT_EQ(blame(""), "bad_json ");
    EXPECT_EQ(blame("{"), "bad_json ");
    EXPECT_EQ(blame("[]"), "bad_json ");
    EXPECT_EQ(blame("12"), "bad_json ");
    EXPECT_EQ(blame(with(R"("type":"tick")") + "{}"), "bad_json ");
    EXPECT_EQ(blame(with("\"type\":\"\xff\"")), "bad_json ");
}

TEST(EventReaderTest, RefusesAnotherVersionOrType) {
    EXPECT_EQ(blame(R"({"v":2,"t_us":1,"wall_us":2,"type":"tick"})"), "bad_version v");
    EXPECT_EQ(blame(R"({"t_us":1,"wall_us":2,"type":"tick"})"), "missing_field v");
    EXPECT_EQ(blame(R"({"v":"1","t_us":1,"wall_us":2,"type":"tick"})"), "wrong_type v");
    EXPECT_EQ(blame(with(R"("type":"tock")")), "bad_type type");
    EXPECT_EQ(blame(with(R"("type":1)")), "wrong_type type");
}

TEST(EventReaderTest, NamesTheFieldThatIsMissingUnknownOrTwice) {
    EXPECT_EQ(blame(R"({"v":1,"wall_us":2,"type":"tick"})"), "missing_field t_us");
    EXPECT_EQ(blame(with(R"("type":"sample","source":"x","series":1)")), "missing_field value");
    EXPECT_EQ(blame(with(R"("type":"tick","extra":1)")), "unknown_field extra");
    EXPECT_EQ(blame(with(R"("type":"tick","type":"tick")")), "duplicate_field ");
    EXPECT_EQ(
        blame(with(R"("type":"restore","state":{"boot_id":"b","ledger_healthy":true,"x":1})")),
        "unknown_field state.x");
}

TEST(EventReaderTest, RefusesWrongTypesAndNumbersOutOfRange) {
    const std::string sample = R"("type":"sample","source":"x",)";
    EXPECT_EQ(blame(with(sample + R"("series":-1,"value":1)")), "out_of_range series");
    EXPECT_EQ(blame(with(sample + R"("series":4294967296,"value":1)")), "out_of_range series");
    EXPECT_EQ(blame(with(sample + R"("series":1.5,"value":1)")), "wrong_type series");
    EXPECT_EQ(blame(with(sample + R"("series":"name","value":1)")), "wrong_type series");
    EXPECT_EQ(blame(with(sample + R"("series":1,"value":"12")")), "wrong_type value");
    EXPECT_EQ(blame(with(sample + R"("series":1,"value":null)")), "wrong_type value");
    EXPECT_EQ(blame(with(R"("type":"source","source":"x","ok":1)")), "wrong_type ok");
    EXPECT_EQ(blame(with(R"("type":"host","change":"moved")")), "out_of_range change");
    EXPECT_EQ(blame(with(R"("type":"samples","source":"x","values":[[1]])")), "wrong_type values");
    EXPECT_EQ(blame(R"({"v":1,"t_us":1.0,"wall_us":2,"type":"tick"})"), "wrong_type t_us");
}

TEST(EventReaderTest, KeepsToItsBounds) {
    ReadLimits limits;
    limits.elements = 2;
    const std::string three = R"("type":"samples","source":"x","values":[[1,1],[2,2],[3,3]])";
    EXPECT_EQ(blame(with(three), limits), "too_many values");
    limits = {};
    limits.line_bytes = 64;
    EXPECT_EQ(blame(with(three), limits), "too_long ");
    EXPECT_EQ(blame(std::string(20, '[') + std::string(20, ']')), "too_deep ");
}

TEST(EventReaderTest, ReadsNumbersThatJsonHasNoFormFor) {
    const auto value = [](const std::string& text) {
        const auto read =
            read_event(with(R"("type":"sample","source":"x","series":1,"value":)" + text));
        return std::get<SampleEvent>(read.value().body).value;
    };
    EXPECT_TRUE(std::isnan(value(R"("NaN")")));
    EXPECT_EQ(value(R"("+Inf")"), INFINITY);
    EXPECT_EQ(value(R"("-Inf")"), -INFINITY);
    EXPECT_TRUE(std::signbit(value("-0.0")));
    EXPECT_EQ(value("18446744073709551615"), 18446744073709551615.0);
}

TEST(EventReaderTest, NumbersASeriesThatASampleNames) {
    EventReader reader;
    const std::string line =
        with(R"("type":"sample","source":"m","series":"requests{code=\"500\"}","value":12)");
    const auto first = reader.read(line);
    ASSERT_TRUE(first.has_value()) << first.error().reason;
    ASSERT_EQ(first->size(), 2U);
    const auto& series = std::get<SeriesEvent>((*first)[0].body);
    EXPECT_EQ(series.parsed, (SeriesName{"requests", {{"code", "500"}}}));
    EXPECT_EQ(std::get<SampleEvent>((*first)[1].body).id, series.id);
    const auto second = reader.read(line);
    ASSERT_EQ(second.value().size(), 1U);
    EXPECT_EQ(std::get<SampleEvent>(second->front().body).id, series.id);
}

TEST(EventReaderTest, UsesTheNumberThatASeriesEventGave) {
    EventReader reader;
    const auto series = reader.read(with(R"("type":"series","source":"m","series":7,"name":"up")"));
    ASSERT_EQ(series.value().size(), 1U);
    const auto sample =
        reader.read(with(R"("type":"sample","source":"m","series":"up","value":1)"));
    ASSERT_EQ(sample.value().size(), 1U);
    EXPECT_EQ(std::get<SampleEvent>(sample->front().body).id, 7U);
}

TEST(EventReaderTest, TellsASeriesAgainAfterNewRules) {
    EventReader reader;
    const std::string line = with(R"("type":"sample","source":"m","series":"up","value":1)");
    EXPECT_EQ(reader.read(line).value().size(), 2U);
    EXPECT_EQ(reader.read(with(R"("type":"rules","digest":"d","text":"")")).value().size(), 1U);
    EXPECT_EQ(reader.read(line).value().size(), 2U);
}

TEST(EventReaderTest, BoundsTheSeriesThatAreNamed) {
    ReadLimits limits;
    limits.names = 1;
    EventReader reader{limits};
    EXPECT_TRUE(
        reader.read(with(R"("type":"sample","source":"m","series":"a","value":1)")).has_value());
    const auto over = reader.read(with(R"("type":"sample","source":"m","series":"b","value":1)"));
    EXPECT_EQ(over.error().reason, "too_many");
    const auto bad = reader.read(with(R"("type":"sample","source":"m","series":"b{","value":1)"));
    EXPECT_EQ(bad.error().reason, "bad_series_name");
}

TEST(EventReaderTest, SurvivesALineCutAtEveryByte) {
    for (const Event& event : sample_events()) {
        const std::string line = write_event(event);
        for (std::size_t length = 0; length < line.size(); ++length) {
            EXPECT_FALSE(read_event(line.substr(0, length)).has_value());
        }
    }
}

TEST(EventReaderTest, SurvivesEveryByteReplaced) {
    for (const Event& event : sample_events()) {
        const std::string line = write_event(event);
        for (std::size_t at = 0; at < line.size(); ++at) {
            for (const char c : {'\0', '"', '{', ']', '9', '\xff'}) {
                std::string bent = line;
                bent[at] = c;
                const auto read = read_event(bent);
                if (read.has_value()) {
                    EXPECT_TRUE(read_event(write_event(*read)).has_value()) << bent;
                } else {
                    EXPECT_FALSE(read.error().reason.empty());
                }
            }
        }
    }
}

TEST(EventReaderTest, EveryExampleOfTheDocumentIsRead) {
    std::ifstream doc{PRIMUM_EVENT_FORMAT_DOC};
    ASSERT_TRUE(doc.is_open());
    EventReader reader;
    std::set<std::size_t> types;
    std::string text;
    while (std::getline(doc, text)) {
        if (!text.starts_with("{\"v\"")) {
            continue;
        }
        const auto events = reader.read(text);
        ASSERT_TRUE(events.has_value()) << text << events.error().reason << events.error().field;
        types.insert(events->back().body.index());
    }
    EXPECT_EQ(types.size(), std::variant_size_v<EventBody>);
}

TEST(EventReaderTest, EveryFieldThatIsWrittenIsInTheDocument) {
    std::ifstream doc{PRIMUM_EVENT_FORMAT_DOC};
    std::string text;
    for (std::string line; std::getline(doc, line);) {
        text += line + "\n";
    }
    for (const Event& event : sample_events()) {
        const std::string line = write_event(event);
        for (std::size_t at = line.find("\":"); at != std::string::npos;
             at = line.find("\":", at + 1)) {
            const std::size_t begin = line.rfind('"', at - 1) + 1;
            const std::string field = line.substr(begin, at - begin);
            EXPECT_TRUE(text.find('`' + field + '`') != std::string::npos ||
                        text.find('"' + field + '"') != std::string::npos)
                << field;
        }
    }
}

}  // namespace
}  // namespace primum::event

// SPDX-License-Identifier: MIT
#include "event/event_json.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::event {
namespace {

std::string stream_of(const std::vector<Event>& events) {
    std::string stream;
    for (const Event& event : events) {
        stream += write_event(event) + "\n";
    }
    return stream;
}

TEST(LineReaderTest, ReadsManyLinesOfOneRead) {
    const auto events = sample_events();
    LineReader reader;
    const auto items = reader.feed(stream_of(events));
    ASSERT_EQ(items.size(), events.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        ASSERT_TRUE(items[i].has_value());
        EXPECT_EQ(write_event(*items[i]), write_event(events[i]));
    }
}

TEST(LineReaderTest, ReadsLinesThatComeByteByByte) {
    const auto events = sample_events();
    LineReader reader;
    std::size_t read = 0;
    for (const char c : stream_of(events)) {
        for (const auto& item : reader.feed({&c, 1})) {
            ASSERT_TRUE(item.has_value());
            EXPECT_EQ(write_event(*item), write_event(events.at(read)));
            ++read;
        }
    }
    EXPECT_EQ(read, events.size());
}

TEST(LineReaderTest, RejectsABadLineWithItsNumberAndReadsTheNext) {
    const std::string good = write_event({stamp(1), TickEvent{}});
    LineReader reader;
    const auto items = reader.feed(good + "\n{\"v\":\n\n" + good + "\nnonsense\n" + good + "\n");
    ASSERT_EQ(items.size(), 5U);
    EXPECT_TRUE(items[0].has_value());
    EXPECT_EQ(items[1].error().line, 2U);
    EXPECT_EQ(items[1].error().reason, "bad_json");
    EXPECT_TRUE(items[2].has_value());
    EXPECT_EQ(items[3].error().line, 5U);
    EXPECT_TRUE(items[4].has_value());
    EXPECT_EQ(reader.lines(), 6U);
}

TEST(LineReaderTest, ThrowsAwayALineThatIsTooLongAndReadsTheNext) {
    ReadLimits limits;
    limits.line_bytes = 100;
    LineReader reader{limits};
    const std::string good = write_event({stamp(1), TickEvent{}}) + "\n";
    for (int part = 0; part < 100; ++part) {
        EXPECT_TRUE(reader.feed(std::string(99, 'x')).empty());
    }
    const auto items = reader.feed("\n" + good);
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].error().reason, "too_long");
    EXPECT_EQ(items[0].error().line, 1U);
    EXPECT_TRUE(items[1].has_value());
}

TEST(LineReaderTest, TakesWhatIsLeftAtTheEndAsALine) {
    LineReader reader;
    const std::string good = write_event({stamp(1), TickEvent{}});
    EXPECT_TRUE(reader.feed(good).empty());
    const auto whole = reader.finish();
    ASSERT_EQ(whole.size(), 1U);
    EXPECT_TRUE(whole[0].has_value());
    LineReader cut;
    EXPECT_TRUE(cut.feed(good.substr(0, 10)).empty());
    const auto part = cut.finish();
    ASSERT_EQ(part.size(), 1U);
    EXPECT_EQ(part[0].error().reason, "bad_json");
    EXPECT_TRUE(LineReader{}.finish().empty());
}

}  // namespace
}  // namespace primum::event

// SPDX-License-Identifier: MIT
#include "replay/recorded_events.hpp"

#include "live_run.hpp"
#include "replay/player.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace primum::replay {
namespace {

using rules::TempDir;
using test::LiveRun;
using testing::HasSubstr;

std::size_t count(RecordedEvents& events) {
    std::size_t found = 0;
    while (true) {
        const auto event = events.next();
        EXPECT_TRUE(event);
        if (!event || *event == nullptr) {
            return found;
        }
        ++found;
    }
}

TEST(RecordedEventsTest, GivesADirectorysSegmentsInTheirOrder) {
    const TempDir directory;
    LiveRun live;
    live.start(test::restart_rules());
    live.tell_a_failure();
    const auto run = wall_from_us(5);
    live.write(directory.path() / event::format_segment_name({run, 1}), 0, 4);
    live.write(directory.path() / event::format_segment_name({run, 2}), 4);
    live.write(directory.path() / event::format_segment_name({wall_from_us(9), 1}), 0, 2);
    auto events = RecordedEvents::open({directory.path()});
    ASSERT_TRUE(events);
    std::vector<std::string> lines;
    while (true) {
        const auto event = events->next();
        ASSERT_TRUE(event);
        if (*event == nullptr) {
            break;
        }
        lines.push_back(event::write_event(**event));
    }
    auto expected = live.lines;
    expected.insert(expected.end(), live.lines.begin(), live.lines.begin() + 2);
    EXPECT_EQ(lines, expected);
    EXPECT_EQ(events->read_bytes(), events->total_bytes());
    EXPECT_TRUE(events->remarks().empty());
}

TEST(RecordedEventsTest, ABadLineIsPassedOverAndRemarked) {
    const TempDir directory;
    const std::string tick = R"({"v":1,"t_us":1,"wall_us":2,"type":"tick"})";
    std::ofstream{directory.path() / "x.jsonl"} << tick << "\n{oops\n\n" << tick << "\n";
    auto events = RecordedEvents::open({directory.path() / "x.jsonl"});
    ASSERT_TRUE(*events->next());
    ASSERT_TRUE(*events->next());
    EXPECT_THAT(events->place(), testing::EndsWith("x.jsonl:4"));
    EXPECT_EQ(count(*events), 0U);
    ASSERT_EQ(events->remarks().size(), 1U);
    EXPECT_EQ(events->remarks()[0].line, 2U);
    EXPECT_EQ(events->remarks()[0].text, "bad_json");
    EXPECT_EQ(events->count(Remark::Kind::bad_line), 1U);
    EXPECT_EQ(events->count(Remark::Kind::torn), 0U);
}

TEST(RecordedEventsTest, AMissingSegmentIsRemarked) {
    const TempDir directory;
    LiveRun live;
    live.start(test::restart_rules());
    const auto run = wall_from_us(5);
    live.write(directory.path() / event::format_segment_name({run, 1}), 0, 1);
    live.write(directory.path() / event::format_segment_name({run, 3}), 1);
    auto events = RecordedEvents::open({directory.path()});
    ASSERT_TRUE(events);
    EXPECT_EQ(count(*events), live.lines.size());
    EXPECT_EQ(events->count(Remark::Kind::missing), 1U);
    EXPECT_EQ(events->count(Remark::Kind::bad_line), 0U);
}

TEST(RecordedEventsTest, ASegmentThatBeginsWithAStateStandsAlone) {
    const TempDir directory;
    LiveRun live;
    live.start(test::restart_rules());
    live.write(directory.path() / event::format_segment_name({wall_from_us(5), 2}));
    auto events = RecordedEvents::open({directory.path()});
    EXPECT_EQ(count(*events), live.lines.size());
    EXPECT_TRUE(events->remarks().empty());
}

TEST(RecordedEventsTest, AnotherIsNotBegunWithoutThoseBeforeIt) {
    const TempDir directory;
    LiveRun live;
    live.start(test::restart_rules());
    live.write(directory.path() / event::format_segment_name({wall_from_us(5), 2}), 1);
    auto events = RecordedEvents::open({directory.path()});
    const auto event = events->next();
    ASSERT_FALSE(event);
    EXPECT_FALSE(event.error().missing);
    EXPECT_THAT(event.error().message,
                HasSubstr("recording-5-000002.jsonl.zst: it does not stand"));
}

TEST(RecordedEventsTest, RemarksAreBoundedAndCounted) {
    const TempDir directory;
    std::ofstream file{directory.path() / "x.jsonl"};
    for (int i = 0; i < 500; ++i) {
        file << "nothing\n";
    }
    file.close();
    auto events = RecordedEvents::open({directory.path() / "x.jsonl"});
    EXPECT_EQ(count(*events), 0U);
    EXPECT_EQ(events->remarks().size(), RecordedEvents::max_remarks);
    EXPECT_EQ(events->count(Remark::Kind::bad_line), 500U);
}

TEST(RecordedEventsTest, WhatIsNotThereIsAnError) {
    const TempDir directory;
    for (const auto& path : {directory.path() / "none", directory.path()}) {
        const auto events = RecordedEvents::open({path});
        ASSERT_FALSE(events);
        EXPECT_TRUE(events.error().missing);
        EXPECT_THAT(events.error().message, HasSubstr(path.string()));
    }
}

// A crash at any byte of the file: what is left replays to a beginning of the same decisions.
TEST(RecordedEventsTest, ASegmentTornAtAnyByteReplaysToABeginningOfTheRun) {
    const TempDir directory;
    LiveRun live;
    live.start(test::restart_rules());
    live.tell_a_failure();
    live.write(directory.path() / "whole");
    std::ifstream file{directory.path() / "whole", std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    std::size_t longest = 0;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        const auto path = directory.path() / "torn";
        std::ofstream{path, std::ios::binary} << bytes.substr(0, cut);
        auto events = RecordedEvents::open({path});
        Player player;
        std::vector<std::string> effects;
        while (const Event* event = events->next().value()) {
            const auto played = player.play(*event);
            ASSERT_TRUE(played);
            for (const Effect& effect : *played) {
                effects.push_back(event::write_effect(effect));
            }
        }
        ASSERT_EQ(events->count(Remark::Kind::bad_line), 0U) << cut;
        ASSERT_LE(events->count(Remark::Kind::torn), 1U) << cut;
        ASSERT_LE(effects.size(), live.effects.size());
        ASSERT_TRUE(std::equal(effects.begin(), effects.end(), live.effects.begin())) << cut;
        ASSERT_GE(effects.size(), longest);
        longest = effects.size();
    }
    EXPECT_EQ(longest, live.effects.size());
}

}  // namespace
}  // namespace primum::replay

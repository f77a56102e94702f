// SPDX-License-Identifier: MIT
#include "event/recording.hpp"

#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace primum::event {
namespace {

using namespace std::chrono_literals;

// A segment that is the first of a run of its own, unless a run is given.
Segment segment(std::uint32_t number,
                std::uint64_t size_bytes,
                Duration changed,
                std::int64_t run = 0) {
    return {{wall_from_us(run != 0 ? run : number), number}, "x", size_bytes, WallTime{changed}};
}

std::vector<std::uint32_t> numbers(const std::vector<Segment>& segments) {
    std::vector<std::uint32_t> found;
    for (const Segment& one : segments) {
        found.push_back(one.name.sequence);
    }
    return found;
}

using Numbers = std::vector<std::uint32_t>;

TEST(RecordingTest, ASegmentsNameTellsItsRunAndNumber) {
    const SegmentName name{wall_from_us(1'795'312'800'123'456), 12};
    EXPECT_EQ(format_segment_name(name), "recording-1795312800123456-000012.jsonl.zst");
    EXPECT_EQ(parse_segment_name(format_segment_name(name)), name);
    const SegmentName large{wall_from_us(1), 12'345'678};
    EXPECT_EQ(parse_segment_name(format_segment_name(large)), large);
}

TEST(RecordingTest, OtherNamesAreNone) {
    for (const char* name : {"",
                             "recording-.jsonl.zst",
                             "recording-1.jsonl.zst",
                             "recording-1-.jsonl.zst",
                             "recording-1-0.jsonl.zst",
                             "recording-0-1.jsonl.zst",
                             "recording--5-1.jsonl.zst",
                             "recording-1-1x.jsonl.zst",
                             "recording-1-1.jsonl",
                             "ledger.db"}) {
        EXPECT_FALSE(parse_segment_name(name)) << name;
    }
}

TEST(RecordingTest, ListsSegmentsOldestFirst) {
    const rules::TempDir directory;
    for (const char* name : {"recording-7-000001.jsonl.zst",
                             "recording-5-000010.jsonl.zst",
                             "recording-5-000002.jsonl.zst",
                             "notes.txt"}) {
        std::ofstream{directory.path() / name} << "four";
    }
    const auto segments = list_segments(directory.path());
    ASSERT_TRUE(segments);
    EXPECT_EQ(numbers(*segments), (Numbers{2, 10, 1}));
    EXPECT_EQ(segments->front().size_bytes, 4U);
    EXPECT_GT(segments->front().changed, wall_from_us(0));
}

TEST(RecordingTest, ADirectoryThatIsNotThereHasNone) {
    const rules::TempDir directory;
    const auto segments = list_segments(directory.path() / "none");
    ASSERT_TRUE(segments);
    EXPECT_TRUE(segments->empty());
    EXPECT_FALSE(list_segments("/dev/null"));
}

TEST(RecordingTest, TheOldestGoUntilTheRestIsSmallEnough) {
    const std::vector<Segment> all{
        segment(1, 100, 1s), segment(2, 100, 2s), segment(3, 100, 3s), segment(4, 100, 4s)};
    EXPECT_EQ(numbers(outlived(all, {400, 1h}, WallTime{5s})), Numbers{});
    EXPECT_EQ(numbers(outlived(all, {399, 1h}, WallTime{5s})), Numbers{1});
    EXPECT_EQ(numbers(outlived(all, {150, 1h}, WallTime{5s})), (Numbers{1, 2, 3}));
}

TEST(RecordingTest, WhatIsTooOldGoes) {
    const std::vector<Segment> all{segment(1, 1, 1s), segment(2, 1, 2s), segment(3, 1, 3s)};
    EXPECT_EQ(numbers(outlived(all, {100, 3s}, WallTime{5s})), Numbers{1});
    EXPECT_EQ(numbers(outlived(all, {100, 1s}, WallTime{5s})), (Numbers{1, 2}));
}

TEST(RecordingTest, OfTheNewestRunTheLastStays) {
    const std::vector<Segment> all{segment(1, 100, 1s, 5),
                                   segment(1, 100, 1s, 9),
                                   segment(2, 100, 2s, 9),
                                   segment(3, 100, 3s, 9),
                                   segment(4, 100, 4s, 9)};
    EXPECT_EQ(numbers(outlived(all, {350, 100h}, WallTime{5s})), (Numbers{1, 1}));
    EXPECT_EQ(numbers(outlived(all, {10, 100h}, WallTime{5s})), (Numbers{1, 1, 2, 3}));
    EXPECT_EQ(numbers(outlived(all, {1'000, 1s}, WallTime{100h})), Numbers{1});
}

TEST(RecordingTest, TheNewestStaysWhateverItIs) {
    const std::vector<Segment> all{segment(1, 1'000, 1s)};
    EXPECT_EQ(numbers(outlived(all, {1, 1s}, WallTime{100h})), Numbers{});
    EXPECT_EQ(numbers(outlived({}, {1, 1s}, WallTime{100h})), Numbers{});
}

}  // namespace
}  // namespace primum::event

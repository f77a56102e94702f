// SPDX-License-Identifier: MIT
#include "daemon/segment_chain.hpp"

#include "event/recording_reader.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <vector>

namespace primum::daemon {
namespace {

using namespace std::chrono_literals;

class SegmentChainTest : public testing::Test {
protected:
    static Stamp at(Duration t) { return {Instant{t}, WallTime{1'000h} + t}; }

    SegmentChainOptions options() {
        return {.directory = directory_.path() / "recordings",
                .keep = {100'000, 24h},
                .run = at(0s).wall,
                .segment_bytes = 1'000,
                .segment_age = 1h};
    }

    std::vector<event::Segment> segments() {
        return event::list_segments(directory_.path() / "recordings").value();
    }

    test::TempDir directory_;
};

TEST_F(SegmentChainTest, MakesItsDirectoryAndCountsItsSegments) {
    SegmentChain chain{options()};
    EXPECT_FALSE(chain.is_open());
    ASSERT_TRUE(chain.begin(at(1s)));
    ASSERT_TRUE(chain.add("one"));
    ASSERT_TRUE(chain.begin(at(2s)));
    ASSERT_TRUE(chain.add("two"));
    ASSERT_TRUE(chain.close());
    EXPECT_EQ(chain.begun(), 2U);
    ASSERT_EQ(segments().size(), 2U);
    auto reader = event::RecordingReader::open(segments()[1].path);
    EXPECT_EQ(reader->next(), "two");
    EXPECT_EQ(segments()[0].name, (event::SegmentName{at(0s).wall, 1}));
}

TEST_F(SegmentChainTest, WhatIsMissingLeavesOutANumber) {
    SegmentChain chain{options()};
    ASSERT_TRUE(chain.begin(at(1s)));
    ASSERT_TRUE(chain.close());
    chain.leave_out();
    ASSERT_TRUE(chain.begin(at(2s)));
    EXPECT_EQ(chain.begun(), 2U);
    EXPECT_EQ(segments().at(1).name.sequence, 3U);
}

TEST_F(SegmentChainTest, IsDueByAge) {
    SegmentChain chain{options()};
    ASSERT_TRUE(chain.begin(at(5s)));
    EXPECT_FALSE(chain.due(at(5s + 1h - 1us).t));
    EXPECT_TRUE(chain.due(at(5s + 1h).t));
    ASSERT_TRUE(chain.begin(at(5s + 1h)));
    EXPECT_FALSE(chain.due(at(5s + 1h).t));
}

TEST_F(SegmentChainTest, IsDueBySize) {
    SegmentChain chain{options()};
    ASSERT_TRUE(chain.begin(at(1s)));
    std::minstd_rand random{5};
    for (int bytes = 0; bytes < 2'000; bytes += 50) {
        std::string line;
        for (int k = 0; k < 50; ++k) {
            line += static_cast<char>('!' + random() % 90);
        }
        ASSERT_TRUE(chain.add(line));
    }
    EXPECT_FALSE(chain.due(at(1s).t));
    ASSERT_TRUE(chain.flush());
    EXPECT_TRUE(chain.due(at(1s).t));
}

TEST_F(SegmentChainTest, TheOldestOfAnyRunGoWhenThereIsNoRoom) {
    const auto folder = directory_.path() / "recordings";
    std::filesystem::create_directories(folder);
    std::ofstream{folder / event::format_segment_name({wall_from_us(7), 1})}
        << std::string(900, 'x');
    std::ofstream{folder / event::format_segment_name({wall_from_us(8), 1})}
        << std::string(900, 'x');
    std::ofstream{folder / "notes"} << std::string(9'000, 'x');
    auto small = options();
    small.keep = {2'000, 24h * 365 * 200};  // files carry the real date
    SegmentChain chain{small};
    ASSERT_TRUE(chain.begin(at(1s)));
    ASSERT_EQ(segments().size(), 2U);
    EXPECT_EQ(segments()[0].name.run, wall_from_us(8));
    EXPECT_TRUE(std::filesystem::exists(folder / "notes"));
}

TEST_F(SegmentChainTest, StaysWithinItsSizeHoweverLongItWrites) {
    auto small = options();
    small.keep.size_bytes = 8'000;
    SegmentChain chain{small};
    std::minstd_rand random{5};
    ASSERT_TRUE(chain.begin(at(0s)));
    for (int i = 0; i < 2'000; ++i) {
        std::string line;
        for (int k = 0; k < 50; ++k) {
            line += static_cast<char>('!' + random() % 90);
        }
        ASSERT_TRUE(chain.add(line));
        ASSERT_TRUE(chain.flush());
        if (chain.due(at(1s).t)) {
            ASSERT_TRUE(chain.begin(at(1s)));
        }
        std::uint64_t size = 0;
        for (const auto& segment : segments()) {
            size += segment.size_bytes;
        }
        ASSERT_LE(size, 8'200U) << i;
    }
    EXPECT_GT(chain.begun(), 50U);
}

TEST_F(SegmentChainTest, APlaceWhereNothingCanBeMadeIsAnError) {
    std::ofstream{directory_.path() / "recordings"} << "a file";
    SegmentChain chain{options()};
    EXPECT_FALSE(chain.begin(at(1s)));
    EXPECT_FALSE(chain.is_open());
}

TEST_F(SegmentChainTest, SegmentsAreAnEighthOfWhatIsKeptAndNeverLarge) {
    const auto small = segment_chain_options("x", {80'000, 16h}, at(0s).wall);
    EXPECT_EQ(small.segment_bytes, 10'000U);
    EXPECT_EQ(small.segment_age, 2h);
    const auto large =
        segment_chain_options("x", {std::uint64_t{1} << 40U, 24h * 300}, at(0s).wall);
    EXPECT_EQ(large.segment_bytes, std::uint64_t{32} << 20U);
    EXPECT_EQ(large.segment_age, 24h);
}

}  // namespace
}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#include "daemon/recorder.hpp"

#include "event/event_json.hpp"
#include "event/recording_reader.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>

namespace primum::daemon {
namespace {

using namespace std::chrono_literals;

class RecorderTest : public testing::Test {
protected:
    static Event at(std::int64_t us, EventBody body) {
        return {{instant_from_us(us), wall_from_us(1'000'000 + us)}, std::move(body)};
    }

    RecorderOptions options() {
        RecorderOptions options;
        options.chain = {.directory = folder(),
                         .keep = {64 << 20, 24h},
                         .run = wall_from_us(1'000'000),
                         .segment_bytes = 1 << 17,
                         .segment_age = 24h};
        options.flush_after = 0us;
        options.retry_after = 0us;
        return options;
    }

    std::filesystem::path folder() { return directory_.path() / "recordings"; }

    void start(const RecorderOptions& options) {
        recorder_ = std::make_unique<Recorder>(options);
        RestoreEvent restore;
        restore.state.boot_id = "boot";
        recorder_->record(at(1, restore));
        recorder_->record(at(2, RulesEvent{"digest", "text", nullptr}));
    }

    static Event sample(std::int64_t us) { return at(us, SampleEvent{"x", 1, 5}); }

    // All lines of all segments, by segment.
    std::vector<std::vector<std::string>> lines() {
        std::vector<std::vector<std::string>> all;
        const auto segments = event::list_segments(folder());
        for (const auto& segment : *segments) {
            auto reader = event::RecordingReader::open(segment.path);
            auto& lines = all.emplace_back();
            while (auto line = reader->next()) {
                lines.emplace_back(*line);
            }
            EXPECT_EQ(reader->torn(), "");
        }
        return all;
    }

    // Waits until the recorder has something to tell.
    void wait_for_news() {
        pollfd wanted{recorder_->fd(), POLLIN, 0};
        ASSERT_EQ(::poll(&wanted, 1, 20'000), 1);
        recorder_->acknowledge();
    }

    // Records until `done`.
    template <class Done>
    void record_until(Done done) {
        for (std::int64_t i = 0; i < 10'000'000 && !done(); ++i) {
            recorder_->record(sample(next_++));
            std::this_thread::yield();
        }
        ASSERT_TRUE(done());
    }

    test::TempDir directory_;
    std::int64_t next_ = 1'000;
    std::unique_ptr<Recorder> recorder_;
};

TEST_F(RecorderTest, WritesWhatItWasGivenInItsOrder) {
    start(options());
    std::vector<std::string> expected;
    for (std::int64_t i = 10; i < 2'000; ++i) {
        expected.push_back(event::write_event(sample(i)));
        recorder_->record(sample(i));
    }
    ASSERT_TRUE(recorder_->stop(20s));
    auto all = lines();
    ASSERT_EQ(all.size(), 1U);
    ASSERT_EQ(all[0].size(), expected.size() + 2);
    EXPECT_NE(all[0][0].find("\"type\":\"restore\""), std::string::npos);
    EXPECT_EQ(all[0][0].find("\"engine\""), std::string::npos);
    EXPECT_NE(all[0][1].find("\"text\":\"text\""), std::string::npos);
    all[0].erase(all[0].begin(), all[0].begin() + 2);
    EXPECT_EQ(all[0], expected);
    EXPECT_EQ(recorder_->figures().dropped, 0U);
    EXPECT_TRUE(recorder_->figures().recording);
}

TEST_F(RecorderTest, ALaterSegmentBeginsWithTheStateAndTheRules) {
    auto short_ones = options();
    short_ones.save = [this] { return "state after " + std::to_string(next_ - 1); };
    short_ones.chain.segment_age = 5ms;
    short_ones.max_events = 10'000'000;
    short_ones.max_bytes = SIZE_MAX;
    start(short_ones);
    record_until([&] { return recorder_->figures().segments >= 3; });
    ASSERT_TRUE(recorder_->stop(20s));
    const auto all = lines();
    ASSERT_GE(all.size(), 3U);
    std::size_t events = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_NE(all[i].at(0).find(R"("type":"restore")"), std::string::npos);
        EXPECT_NE(all[i].at(1).find(R"("digest":"digest","text":"text")"), std::string::npos);
        if (i > 0) {  // as it was between the two events
            const auto state = R"("engine":"state after )" + std::to_string(999 + events) + '"';
            EXPECT_NE(all[i][0].find(state), std::string::npos) << all[i][0];
            EXPECT_EQ(all[i].at(2),
                      event::write_event(sample(static_cast<std::int64_t>(1'000 + events))));
        }
        events += all[i].size() - 2;
    }
    EXPECT_EQ(events, static_cast<std::size_t>(next_ - 1'000));
    EXPECT_EQ(recorder_->figures().dropped, 0U);
    const auto segments = event::list_segments(folder());
    EXPECT_EQ(segments->back().name.sequence, all.size());
}

TEST_F(RecorderTest, AStateThatIsTooLargeIsLeftOutAndCounted) {
    auto short_ones = options();
    short_ones.chain.segment_age = 5ms;
    short_ones.max_events = 10'000'000;
    short_ones.max_bytes = SIZE_MAX;
    short_ones.max_state_bytes = 4;
    short_ones.save = [] { return std::string{"large"}; };
    start(short_ones);
    record_until([&] { return recorder_->figures().segments >= 2; });
    ASSERT_TRUE(recorder_->stop(20s));
    EXPECT_GE(recorder_->figures().stateless, 1U);
    EXPECT_NE(lines().at(1).at(0).find(R"("digest":"digest","text":"text")"), std::string::npos);
}

TEST_F(RecorderTest, AFullQueueEndsTheSegmentAndIsCounted) {
    auto narrow = options();
    narrow.max_events = 4;
    start(narrow);
    record_until([&] { return recorder_->figures().dropped > 0; });
    // A number is left out for what is missing.
    record_until([&] {
        const auto segments = event::list_segments(folder());
        return !segments->empty() && segments->back().name.sequence > segments->size();
    });
    ASSERT_TRUE(recorder_->stop(20s));
    EXPECT_GT(recorder_->figures().dropped, 0U);
    EXPECT_GE(lines().size(), 2U);
    // Within a segment nothing is missing.
    const auto all = lines();
    for (const auto& segment : all) {
        std::int64_t before = -1;
        event::EventReader reader{event::recording_limits};
        Event event;
        for (std::size_t i = &segment == &all.front() ? 2 : 1; i < segment.size(); ++i) {
            ASSERT_TRUE(reader.read_recorded(segment[i], event));
            EXPECT_TRUE(before < 0 || to_us(event.at.t) == before + 1) << segment[i];
            before = to_us(event.at.t);
        }
    }
}

TEST_F(RecorderTest, ADiskThatRefusesIsToldAndTriedAgain) {
    std::ofstream{folder()} << "a file where the directory should be";
    auto slow = options();
    slow.retry_after = 1s;  // long enough to be looked at meanwhile
    start(std::move(slow));
    while (recorder_->figures().recording) {
        wait_for_news();
    }
    const auto bad = recorder_->figures();
    EXPECT_FALSE(bad.recording);
    EXPECT_NE(bad.problem.find(folder().string()), std::string::npos) << bad.problem;
    EXPECT_GE(bad.dropped, 1U);
    std::filesystem::remove(folder());
    record_until([&] { return recorder_->figures().segments > 0; });
    ASSERT_TRUE(recorder_->stop(20s));
    EXPECT_TRUE(recorder_->figures().recording);
    EXPECT_EQ(recorder_->figures().problem, "");
    const auto all = lines();
    ASSERT_FALSE(all.empty());
    EXPECT_NE(all[0].at(0).find(R"("type":"rules")"), std::string::npos);
    EXPECT_GT(event::list_segments(folder())->at(0).name.sequence, 1U);
}

TEST_F(RecorderTest, TakesNothingAfterItWasStopped) {
    start(options());
    ASSERT_TRUE(recorder_->stop(20s));
    recorder_->record(sample(10));
    EXPECT_EQ(lines().at(0).size(), 2U);
}

}  // namespace
}  // namespace primum::daemon

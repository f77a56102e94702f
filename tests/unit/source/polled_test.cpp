// SPDX-License-Identifier: MIT
#include "source/polled.hpp"

#include "loop_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace primum::source {
namespace {

using std::chrono::milliseconds;

// Time as the loop has it, and what was slept away on top.
class SuspendedClock final : public Clock {
public:
    explicit SuspendedClock(systemd::EventLoop& loop) : inner_(loop) {}
    [[nodiscard]] Stamp now() const override {
        auto stamp = inner_.now();
        stamp.t += slept;
        return stamp;
    }
    Duration slept{0};

private:
    LoopClock inner_;
};

// Ends every try at once, as the test says.
class TestSource final : public PolledSource {
public:
    TestSource(systemd::EventLoop& loop, const Clock& clock, SourceRule rule, Emit emit)
        : PolledSource(loop, clock, std::move(rule), 0, std::move(emit)) {}

    SourceFailure failure = SourceFailure::none;
    int tries = 0;

private:
    void attempt(Duration /*timeout*/) override {
        ++tries;
        if (failure != SourceFailure::none) {
            missed(failure, "because");
            return;
        }
        collected();
        succeed({});
    }
};

class PolledTest : public testing::Test {
protected:
    static SourceRule rule() {
        SourceRule rule;
        rule.name = "s";
        rule.interval = milliseconds{20};
        rule.timeout = milliseconds{10};
        rule.retries = {1, milliseconds{1}, milliseconds{2}};
        return rule;
    }
    bool until_collections(std::uint64_t count) {
        return turn_until(loop_, [&] { return source_.stats().collections >= count; });
    }

    systemd::EventLoop loop_;
    SuspendedClock clock_{loop_};
    std::vector<EventBody> news_;
    TestSource source_{
        loop_, clock_, rule(), [this](EventBody body) { news_.push_back(std::move(body)); }};
};

// Nobody was there to collect: what was slept through is not collected at once when it is over, nor
// does it count as a failure.
TEST_F(PolledTest, AfterSuspendAndResumeNothingIsCaughtUp) {
    ASSERT_TRUE(until_collections(2));
    const auto before = source_.stats().collections;
    clock_.slept = std::chrono::hours{8};
    ASSERT_TRUE(until_collections(before + 1));
    // The loop's own time has not moved so far: only the next due time tells.
    const auto next = source_.stats().next;
    ASSERT_TRUE(next.has_value());
    EXPECT_GT(*next, clock_.now().t);
    EXPECT_LE(*next - clock_.now().t, rule().interval);
    EXPECT_EQ(source_.stats().collections, before + 1);
    EXPECT_EQ(source_.stats().failures, 0U);
}

TEST_F(PolledTest, TellsWhenItIsDueAndHowLateItBegan) {
    const auto first = source_.stats().next;
    ASSERT_TRUE(first.has_value());
    ASSERT_TRUE(until_collections(1));
    const auto after = *source_.stats().next - *first;
    EXPECT_GE(after, rule().interval);
    EXPECT_EQ(after % rule().interval, Duration{0}) << "intervals are whole, however late it is";
    EXPECT_GE(source_.stats().late, Duration{0});
    EXPECT_GE(source_.stats().latest, source_.stats().late);
}

// Try after try that takes too long is no answer, and no answer is nothing that a target has done.
TEST_F(PolledTest, ATimeoutIsAFailureOfTheSourceAndNoSample) {
    source_.failure = SourceFailure::timeout;
    ASSERT_TRUE(until_collections(3));
    for (const auto& body : news_) {
        const auto* event = std::get_if<SourceEvent>(&body);
        ASSERT_NE(event, nullptr) << "only the source speaks";
        EXPECT_FALSE(event->ok);
        EXPECT_EQ(event->error_class, "timeout");
    }
    const auto stats = source_.stats();
    EXPECT_EQ(stats.failures, stats.collections);
    EXPECT_EQ(stats.samples, 0U);
    EXPECT_FALSE(stats.last.has_value());
}

TEST_F(PolledTest, RemembersTheLastFailureAndSinceWhenItFails) {
    source_.failure = SourceFailure::refused;
    ASSERT_TRUE(until_collections(1));
    const auto since = source_.stats().failing_since;
    ASSERT_TRUE(since.has_value());
    source_.failure = SourceFailure::closed;
    ASSERT_TRUE(until_collections(2));
    EXPECT_EQ(source_.stats().failing_since, since);
    EXPECT_EQ(source_.stats().failure, SourceFailure::closed);
    EXPECT_EQ(source_.stats().failure_detail, "because");
    source_.failure = SourceFailure::none;
    ASSERT_TRUE(until_collections(3));
    EXPECT_FALSE(source_.stats().failing_since.has_value());
    EXPECT_EQ(source_.stats().failure, SourceFailure::closed) << "the last one is still told";
    EXPECT_TRUE(source_.stats().last.has_value());
}

TEST(PolledScheduleTest, JitterTakesAQuarterAtMostAndDiffersByNameAndTry) {
    std::vector<Duration> waits;
    for (std::uint64_t number = 0; number < 50; ++number) {
        for (const auto* name : {"a", "b"}) {
            const auto wait = with_jitter(milliseconds{1'000}, name, number);
            EXPECT_LE(wait, milliseconds{1'000});
            EXPECT_GE(wait, milliseconds{750});
            waits.push_back(wait);
        }
    }
    std::sort(waits.begin(), waits.end());
    waits.erase(std::unique(waits.begin(), waits.end()), waits.end());
    EXPECT_GT(waits.size(), 90U);
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "daemon/self_watch.hpp"

#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

using std::chrono::seconds;

// The manual clock stands at boot, so that each timer lies in the past of the real loop: due at
// its next turn.
class SelfWatchTest : public testing::Test {
protected:
    void turn() { loop_.run_once(Duration{0}); }

    systemd::EventLoop loop_;
    ManualClock clock_;
    int turns_ = 0;
    int kicks_ = 0;
};

TEST_F(SelfWatchTest, KicksOnlyAfterTheTurnInWhichItFellDueIsCompleted) {
    const SelfWatch watch{
        loop_, clock_, seconds{20}, [this](Duration) { ++turns_; }, [this] { ++kicks_; }};
    turn();
    EXPECT_EQ(kicks_, 0) << "the timer has fired, the turn is not over";
    turn();
    EXPECT_EQ(kicks_, 1);
    turn();
    EXPECT_EQ(kicks_, 2);
    EXPECT_GT(turns_, 0);
}

TEST_F(SelfWatchTest, WithoutAManagerThereIsNothingToKick) {
    const SelfWatch watch{
        loop_, clock_, std::nullopt, [this](Duration) { ++turns_; }, [this] { ++kicks_; }};
    for (int i = 0; i < 5; ++i) {
        turn();
    }
    EXPECT_EQ(kicks_, 0);
}

TEST_F(SelfWatchTest, DoesNotKickBeforeHalfTheInterval) {
    clock_.set({.t = Instant{std::chrono::hours{1'000'000}}});
    const SelfWatch watch{loop_, clock_, seconds{20}, [](Duration) {}, [this] { ++kicks_; }};
    for (int i = 0; i < 5; ++i) {
        turn();
    }
    EXPECT_EQ(kicks_, 0);
}

}  // namespace
}  // namespace primum::daemon

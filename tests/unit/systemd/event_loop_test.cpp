// SPDX-License-Identifier: MIT
#include "systemd/event_loop.hpp"

#include <primum/time.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include <sys/epoll.h>
#include <unistd.h>

namespace primum::systemd {
namespace {

constexpr Duration no_wait{0};
constexpr Duration generous{std::chrono::seconds{5}};

class Pipe {
public:
    Pipe() { EXPECT_EQ(pipe(ends_), 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close(ends_[0]);
        close(ends_[1]);
    }
    [[nodiscard]] int out() const { return ends_[0]; }
    void put(char c) const { EXPECT_EQ(write(ends_[1], &c, 1), 1); }
    [[nodiscard]] char get() const {
        char c = 0;
        EXPECT_EQ(read(ends_[0], &c, 1), 1);
        return c;
    }

private:
    int ends_[2]{};
};

TEST(EventLoopTest, GivesReadableDescriptorsToTheirCallback) {
    EventLoop loop;
    const Pipe pipe;
    std::uint32_t bits = 0;
    char got = 0;
    const auto source = loop.on_io(pipe.out(), EPOLLIN, [&](std::uint32_t came) {
        bits = came;
        got = pipe.get();
    });
    pipe.put('x');
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_EQ(got, 'x');
    EXPECT_TRUE((bits & EPOLLIN) != 0);
}

TEST(EventLoopTest, LettingGoUnregisters) {
    EventLoop loop;
    const Pipe pipe;
    int calls = 0;
    auto source = loop.on_io(pipe.out(), EPOLLIN, [&](std::uint32_t) { ++calls; });
    EXPECT_TRUE(source.armed());
    source.reset();
    EXPECT_FALSE(source.armed());
    pipe.put('x');
    EXPECT_TRUE(loop.run_once(no_wait));
    EXPECT_EQ(calls, 0);
}

TEST(EventLoopTest, ACallbackMayLetGoOfItself) {
    EventLoop loop;
    const Pipe pipe;
    std::string seen;
    LoopSource source;
    source = loop.on_io(pipe.out(), EPOLLIN, [&, text = std::string(64, 'a')](std::uint32_t) {
        source.reset();
        seen = text;  // the callback's own state is still there
    });
    pipe.put('x');
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_EQ(seen, std::string(64, 'a'));
    EXPECT_TRUE(loop.run_once(no_wait));
}

TEST(EventLoopTest, ATimeInThePastFiresOnceOnTheNextTurn) {
    EventLoop loop;
    int calls = 0;
    const auto source = loop.at(instant_from_us(-5), [&] { ++calls; });
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_EQ(calls, 1);
    EXPECT_TRUE(loop.run_once(no_wait));
    EXPECT_EQ(calls, 1);
}

TEST(EventLoopTest, ATimerFiresInItsOrder) {
    EventLoop loop;
    std::string order;
    const auto late = loop.at(instant_from_us(2), [&] { order += 'b'; });
    const auto early = loop.at(instant_from_us(1), [&] { order += 'a'; });
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_EQ(order, "ab");
}

TEST(EventLoopTest, SoonRunsOnTheNextTurnAndOnce) {
    EventLoop loop;
    int calls = 0;
    const auto source = loop.soon([&] { ++calls; });
    EXPECT_EQ(calls, 0);
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_TRUE(loop.run_once(no_wait));
    EXPECT_EQ(calls, 1);
}

TEST(EventLoopTest, BeforePollRunsEachTurn) {
    EventLoop loop;
    int calls = 0;
    auto source = loop.before_poll([&] { ++calls; });
    EXPECT_TRUE(loop.run_once(no_wait));
    EXPECT_TRUE(loop.run_once(no_wait));
    EXPECT_EQ(calls, 2);
    source.reset();
    EXPECT_TRUE(loop.run_once(no_wait));
    EXPECT_EQ(calls, 2);
}

TEST(EventLoopTest, TakesASignal) {
    EventLoop loop;
    int calls = 0;
    const auto source = loop.on_signal(SIGUSR2, [&] { ++calls; });
    ASSERT_EQ(kill(getpid(), SIGUSR2), 0);
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_EQ(calls, 1);
}

TEST(EventLoopTest, RunGivesTheCodeOfQuit) {
    EventLoop loop;
    const auto source = loop.soon([&] { loop.quit(7); });
    EXPECT_EQ(loop.run(), 7);
    EXPECT_FALSE(loop.run_once(no_wait));
    loop.quit(1);  // after the end: nothing to do
}

TEST(EventLoopTest, RunOnceSaysWhenItWasToldToQuit) {
    EventLoop loop;
    const auto source = loop.soon([&] { loop.quit(0); });
    EXPECT_FALSE(loop.run_once(generous));
}

TEST(EventLoopTest, RegistersTheSameDescriptorAgainWithinItsOwnCallback) {
    EventLoop loop;
    const Pipe pipe;
    std::string order;
    LoopSource source = loop.on_io(pipe.out(), EPOLLIN, [&](std::uint32_t) {
        order += 'a';
        source.reset();
        source = loop.on_io(pipe.out(), EPOLLIN, [&](std::uint32_t) { order += pipe.get(); });
    });
    pipe.put('b');
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_TRUE(loop.run_once(generous));
    EXPECT_EQ(order, "ab");
}

}  // namespace
}  // namespace primum::systemd

// SPDX-License-Identifier: MIT
#include "source/workers.hpp"

#include "loop_clock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace primum::source {
namespace {

// A job that hangs until it is let go of.
struct Hang {
    std::promise<void> release;
    std::shared_future<void> released{release.get_future().share()};
    [[nodiscard]] std::function<void()> job() const {
        return [future = released] { future.wait(); };
    }
};

TEST(WorkersTest, RunsOnAThreadOfItsOwnAndTellsTheLoop) {
    systemd::EventLoop loop;
    Workers workers{loop};
    EXPECT_EQ(workers.threads(), 0U);
    std::thread::id ran;
    std::thread::id told;
    const auto ticket = workers.run([&] { ran = std::this_thread::get_id(); },
                                    [&] { told = std::this_thread::get_id(); });
    ASSERT_TRUE(turn_until(loop, [&] { return told != std::thread::id{}; }));
    EXPECT_EQ(told, std::this_thread::get_id());
    EXPECT_NE(ran, told);
}

TEST(WorkersTest, OneThatHangsDelaysNoOther) {
    systemd::EventLoop loop;
    Workers workers{loop};
    Hang hang;
    bool hung_came_back = false;
    const auto stuck = workers.run(hang.job(), [&] { hung_came_back = true; });
    int done = 0;
    std::vector<Workers::Ticket> tickets;
    for (int i = 0; i < 100; ++i) {
        tickets.push_back(workers.run([] {}, [&] { ++done; }));
    }
    ASSERT_TRUE(turn_until(loop, [&] { return done == 100; }));
    EXPECT_FALSE(hung_came_back);
    hang.release.set_value();
    EXPECT_TRUE(turn_until(loop, [&] { return hung_came_back; }));
}

TEST(WorkersTest, NeverHasMoreThreadsThanAllowed) {
    systemd::EventLoop loop;
    Workers workers{loop, 3};
    Hang hang;
    int done = 0;
    std::vector<Workers::Ticket> tickets;
    for (int i = 0; i < 20; ++i) {
        tickets.push_back(workers.run(hang.job(), [&] { ++done; }));
    }
    EXPECT_EQ(workers.threads(), 3U);
    hang.release.set_value();
    EXPECT_TRUE(turn_until(loop, [&] { return done == 20; }));
    EXPECT_EQ(workers.threads(), 3U);
}

TEST(WorkersTest, WhatIsLetGoOfIsNotToldAndNotBegun) {
    systemd::EventLoop loop;
    Workers workers{loop, 1};
    Hang hang;
    bool told = false;
    std::atomic<bool> begun = false;
    std::promise<void> first_begun;
    auto first = workers.run(
        [&, future = hang.released] {
            first_begun.set_value();
            future.wait();
        },
        [&] { told = true; });
    first_begun.get_future().wait();
    auto second = workers.run([&] { begun = true; }, [&] { told = true; });
    first.reset();
    second.reset();
    hang.release.set_value();
    bool last = false;
    const auto third = workers.run([] {}, [&] { last = true; });
    ASSERT_TRUE(turn_until(loop, [&] { return last; }));
    EXPECT_FALSE(begun);
    EXPECT_FALSE(told);
}

TEST(WorkersTest, ItsEndDoesNotWaitForOneThatHangs) {
    Hang hang;
    std::promise<void> begun;
    std::promise<void> came_back;
    {
        systemd::EventLoop loop;
        Workers workers{loop};
        const auto ticket = workers.run(
            [&, future = hang.released] {
                begun.set_value();
                future.wait();
                came_back.set_value();
            },
            [] {});
        begun.get_future().wait();
    }
    // Here the workers are gone, and the job still hangs.
    hang.release.set_value();
    came_back.get_future().wait();
}

}  // namespace
}  // namespace primum::source

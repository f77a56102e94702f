// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace primum::source {

// Runs what may hang in the kernel (a call on a file system whose server is gone, or that is
// frozen) on threads of its own, so that the loop never does. There are at most so many threads;
// each is made when all others are busy. A job that hangs keeps its thread until the kernel lets
// go of it; with all of them hanging, further jobs wait.
class Workers {
public:
    static constexpr std::size_t most_threads = 16;
    // How long the destructor waits for jobs at work. Those that hang are left to themselves.
    static constexpr Duration patience{200'000};

    // A job that was asked for. Let go of, `done` is not called; what has not begun is not begun.
    using Ticket = std::shared_ptr<void>;

    explicit Workers(systemd::EventLoop& loop, std::size_t threads = most_threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // `work` runs on a thread: it must not throw, and own or share all that it touches. Then `done`
    // runs on the loop.
    [[nodiscard]] Ticket run(std::function<void()> work, std::function<void()> done);

    // Threads that were made so far.
    [[nodiscard]] std::size_t threads() const;

private:
    struct Shared;

    void finished();

    systemd::EventLoop& loop_;
    std::shared_ptr<Shared> shared_;
    std::map<std::uint64_t, std::weak_ptr<std::function<void()>>> done_;
    std::uint64_t next_ = 1;
    systemd::LoopSource io_;
};

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>

struct sd_event;
struct sd_event_source;

namespace primum::systemd {

// Owns one registration on the loop; letting go of it unregisters. Safe to let go of from inside
// its own callback.
class LoopSource {
public:
    LoopSource() = default;
    explicit LoopSource(std::shared_ptr<void> registration)
        : registration_(std::move(registration)) {}

    [[nodiscard]] bool armed() const { return registration_ != nullptr; }
    void reset() { registration_.reset(); }

private:
    std::shared_ptr<void> registration_;
};

// The one loop of a program: a thin owner of sd-event. Everything registered here runs on the
// thread that calls run(); nothing registered here may block. Aborts (PRIMUM_CHECK) where sd-event
// refuses for lack of memory or descriptors at registration.
class EventLoop {
public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // `events` are EPOLL* bits; the callback gets the bits that came. A descriptor can be
    // registered once at a time: let go of the earlier source first, which may be done in its own
    // callback.
    [[nodiscard]] LoopSource on_io(int fd,
                                   std::uint32_t events,
                                   std::function<void(std::uint32_t)> callback);
    // Calls once, at or after `at` (CLOCK_MONOTONIC; the past means the next turn).
    [[nodiscard]] LoopSource at(Instant at, std::function<void()> callback);
    // Blocks the signal for the process and takes it here. Call before any thread is started.
    [[nodiscard]] LoopSource on_signal(int signal_number, std::function<void()> callback);
    // Calls before each poll.
    [[nodiscard]] LoopSource before_poll(std::function<void()> callback);
    // Calls once, on the next turn.
    [[nodiscard]] LoopSource soon(std::function<void()> callback);

    // Runs until quit(); gives what quit() was given.
    int run();
    // One turn: waits at most `timeout` and dispatches one source. False once quit.
    bool run_once(Duration timeout);
    void quit(int exit_code);

    [[nodiscard]] sd_event* raw() const { return event_; }

private:
    sd_event* event_ = nullptr;
};

}  // namespace primum::systemd

// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <functional>
#include <optional>

namespace primum::daemon {

// Watches the loop it lives on: tells how long each turn took, and kicks the manager's watchdog at
// half its interval, but only after a turn that was completed since the kick fell due. A loop that
// hangs, or a process that is stopped, kicks nothing.
class SelfWatch {
public:
    // `turn` gets the time from waking up to being about to wait again. `kick` is sent every half
    // of `watchdog`, never without one.
    SelfWatch(systemd::EventLoop& loop,
              const Clock& clock,
              std::optional<Duration> watchdog,
              std::function<void(Duration)> turn,
              std::function<void()> kick);
    SelfWatch(const SelfWatch&) = delete;
    SelfWatch& operator=(const SelfWatch&) = delete;

private:
    void arm();
    void turned();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    std::optional<Duration> watchdog_;
    std::function<void(Duration)> turn_;
    std::function<void()> kick_;
    bool due_ = false;
    systemd::LoopSource timer_;
    systemd::LoopSource before_poll_;
};

}  // namespace primum::daemon

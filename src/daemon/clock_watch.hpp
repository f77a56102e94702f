// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <functional>

namespace primum::daemon {

// Wakes the loop when somebody sets the wall clock or the machine resumes; never otherwise.
class ClockWatch {
public:
    // Calls `woken` on the loop. Where the kernel has no such timer, it is never called.
    ClockWatch(systemd::EventLoop& loop, std::function<void()> woken);
    ~ClockWatch();
    ClockWatch(const ClockWatch&) = delete;
    ClockWatch& operator=(const ClockWatch&) = delete;

private:
    void arm() const;
    void ready();

    int fd_ = -1;
    std::function<void()> woken_;
    systemd::LoopSource source_;
};

}  // namespace primum::daemon

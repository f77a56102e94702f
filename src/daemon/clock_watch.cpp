// SPDX-License-Identifier: MIT
#include "daemon/clock_watch.hpp"

#include <cstdint>
#include <ctime>
#include <limits>

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace primum::daemon {

ClockWatch::ClockWatch(systemd::EventLoop& loop, std::function<void()> woken)
    : fd_(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)), woken_(std::move(woken)) {
    if (fd_ >= 0) {
        arm();
        source_ = loop.on_io(fd_, EPOLLIN, [this](std::uint32_t) { ready(); });
    }
}

ClockWatch::~ClockWatch() {
    source_.reset();
    if (fd_ >= 0) {
        close(fd_);
    }
}

// The timer itself lies in the far future: only its cancellation by a set clock is wanted.
void ClockWatch::arm() const {
    itimerspec never{};
    never.it_value.tv_sec = std::numeric_limits<std::int32_t>::max();
    never.it_value.tv_sec *= 4;
    timerfd_settime(fd_, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr);
}

void ClockWatch::ready() {
    std::uint64_t expirations = 0;
    [[maybe_unused]] const auto got = read(fd_, &expirations, sizeof expirations);
    arm();
    woken_();
}

}  // namespace primum::daemon

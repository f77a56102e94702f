// SPDX-License-Identifier: MIT
#include "daemon/self_watch.hpp"

#include <ctime>
#include <utility>

#include <systemd/sd-event.h>

namespace primum::daemon {

SelfWatch::SelfWatch(systemd::EventLoop& loop,
                     const Clock& clock,
                     std::optional<Duration> watchdog,
                     std::function<void(Duration)> turn,
                     std::function<void()> kick)
    : loop_(loop),
      clock_(clock),
      watchdog_(watchdog),
      turn_(std::move(turn)),
      kick_(std::move(kick)) {
    before_poll_ = loop_.before_poll([this] { turned(); });
    if (watchdog_) {
        arm();
    }
}

void SelfWatch::arm() {
    timer_ = loop_.at(clock_.now().t + *watchdog_ / 2, [this] { due_ = true; });
}

void SelfWatch::turned() {
    std::uint64_t woken_us = 0;
    if (sd_event_now(loop_.raw(), CLOCK_MONOTONIC, &woken_us) == 0) {
        turn_(clock_.now().t - instant_from_us(static_cast<std::int64_t>(woken_us)));
    }
    if (due_) {
        due_ = false;
        kick_();
        arm();
    }
}

}  // namespace primum::daemon

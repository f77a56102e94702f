// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/check.hpp>
#include <primum/clock.hpp>

#include <ctime>

#include <systemd/sd-event.h>

namespace primum::source {

// The time of the loop's current turn.
class LoopClock final : public Clock {
public:
    explicit LoopClock(systemd::EventLoop& loop) : loop_(loop) {}

    [[nodiscard]] Stamp now() const override {
        std::uint64_t us = 0;
        PRIMUM_CHECK(sd_event_now(loop_.raw(), CLOCK_MONOTONIC, &us) >= 0);
        return {instant_from_us(static_cast<std::int64_t>(us)), wall_from_us(0)};
    }

private:
    systemd::EventLoop& loop_;
};

// Turns the loop until `done`, at most `turns` times. False: it never was.
template <class Done>
bool turn_until(systemd::EventLoop& loop, const Done& done, int turns = 20'000) {
    for (int i = 0; i < turns; ++i) {
        if (done()) {
            return true;
        }
        loop.run_once(std::chrono::milliseconds{100});
    }
    return done();
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

namespace primum {

// Where the rooms around the core get the time from. Only the programs have a SystemClock.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    // Both clocks, read together.
    [[nodiscard]] virtual Stamp now() const = 0;
};

// Stands still until it is told to move. For tests, simulation and replay.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Stamp start = {}) : now_(start) {}

    [[nodiscard]] Stamp now() const override { return now_; }
    void set(Stamp now) { now_ = now; }
    void advance(Duration by) {
        now_.t += by;
        now_.wall += by;
    }

private:
    Stamp now_;
};

}  // namespace primum

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace primum {

// All spans of time inside primum are whole microseconds.
using Duration = std::chrono::microseconds;

// Tags CLOCK_MONOTONIC of one boot. It has no now(): only the programs read clocks.
struct MonotonicClock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicClock>;
    static constexpr bool is_steady = true;
};

// A point of CLOCK_MONOTONIC within one boot. Decisions are made on these only.
// Negative values are points before the boot (seen across boots by wall-clock difference).
using Instant = std::chrono::time_point<MonotonicClock, Duration>;

// A point of CLOCK_REALTIME, microseconds since the Unix epoch. For records, never for decisions
// within a boot.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

// When something happened: for decisions and for the record.
struct Stamp {
    Instant t;
    WallTime wall;
    bool operator==(const Stamp&) const = default;
};

constexpr Instant instant_from_us(std::int64_t us) {
    return Instant{Duration{us}};
}
constexpr std::int64_t to_us(Instant t) {
    return t.time_since_epoch().count();
}
constexpr WallTime wall_from_us(std::int64_t us) {
    return WallTime{Duration{us}};
}
constexpr std::int64_t to_us(WallTime t) {
    return t.time_since_epoch().count();
}

}  // namespace primum

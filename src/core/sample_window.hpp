// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace primum::core {

// The samples of one counter within a sliding window. Bounded by time and by number: the oldest
// goes first.
class SampleWindow {
public:
    SampleWindow(Duration over, std::size_t max_samples) : over_(over), max_samples_(max_samples) {}

    // A value that is not finite is dropped: it is no evidence.
    void add(Instant t, double value);

    // By how much the counter grew between the first and the last sample of the window. A value
    // below the one before is a reset: the counter began again at 0, as Prometheus counts it
    // (no extrapolation to the window's edges). Nothing with fewer than two samples.
    [[nodiscard]] std::optional<double> increase(Instant now) const;

    // increase per second of the time between those two samples.
    [[nodiscard]] std::optional<double> rate(Instant now) const;

    void clear() { samples_.clear(); }
    [[nodiscard]] std::size_t size() const { return samples_.size(); }

private:
    struct Point {
        Instant t;
        double value;
    };

    [[nodiscard]] std::size_t first_within(Instant now) const;

    Duration over_;
    std::size_t max_samples_;
    std::deque<Point> samples_;
};

}  // namespace primum::core

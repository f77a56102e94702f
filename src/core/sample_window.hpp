// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace primum::core {

// The samples of one counter within a sliding window. Bounded by time and by number: the oldest
// goes first. Memory grows up to the bound and is then reused: a steady window allocates nothing,
// and what it is asked costs the same however much it holds.
class SampleWindow {
public:
    SampleWindow(Duration over, std::size_t max_samples)
        : over_(over),
          max_samples_(
              static_cast<std::uint32_t>(std::clamp<std::size_t>(max_samples, 1, most_samples))) {}

    // A value that is not finite is dropped: it is no evidence.
    void add(Instant t, double value);

    // By how much the counter grew between the first and the last sample of the window. A value
    // below the one before is a reset: the counter began again at 0, as Prometheus counts it
    // (promql/functions.go, extrapolatedRate, here without extrapolation to the window's edges).
    // Nothing with fewer than two samples, or when the sum leaves the range of numbers.
    // Samples older than the window are dropped; `now` never goes back.
    [[nodiscard]] std::optional<double> increase(Instant now);

    // increase per second of the time between those two samples.
    [[nodiscard]] std::optional<double> rate(Instant now);

    void clear();
    [[nodiscard]] std::size_t size() const { return size_; }
    // Brings what add() will touch near, if it is far.
    void call_for() const {
        if (capacity_ != 0) {
            __builtin_prefetch(&points_[first_]);
            __builtin_prefetch(&points_[(first_ + size_) & (capacity_ - 1)]);
        }
    }

    static void members(auto& archive, auto& it) {
        std::vector<Point> points;
        for (std::size_t i = 0; i < it.size_; ++i) {
            points.push_back(it.at(i));
        }
        archive(points);
        if constexpr (requires { it.grow(); }) {
            archive.require(points.size() <= it.max_samples_);
            for (const Point& point : points) {
                archive.require(std::isfinite(point.value));
                it.push(point);
            }
        }
        archive(it.lost_, it.resets_);
    }

private:
    struct Point {
        Instant t;
        double value = 0;

        static void members(auto& archive, auto& it) { archive.whole(it, it.t, it.value); }
    };

    [[nodiscard]] const Point& at(std::size_t i) const {
        return points_[(first_ + i) & (capacity_ - 1)];
    }
    [[nodiscard]] const Point& back() const { return at(size_ - 1); }
    void drop_before(Instant start);
    void drop_first();
    void push(const Point& point);
    void grow();
    void add_up_resets();

    static constexpr std::size_t most_samples = std::size_t{1} << 30U;

    // There is one for each series: it is kept small.
    Duration over_;
    double lost_ = 0;                  // over all resets within the window: the value before
    std::unique_ptr<Point[]> points_;  // a ring
    std::uint32_t capacity_ = 0;       // of it: 0 or a power of two
    std::uint32_t max_samples_;
    std::uint32_t first_ = 0;
    std::uint32_t size_ = 0;
    std::uint32_t resets_ = 0;
};

}  // namespace primum::core

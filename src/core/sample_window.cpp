// SPDX-License-Identifier: MIT
#include "core/sample_window.hpp"

#include <cmath>
#include <utility>

namespace primum::core {
namespace {

constexpr std::uint32_t smallest_ring = 8;

}  // namespace

void SampleWindow::add(Instant t, double value) {
    if (!std::isfinite(value)) {
        return;
    }
    drop_before(t - over_);
    if (size_ == max_samples_) {
        drop_first();
    }
    if (size_ > 0 && value < back().value) {
        lost_ += back().value;
        ++resets_;
    }
    push({t, value});
}

void SampleWindow::push(const Point& point) {
    if (size_ == capacity_) {
        grow();
    }
    points_[(first_ + size_) & (capacity_ - 1)] = point;
    ++size_;
}

void SampleWindow::drop_before(Instant start) {
    while (size_ > 0 && at(0).t < start) {
        drop_first();
    }
}

// A sum that things are taken from again drifts; resets are rare, so it is made anew.
void SampleWindow::drop_first() {
    const bool was_reset = size_ > 1 && at(1).value < at(0).value;
    first_ = (first_ + 1) & (capacity_ - 1);
    --size_;
    if (was_reset) {
        --resets_;
        add_up_resets();
    }
}

void SampleWindow::add_up_resets() {
    lost_ = 0;
    if (resets_ == 0) {
        return;
    }
    for (std::size_t i = 1; i < size_; ++i) {
        if (at(i).value < at(i - 1).value) {
            lost_ += at(i - 1).value;
        }
    }
}

void SampleWindow::grow() {
    const std::uint32_t capacity = capacity_ == 0 ? smallest_ring : 2 * capacity_;
    auto larger = std::make_unique<Point[]>(capacity);
    for (std::size_t i = 0; i < size_; ++i) {
        larger[i] = at(i);
    }
    points_ = std::move(larger);
    capacity_ = capacity;
    first_ = 0;
}

std::optional<double> SampleWindow::increase(Instant now) {
    drop_before(now - over_);
    if (size_ < 2) {
        return std::nullopt;
    }
    const double grown = back().value - at(0).value + lost_;
    return std::isfinite(grown) ? std::optional{grown} : std::nullopt;
}

std::optional<double> SampleWindow::rate(Instant now) {
    const auto grown = increase(now);
    if (!grown) {
        return std::nullopt;
    }
    const Duration span = back().t - at(0).t;
    if (span <= Duration::zero()) {
        return std::nullopt;
    }
    return *grown / std::chrono::duration<double>(span).count();
}

void SampleWindow::clear() {
    first_ = 0;
    size_ = 0;
    lost_ = 0;
    resets_ = 0;
}

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/sample_window.hpp"

#include <cmath>

namespace primum::core {

void SampleWindow::add(Instant t, double value) {
    if (!std::isfinite(value)) {
        return;
    }
    while (!samples_.empty() && samples_.front().t < t - over_) {
        samples_.pop_front();
    }
    if (samples_.size() == max_samples_) {
        samples_.pop_front();
    }
    samples_.push_back({t, value});
}

std::size_t SampleWindow::first_within(Instant now) const {
    std::size_t first = 0;
    while (first < samples_.size() && samples_[first].t < now - over_) {
        ++first;
    }
    return first;
}

std::optional<double> SampleWindow::increase(Instant now) const {
    const std::size_t first = first_within(now);
    if (samples_.size() < first + 2) {
        return std::nullopt;
    }
    double grown = 0;
    for (std::size_t i = first + 1; i < samples_.size(); ++i) {
        const double before = samples_[i - 1].value;
        const double after = samples_[i].value;
        grown += after < before ? after : after - before;
    }
    return grown;
}

std::optional<double> SampleWindow::rate(Instant now) const {
    const auto grown = increase(now);
    if (!grown) {
        return std::nullopt;
    }
    const Duration span = samples_.back().t - samples_[first_within(now)].t;
    if (span <= Duration::zero()) {
        return std::nullopt;
    }
    return *grown / std::chrono::duration<double>(span).count();
}

}  // namespace primum::core

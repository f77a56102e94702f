// SPDX-License-Identifier: MIT
#include "core/recovering.hpp"

#include <cmath>

namespace primum::core {
namespace {

constexpr double short_weight = 0.5;
constexpr double long_weight = 0.125;

// Where illness lies; 0 where a rule has thresholds on both sides and the value is beyond none.
int side_of(const IndicatorRule& rule, double value) {
    bool above = false;
    bool below = false;
    int crossed = 0;
    for (const auto& threshold : rule.thresholds) {
        if (!threshold) {
            continue;
        }
        above = above || threshold->above || threshold->above_baseline;
        below = below || threshold->below || threshold->below_baseline;
        if (threshold->above && value > *threshold->above) {
            crossed = 1;
        } else if (threshold->below && value < *threshold->below) {
            crossed = -1;
        }
    }
    if (above && below) {
        return crossed;
    }
    return above ? 1 : below ? -1 : 0;
}

}  // namespace

void Trend::add(const IndicatorRule& rule, double value, bool crossed) {
    const bool before = recovering();
    // A value between the thresholds of two sides comes back from where it last was.
    const int side = crossed ? side_of(rule, value) : side_;
    if (crossed && (!crossed_ || side != side_)) {
        forget();
    }
    side_ = side;
    crossed_ = crossed;
    if (side_ != 0) {
        step(side_ * value);
    }
    turned_ = recovering() != before;
}

void Trend::step(double badness) {
    if (!short_) {
        short_ = long_ = badness;
    }
    const double last = *short_;
    *short_ += short_weight * (badness - *short_);
    long_ += long_weight * (badness - long_);
    if (!std::isfinite(*short_) || !std::isfinite(long_)) {
        short_.reset();
        better_in_a_row_ = 0;
        return;
    }
    better_in_a_row_ = *short_ < long_ && *short_ < last ? better_in_a_row_ + 1 : 0;
}

void Trend::forget() {
    *this = Trend{};
}

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "nab_detector.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace primum::bench {
namespace {

// One set of parameters for all files.
constexpr Season season = Season::none;
constexpr std::uint32_t min_samples = 50;
constexpr Duration forget = std::chrono::hours{24 * 7};
constexpr Duration longest_step = std::chrono::hours{2};
constexpr std::size_t mean_of = 36;
constexpr std::size_t quiet_for = 20;
constexpr double small = 3;            // deviations that are nothing in any series
constexpr double remembered = 0.9999;  // of the most deviations, from one row to the next
constexpr double from_constant = 50;   // a step of what never moved counts as so many deviations

}  // namespace

double Detector::Watch::unlikeness(WallTime wall, Duration step, double value) {
    double count = 0;
    if (const core::Normal* usual = normal.normal(wall)) {
        count = std::abs(core::deviations(value, *usual));
        count = std::isinf(count) ? from_constant : count;
    }
    const double score = count > small ? count / std::max(most, small) : 0;
    most = std::max(most * remembered, count);
    normal.learn(wall, step, value);
    return score;
}

Detector::Detector()
    : value_{core::Baseline{BaselineRule{min_samples, forget, season}}, 0},
      mean_{core::Baseline{BaselineRule{min_samples, forget, season}}, 0} {
    latest_.reserve(mean_of);
}

double Detector::score(const Row& row) {
    const WallTime wall = wall_from_us(row.seconds * 1'000'000);
    const Duration passed = std::chrono::seconds{seen_ == 0 ? 0 : row.seconds - last_seconds_};
    const Duration step = std::clamp(passed, Duration{0}, longest_step);
    last_seconds_ = row.seconds;
    if (latest_.size() < mean_of) {
        latest_.push_back(row.value);
    } else {
        latest_[seen_ % mean_of] = row.value;
    }
    ++seen_;
    const double sum = std::accumulate(latest_.begin(), latest_.end(), 0.0);
    const double mean = sum / static_cast<double>(latest_.size());
    const double score =
        std::max(value_.unlikeness(wall, step, row.value), mean_.unlikeness(wall, step, mean));
    if (quiet_ > 0) {
        --quiet_;
        return 0;
    }
    quiet_ = score >= 1 ? quiet_for : 0;
    return score;
}

std::size_t Detector::size_bytes() const {
    return sizeof(*this) - 2 * sizeof(core::Baseline) + value_.normal.size_bytes() +
           mean_.normal.size_bytes() + latest_.capacity() * sizeof(double);
}

}  // namespace primum::bench

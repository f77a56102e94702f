// SPDX-License-Identifier: MIT
#include "core/histogram.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace primum::core {

std::optional<double> label_number(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [after, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || after != end || std::isnan(value)) {
        return std::nullopt;
    }
    return value;
}

std::size_t Histogram::add_bucket(double upper_bound) {
    const auto place = std::lower_bound(
        sorted_.begin(), sorted_.end(), upper_bound, [&](std::size_t each, double bound) {
            return buckets_[each].upper_bound < bound;
        });
    if (place != sorted_.end() && buckets_[*place].upper_bound == upper_bound) {
        return *place;
    }
    sorted_.insert(place, buckets_.size());
    buckets_.push_back({upper_bound});
    whole_.reserve(buckets_.capacity());
    return buckets_.size() - 1;
}

void Histogram::clear() {
    for (Bucket& bucket : buckets_) {
        bucket.events = 0;
        bucket.present = false;
    }
    any_ = false;
}

void Histogram::add(std::size_t bucket, double events) {
    buckets_[bucket].events += events;
    buckets_[bucket].present = true;
    any_ = true;
}

bool Histogram::is_whole() const {
    const auto present = std::count_if(
        buckets_.begin(), buckets_.end(), [](const Bucket& each) { return each.present; });
    return present >= 2 && buckets_[sorted_.back()].present &&
           std::isinf(buckets_[sorted_.back()].upper_bound);
}

double Histogram::events() const {
    double most = 0;
    for (const Bucket& bucket : buckets_) {
        most = bucket.present ? std::max(most, bucket.events) : most;
    }
    return most;
}

double Histogram::quantile(double share) {
    PRIMUM_CHECK(is_whole());
    whole_.clear();
    for (const std::size_t each : sorted_) {
        if (!buckets_[each].present) {
            continue;
        }
        whole_.push_back(buckets_[each]);
        if (whole_.size() > 1) {
            double& events = whole_.back().events;
            events = std::max(events, whole_[whole_.size() - 2].events);
        }
    }
    double rank = share * whole_.back().events;
    std::size_t hit = 0;
    while (hit + 1 < whole_.size() && whole_[hit].events < rank) {
        ++hit;
    }
    if (hit + 1 == whole_.size()) {
        return whole_[hit - 1].upper_bound;
    }
    const double end = whole_[hit].upper_bound;
    if (hit == 0 && end <= 0) {
        return end;
    }
    const double start = hit == 0 ? 0 : whole_[hit - 1].upper_bound;
    const double below = hit == 0 ? 0 : whole_[hit - 1].events;
    const double within = whole_[hit].events - below;
    rank -= below;
    // Only at share 0 can the bucket that is hit be empty.
    return within > 0 ? start + (end - start) * (rank / within) : start;
}

}  // namespace primum::core

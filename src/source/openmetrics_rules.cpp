// SPDX-License-Identifier: MIT
#include "source/openmetrics_rules.hpp"

#include <cmath>
#include <limits>

namespace primum::source {
namespace {

constexpr const char* twice = "the series is on this page twice";

constexpr std::uint32_t bit(SampleRole role) {
    return 1U << static_cast<unsigned>(role);
}

bool is_whole(double value) {
    return std::isfinite(value) && value == std::floor(value);
}

// The rules on one value by itself.
const char* mistake_in(SampleRole role, double value) {
    switch (role) {
        case SampleRole::bucket:
        case SampleRole::count:
        case SampleRole::gcount:
            return value >= 0 && is_whole(value) ? nullptr
                                                 : "a count of events is a whole number from 0";
        case SampleRole::total:
        case SampleRole::sum:
            return value >= 0 ? nullptr : "a counter is neither negative nor NaN";
        case SampleRole::gsum:
            return std::isnan(value) ? "a sum is not NaN" : nullptr;
        case SampleRole::quantile:
            return value < 0 ? "the value of a quantile is not negative" : nullptr;
        case SampleRole::info:
            return value == 1 ? nullptr : "an info has the value 1";
        case SampleRole::state:
            return value == 0 || value == 1 ? nullptr : "a state is 0 or 1";
        case SampleRole::metadata:
        case SampleRole::value:
        case SampleRole::created:
            break;
    }
    return nullptr;
}

}  // namespace

void PointRules::begin(const RuledSample& sample) {
    stamped_ = sample.stamped;
    seconds_ = sample.seconds;
    seen_ = 0;
    histogram_ = sample.histogram;
    buckets_ = false;
    negative_bounds_ = false;
    negative_gsum_ = false;
}

const char* PointRules::begin_group(const RuledSample& sample) {
    const char* reason = finish();
    begin(sample);
    return reason;
}

const char* PointRules::begin_point(const RuledSample& sample) {
    if (sample.stamped != stamped_) {
        return "a metric has a timestamp on all of its samples or on none";
    }
    if (sample.seconds < seconds_ && sample.role != SampleRole::info) {
        return "timestamps of a metric do not go back";
    }
    return begin_group(sample);
}

// The roles that a point has once; the same time twice is one that was cut when it was written.
const char* PointRules::once(SampleRole role) {
    const auto bits = seen_;
    seen_ |= bit(role);
    return (bits & bit(role)) != 0 && !stamped_ ? twice : nullptr;
}

const char* PointRules::take_role(const RuledSample& sample) {
    if (const auto* mistake = mistake_in(sample.role, sample.value)) {
        return mistake;
    }
    switch (sample.role) {
        case SampleRole::bucket:
            return take_bucket(sample);
        case SampleRole::quantile:
        case SampleRole::info:
        case SampleRole::state:
            return nullptr;  // several in a point
        case SampleRole::count:
        case SampleRole::gcount:
            count_ = sample.value;
            break;
        case SampleRole::gsum:
            negative_gsum_ = sample.value < 0;
            break;
        default:
            break;
    }
    return once(sample.role);
}

const char* PointRules::take_bucket(const RuledSample& sample) {
    if (buckets_ && !(sample.bound > bound_)) {
        return sample.bound == bound_ && stamped_ ? nullptr : "buckets stand in order of le";
    }
    if (buckets_ && sample.value < below_) {
        return "a bucket holds at least what the one before it holds";
    }
    buckets_ = true;
    negative_bounds_ = negative_bounds_ || sample.bound < 0;
    bound_ = sample.bound;
    below_ = sample.value;
    return nullptr;
}

const char* PointRules::finish() const {
    const auto has = [this](SampleRole role) { return (seen_ & bit(role)) != 0; };
    const bool count = has(SampleRole::count) || has(SampleRole::gcount);
    if (histogram_) {
        if (!buckets_ || bound_ != std::numeric_limits<double>::infinity()) {
            return "the bucket of +Inf is missing";
        }
        if (count && count_ != below_) {
            return "the count is not that of the bucket of +Inf";
        }
        if ((has(SampleRole::sum) || has(SampleRole::gsum)) && !count) {
            return "a sum stands there without its count";
        }
        if (count && !negative_bounds_ && !has(SampleRole::sum) && !has(SampleRole::gsum)) {
            return "a count stands there without its sum";
        }
        if (negative_bounds_ && has(SampleRole::sum)) {
            return "a histogram with negative buckets has no sum";
        }
        if (!negative_bounds_ && negative_gsum_) {
            return "a negative sum without negative buckets";
        }
    }
    return nullptr;
}

}  // namespace primum::source

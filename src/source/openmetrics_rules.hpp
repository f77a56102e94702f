// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace primum::source {

// What a sample is to its metric family.
enum class SampleRole : std::uint8_t {
    metadata,  // no sample: HELP, TYPE or UNIT
    value,     // of a gauge or an unknown
    total,
    created,
    count,
    sum,
    gcount,
    gsum,
    bucket,
    quantile,
    info,
    state
};

[[nodiscard]] constexpr bool may_have_exemplar(SampleRole role) {
    return role == SampleRole::total || role == SampleRole::bucket;
}

// One sample, as far as the rules on values go.
struct RuledSample {
    SampleRole role = SampleRole::value;
    bool histogram = false;     // its family is a histogram or a gauge histogram
    bool starts_group = false;  // its metric is another one than that of the sample before
    bool stamped = false;
    double bound = 0;  // of a bucket
    double value = 0;
    double seconds = 0;  // the timestamp
};

// What OpenMetrics 1.0 demands of the values of a page, sample after sample: counters neither
// negative nor NaN, buckets that grow up to +Inf and agree with their count, states and infos of 0
// and 1, timestamps that are there for all points of a metric or for none and never go back.
// A reason for people when the rule is broken, else nullptr.
class PointRules {
public:
    [[nodiscard]] const char* take(const RuledSample& sample) {
        const char* reason = nullptr;
        if (sample.starts_group) {
            reason = begin_group(sample);
        } else if (sample.stamped != stamped_ || sample.seconds != seconds_) {
            reason = begin_point(sample);
        }
        if (reason == nullptr && sample.role != SampleRole::value) {
            reason = take_role(sample);
        } else if (reason == nullptr) {
            reason = once(sample.role);
        }
        return reason;
    }
    // After the last sample of the page.
    [[nodiscard]] const char* finish() const;

private:
    [[nodiscard]] const char* begin_group(const RuledSample& sample);
    [[nodiscard]] const char* begin_point(const RuledSample& sample);
    [[nodiscard]] const char* take_role(const RuledSample& sample);
    [[nodiscard]] const char* take_bucket(const RuledSample& sample);
    [[nodiscard]] const char* once(SampleRole role);
    void begin(const RuledSample& sample);

    double seconds_ = 0;
    bool stamped_ = false;
    std::uint32_t seen_ = 0;  // a bit for each role
    // Of the buckets of one point.
    bool histogram_ = false;
    bool buckets_ = false;
    bool negative_bounds_ = false;
    bool negative_gsum_ = false;
    double bound_ = 0;
    double below_ = 0;  // the value of the last bucket
    double count_ = 0;
};

}  // namespace primum::source

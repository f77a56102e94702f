// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::core {

// A Prometheus number in a label: "0.5", "1e+06", "+Inf". Nothing when it is none, or NaN.
[[nodiscard]] std::optional<double> label_number(std::string_view text);

// One classic histogram: how many events fell at or under each upper bound within a window.
//
// The quantile is that of Prometheus (promql/quantile.go, bucketQuantile): linear interpolation
// within the bucket that the rank falls into; the lowest bucket begins at 0 when its bound is above
// 0, else its bound is the answer; in the highest bucket (+Inf) the answer is that bucket's lower
// bound; counts that are not monotonic (buckets scraped at different instants) are made so.
class Histogram {
public:
    // Makes room for a bucket, once; gives its number.
    std::size_t add_bucket(double upper_bound);

    [[nodiscard]] std::size_t bucket_count() const { return buckets_.size(); }
    [[nodiscard]] double upper_bound(std::size_t bucket) const {
        return buckets_[bucket].upper_bound;
    }

    // Each evaluation: clear, add the increase of every bucket series that is there, then ask.
    void clear();
    void add(std::size_t bucket, double events);

    // Whether any bucket was added since clear().
    [[nodiscard]] bool any() const { return any_; }
    // Whether the bucket without a bound is among them, and one more: else nothing can be said.
    [[nodiscard]] bool is_whole() const;
    // All events; only when it is whole.
    [[nodiscard]] double events() const;
    // `share` is 0 to 1. Only when it is whole and has events.
    [[nodiscard]] double quantile(double share);

    static void members(auto& archive, auto& it) {
        std::vector<double> bounds;
        for (const auto& bucket : it.buckets_) {
            bounds.push_back(bucket.upper_bound);
        }
        archive(bounds);
        if constexpr (requires { it.clear(); }) {
            for (std::size_t i = 0; i < bounds.size(); ++i) {
                archive.require(!std::isnan(bounds[i]) && it.add_bucket(bounds[i]) == i);
            }
        }
    }

private:
    struct Bucket {
        double upper_bound;
        double events = 0;
        bool present = false;
    };

    std::vector<Bucket> buckets_;      // in the order in which they were met
    std::vector<std::size_t> sorted_;  // by upper bound
    std::vector<Bucket> whole_;        // scratch: the present ones, sorted and monotonic
    bool any_ = false;
};

}  // namespace primum::core

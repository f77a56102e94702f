// SPDX-License-Identifier: MIT
#pragma once

#include "core/judgement.hpp"

#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::core {

// A bounded sample of what was seen within a sliding span of time, with its median and its spread.
//
// The span is divided into cells, and of each cell one value is kept: stratified sampling (Cochran,
// Sampling Techniques, chapter 5), at a place in the cell that changes from one to the next, so
// that no period of the data is in step with it. Cells begin at single values and grow as the
// sample fills, until all of them together cover the span; from then on a new value takes the place
// of the oldest. Half of the span after a change half of what is kept is from after it.
//
// Time is the caller's: it stands still while nothing is learnt. The same values give the same
// sample. Memory: 9 bytes a value kept; a value costs a comparison, one that is kept a search.
class RecentValues {
public:
    static constexpr std::size_t max_capacity = 256;

    // Keeps 2 to max_capacity values.
    RecentValues(std::size_t capacity, Duration span);

    // A value, `step` after the one before. Gives whether it was kept.
    bool offer(Duration step, double value);

    [[nodiscard]] std::size_t size() const { return values_.size(); }
    // The median, and 1.4826 times the median distance from it, which for normally distributed
    // values is their standard deviation (Hampel 1974, "The influence curve and its role in robust
    // estimation"). When more than half are equal that is 0; then it is 1.2533 times the mean
    // distance (Iglewicz and Hoaglin 1993, "How to detect and handle outliers").
    // Only when anything was kept.
    [[nodiscard]] const Normal& normal() const { return normal_; }
    [[nodiscard]] std::size_t size_bytes() const;

    // As one line of text without newline or ';'. Appends.
    void save(std::string& text) const;
    // What save() gave to a sample of the same capacity; false and unchanged when it is not that.
    bool load(std::string_view text);

    // With the ring as it stands: sums of doubles depend on their order.
    static void members(auto& archive, auto& it) {
        archive(it.values_,
                it.oldest_,
                it.clock_,
                it.since_,
                it.cell_,
                it.cell_start_,
                it.next_,
                it.cells_);
        if constexpr (requires { it.measure(); }) {
            archive.require(it.take_values());
        }
    }

private:
    [[nodiscard]] double sorted(std::size_t i) const { return values_[order_[i]]; }
    [[nodiscard]] std::size_t slot_of(std::size_t age) const;
    void keep(double value);
    void insert_sorted(std::uint8_t slot);
    void thin();
    void plan_next();
    void measure();
    // Makes what follows from values_. False when they are none that were ever kept.
    bool take_values();

    std::size_t capacity_;
    Duration span_;
    std::vector<double> values_;       // a ring once it is full; oldest_ is its first
    std::vector<std::uint8_t> order_;  // places in values_, by value
    std::size_t oldest_ = 0;
    Duration clock_{0};
    Duration since_{0};  // when the oldest was kept
    Duration cell_{0};
    Duration cell_start_{0};
    Duration next_{0};  // the first value from then on is kept
    std::uint64_t cells_ = 0;
    Normal normal_;
};

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/recent_values.hpp"

#include "core/text.hpp"
#include "core/text_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace primum::core {
namespace {

// A number between 0 and 1 that looks random, of the finalizer of SplitMix64 (Steele, Lea and Flood
// 2014, "Fast splittable pseudorandom number generators").
double scattered(std::uint64_t number) {
    std::uint64_t z = (number + 1) * 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) * 0x1.0p-53;
}

constexpr std::int64_t longest_us = 3'200'000'000'000'000;  // a hundred years

}  // namespace

RecentValues::RecentValues(std::size_t capacity, Duration span)
    : capacity_(std::clamp<std::size_t>(capacity, 2, max_capacity)), span_(span) {}

bool RecentValues::offer(Duration step, double value) {
    clock_ += std::max(step, Duration{0});
    if (clock_ < next_ || !std::isfinite(value)) {
        return false;
    }
    if (values_.capacity() == 0) {
        values_.reserve(capacity_);
        order_.reserve(capacity_);
    }
    if (values_.size() == capacity_ && cell_ < span_ / static_cast<std::int64_t>(capacity_)) {
        thin();
    }
    keep(value);
    plan_next();
    measure();
    return true;
}

std::size_t RecentValues::slot_of(std::size_t age) const {
    const std::size_t slot = oldest_ + age;
    return slot < values_.size() ? slot : slot - values_.size();
}

void RecentValues::keep(double value) {
    if (values_.empty()) {
        since_ = clock_;
    }
    if (values_.size() < capacity_) {
        values_.push_back(value);
        insert_sorted(static_cast<std::uint8_t>(values_.size() - 1));
        return;
    }
    const auto slot = static_cast<std::uint8_t>(oldest_);
    order_.erase(std::find(order_.begin(), order_.end(), slot));
    values_[slot] = value;
    oldest_ = oldest_ + 1 == capacity_ ? 0 : oldest_ + 1;
    insert_sorted(slot);
}

void RecentValues::insert_sorted(std::uint8_t slot) {
    const auto place = std::upper_bound(
        order_.begin(), order_.end(), values_[slot], [&](double value, std::uint8_t each) {
            return value < values_[each];
        });
    order_.insert(place, slot);
}

// Every second value goes, and cells become twice as long, but not longer than they will be.
void RecentValues::thin() {
    std::rotate(
        values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(oldest_), values_.end());
    oldest_ = 0;
    const std::size_t kept = values_.size() / 2;
    for (std::size_t i = 0; i < kept; ++i) {
        values_[i] = values_[2 * i + 1];
    }
    values_.resize(kept);
    order_.resize(kept);
    std::iota(order_.begin(), order_.end(), std::uint8_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::uint8_t a, std::uint8_t b) {
        return values_[a] != values_[b] ? values_[a] < values_[b] : a < b;
    });
    const auto places = static_cast<std::int64_t>(capacity_);
    cell_ = std::min(2 * (clock_ - since_) / places, span_ / places);
}

void RecentValues::plan_next() {
    cell_start_ = std::max(cell_start_ + cell_, clock_ - cell_);
    const double share = scattered(cells_++);
    const auto within = static_cast<std::int64_t>(share * static_cast<double>(cell_.count()));
    next_ = cell_start_ + cell_ + Duration{within};
}

// The values nearest to the median are taken one by one from both sides until half are.
void RecentValues::measure() {
    const std::size_t count = values_.size();
    const std::size_t middle = count / 2;
    const double median =
        count % 2 == 1 ? sorted(middle) : std::midpoint(sorted(middle - 1), sorted(middle));
    std::size_t below = middle;  // of the ones still to be taken on this side, one past the nearest
    std::size_t above = middle;
    double distance = 0;
    for (std::size_t taken = 0; taken <= count / 2; ++taken) {
        const bool has_below = below > 0;
        const bool has_above = above < count;
        if (!has_below && !has_above) {
            break;
        }
        const double down = has_below ? median - sorted(below - 1) : 0;
        const double up = has_above ? sorted(above) - median : 0;
        if (!has_above || (has_below && down <= up)) {
            distance = down;
            --below;
        } else {
            distance = up;
            ++above;
        }
    }
    normal_ = {median, 1.4826 * distance};
    if (distance == 0) {
        double sum = 0;
        for (const double value : values_) {
            sum += std::abs(value - median);
        }
        normal_.deviation = 1.2533 * sum / static_cast<double>(count);
    }
}

std::size_t RecentValues::size_bytes() const {
    return sizeof(*this) + values_.capacity() * sizeof(double) + order_.capacity();
}

void RecentValues::save(std::string& text) const {
    for (const Duration each : {clock_, since_, cell_, cell_start_, next_}) {
        text += std::to_string(each.count()) + ' ';
    }
    text += std::to_string(cells_);
    for (std::size_t age = 0; age < values_.size(); ++age) {
        text += ' ' + number_text(values_[slot_of(age)]);
    }
}

bool RecentValues::load(std::string_view text) {
    TextReader reader{text};
    std::array<std::int64_t, 5> times{};
    for (std::int64_t& time : times) {
        if (!reader.read(time) || time < 0 || time > longest_us) {
            return false;
        }
    }
    std::uint64_t cells = 0;
    if (!reader.read(cells)) {
        return false;
    }
    std::vector<double> values;
    values.reserve(capacity_);
    while (!reader.at_end()) {
        double value = 0;
        if (values.size() == capacity_ || !reader.read(value) || !std::isfinite(value)) {
            return false;
        }
        values.push_back(value);
    }
    clock_ = Duration{times[0]};
    since_ = Duration{times[1]};
    cell_ = Duration{times[2]};
    cell_start_ = Duration{times[3]};
    next_ = Duration{times[4]};
    cells_ = cells;
    oldest_ = 0;
    values_ = std::move(values);
    return take_values();
}

bool RecentValues::take_values() {
    const bool may_be = values_.size() <= capacity_ &&
                        (oldest_ == 0 || (values_.size() == capacity_ && oldest_ < capacity_)) &&
                        std::all_of(values_.begin(), values_.end(), [](double each) {
                            return std::isfinite(each);
                        });
    if (!may_be) {
        return false;
    }
    values_.reserve(capacity_);
    order_.clear();
    order_.reserve(capacity_);
    for (std::size_t i = 0; i < values_.size(); ++i) {
        insert_sorted(static_cast<std::uint8_t>(i));
    }
    if (!values_.empty()) {
        measure();
    }
    return true;
}

}  // namespace primum::core

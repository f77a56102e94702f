// SPDX-License-Identifier: MIT
#pragma once

#include "core/histogram.hpp"
#include "core/judgement.hpp"
#include "core/sample_window.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>
#include <primum/series.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace primum::core {

// What an indicator's series say together. Where the worst of several counts, it is one of the two
// ends: crossing a threshold never becomes less by going further its way.
struct Reading {
    double low = 0;
    double high = 0;
    bool at_least = false;  // the true value is this or more (an age whose beginning nobody saw)
};

// What a collection brings for one slot: the value at `place` in it.
struct Feed {
    std::uint32_t slot = 0;
    std::uint32_t place = 0;
};

// The series of one indicator, and the one value they make (docs/rules.md, Values). Fed by
// collections; a series counts while it is in the latest one and its last sample is younger than
// `stale_after`.
class IndicatorValue {
public:
    IndicatorValue(const IndicatorRule& rule, std::size_t max_samples);
    ~IndicatorValue() = default;
    IndicatorValue(IndicatorValue&&) = default;
    IndicatorValue& operator=(IndicatorValue&&) = default;
    IndicatorValue(const IndicatorValue&) = delete;
    IndicatorValue& operator=(const IndicatorValue&) = delete;

    // Starts listening to a series. The slot number is what feed() takes; nothing when the series
    // cannot be part of the value (another quantile of a summary, a `_sum` beside buckets).
    std::optional<std::size_t> bind(std::size_t role, const SeriesName& series);
    // The series is no more: its slot is free, and what only it needed is let go.
    void unbind(std::size_t slot);
    void begin_collection() { ++collection_; }
    void feed(std::size_t slot, Instant t, double value) { feed(slots_[slot], t, value); }
    // The same of many, in their order.
    void feed_all(Instant t, std::span<const Feed> feeds, std::span<const SampleValue> values);

    // Nothing when it cannot be known now: no series, one that is no number, fewer events than
    // min_count, a histogram of which a part is missing.
    [[nodiscard]] std::optional<Reading> read(Instant now);

    // The same meaning in another compiled rule set.
    void rebind(const IndicatorRule& rule) { rule_ = &rule; }

    static void members(auto& archive, auto& it) {
        archive(it.collection_, it.may_be_spoilt_, it.groups_, it.histograms_);
        archive.sequence(
            it.slots_,
            [&](auto& slot) {
                archive(slot);
                archive.require(slot.role != Role::bucket || it.has_bucket(slot));
            },
            [&] { return it.empty_slot(Role::value); });
        for (const auto& [labels, group] : it.groups_) {
            archive.require(group < it.histograms_.size());
        }
        if constexpr (requires { it.find_free(); }) {
            archive.require(archive.ok() && it.find_free());
        }
    }
    [[nodiscard]] std::size_t slot_count() const { return slots_.size(); }
    [[nodiscard]] std::size_t histogram_count() const { return histograms_.size(); }
    // Of all histograms.
    [[nodiscard]] std::size_t bound_count() const;

private:
    // Which part of the value a series is. Of a ratio: value = numerator, whole = denominator. Of a
    // quantile: bucket of a histogram, value = series of a summary, whole = its `_count`. `none`:
    // of nothing, a free slot.
    enum class Role : std::uint8_t { value, whole, bucket, none };

    struct Slot {
        Role role = Role::value;
        bool counter = false;      // its growth counts, not its value
        bool spoilt = false;       // its last sample is no number that can be used
        bool seen = false;         // has had one that can
        bool seen_change = false;  // has had another value since
        std::uint32_t group = 0;   // of a bucket: its histogram
        std::uint32_t bucket = 0;
        std::uint64_t collection = 0;
        Instant t;
        Instant changed;
        double value = 0;
        SampleWindow window;

        static void members(auto& archive, auto& it) {
            archive.up_to(it.role, Role::none);
            archive(it.counter,
                    it.spoilt,
                    it.seen,
                    it.seen_change,
                    it.group,
                    it.bucket,
                    it.collection,
                    it.t,
                    it.changed,
                    it.value,
                    it.window);
        }
    };

    class Reducer;

    void feed(Slot& slot, Instant t, double value);
    std::optional<std::size_t> bind_quantile(const SeriesName& series);
    std::size_t add_slot(Role role);
    [[nodiscard]] Slot empty_slot(Role role) const;
    [[nodiscard]] bool has_bucket(const Slot& slot) const {
        return slot.group < histograms_.size() &&
               slot.bucket < histograms_[slot.group].bucket_count();
    }
    // Which slots and histograms are free, and how many slots each of the others has. False when
    // two groups share a histogram, or a slot stands in a free one.
    bool find_free();
    // The number of a histogram, which has one slot more from now on.
    std::uint32_t enter_group(std::string labels);
    void leave_group(std::uint32_t number);
    void rebuild_buckets(std::uint32_t group);
    [[nodiscard]] bool is_present(const Slot& slot, Instant now) const {
        return (slot.seen || slot.spoilt) && slot.collection == collection_ &&
               now - slot.t <= rule_->stale_after;
    }
    [[nodiscard]] bool any_spoilt(Instant now);
    [[nodiscard]] std::optional<double> summed_increase(Role role, Instant now);
    [[nodiscard]] std::optional<Reading> read_each(Instant now);
    [[nodiscard]] std::optional<Reading> read_ratio(Instant now);
    [[nodiscard]] std::optional<Reading> read_histograms(Instant now);
    [[nodiscard]] std::optional<Reading> read_summaries(Instant now);
    [[nodiscard]] std::optional<Reading> read_ages(Instant now) const;

    const IndicatorRule* rule_;
    std::size_t max_samples_;
    std::uint64_t collection_ = 0;
    bool may_be_spoilt_ = false;
    std::vector<Slot> slots_;
    std::map<std::string, std::uint32_t, std::less<>> groups_;  // labels without `le`
    std::vector<Histogram> histograms_;

    // Found again from the above after loading. The lowest free one is used first.
    struct Group {
        std::uint32_t slots = 0;
        const std::string* labels = nullptr;  // the key in groups_; nullptr: free
    };
    std::vector<Group> group_of_;  // by number of histogram
    std::set<std::uint32_t> free_slots_;
    std::set<std::uint32_t> free_histograms_;
};

}  // namespace primum::core

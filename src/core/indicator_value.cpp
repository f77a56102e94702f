// SPDX-License-Identifier: MIT
#include "core/indicator_value.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

namespace primum::core {
namespace {

const Label* find_label(const SeriesName& series, std::string_view name) {
    const auto found = std::find_if(series.labels.begin(),
                                    series.labels.end(),
                                    [&](const Label& each) { return each.name == name; });
    return found == series.labels.end() ? nullptr : &*found;
}

// One text for the series of one histogram. Neither names nor values contain a NUL.
std::string group_of(const SeriesName& series) {
    std::string key = series.name;
    for (const Label& label : series.labels) {
        if (label.name != "le") {
            key += '\0' + label.name + '\0' + label.value;
        }
    }
    return key;
}

// So many bounds more than twice those in use may stand in a histogram.
constexpr std::size_t idle_buckets = 64;

bool is_counter(ValueKind kind) {
    return kind == ValueKind::rate || kind == ValueKind::increase || kind == ValueKind::ratio ||
           kind == ValueKind::quantile;
}

}  // namespace

// Makes one reading of several values.
class IndicatorValue::Reducer {
public:
    explicit Reducer(Reduce reduce) : reduce_(reduce) {}

    void add(double value) {
        low_ = count_ == 0 ? value : std::min(low_, value);
        high_ = count_ == 0 ? value : std::max(high_, value);
        sum_ += value;
        ++count_;
    }

    [[nodiscard]] std::optional<Reading> reading() const {
        if (count_ == 0) {
            return std::nullopt;
        }
        switch (reduce_) {
            case Reduce::sum:
                return std::isnan(sum_) ? std::nullopt : std::optional{Reading{sum_, sum_}};
            case Reduce::max:
                return Reading{high_, high_};
            case Reduce::min:
                return Reading{low_, low_};
            case Reduce::worst:
                break;
        }
        return Reading{low_, high_};
    }

private:
    Reduce reduce_;
    double low_ = 0;
    double high_ = 0;
    double sum_ = 0;
    std::size_t count_ = 0;
};

IndicatorValue::IndicatorValue(const IndicatorRule& rule, std::size_t max_samples)
    : rule_(&rule), max_samples_(max_samples) {}

std::optional<std::size_t> IndicatorValue::bind(std::size_t role, const SeriesName& series) {
    if (rule_->kind == ValueKind::quantile) {
        return bind_quantile(series);
    }
    return add_slot(role == 0 ? Role::value : Role::whole);
}

std::optional<std::size_t> IndicatorValue::bind_quantile(const SeriesName& series) {
    if (const Label* le = find_label(series, "le")) {
        const auto bound = label_number(le->value);
        if (!bound) {
            return std::nullopt;
        }
        const std::uint32_t group =
            enter_group(rule_->reduce == Reduce::sum ? std::string{} : group_of(series));
        const std::size_t slot = add_slot(Role::bucket);
        slots_[slot].group = group;
        slots_[slot].bucket = static_cast<std::uint32_t>(histograms_[group].add_bucket(*bound));
        return slot;
    }
    if (const Label* quantile = find_label(series, "quantile")) {
        constexpr double same = 1e-9;
        const auto which = label_number(quantile->value);
        return which && std::abs(*which - rule_->quantile) < same
                   ? std::optional{add_slot(Role::value)}
                   : std::nullopt;
    }
    return series.name.ends_with("_count") ? std::optional{add_slot(Role::whole)} : std::nullopt;
}

IndicatorValue::Slot IndicatorValue::empty_slot(Role role) const {
    return {.role = role, .t = {}, .changed = {}, .window = {rule_->over, max_samples_}};
}

std::size_t IndicatorValue::add_slot(Role role) {
    std::size_t number = slots_.size();
    if (free_slots_.empty()) {
        slots_.push_back(empty_slot(role));
    } else {
        number = free_slots_.extract(free_slots_.begin()).value();
        slots_[number] = empty_slot(role);
    }
    slots_[number].counter =
        is_counter(rule_->kind) && (rule_->kind != ValueKind::quantile || role != Role::value);
    return number;
}

void IndicatorValue::unbind(std::size_t slot) {
    const bool in_histogram = slots_[slot].role == Role::bucket;
    const std::uint32_t group = slots_[slot].group;
    slots_[slot] = empty_slot(Role::none);
    free_slots_.insert(static_cast<std::uint32_t>(slot));
    if (in_histogram) {
        leave_group(group);
    }
}

std::uint32_t IndicatorValue::enter_group(std::string labels) {
    const auto [place, is_new] = groups_.try_emplace(std::move(labels), 0);
    if (is_new) {
        if (free_histograms_.empty()) {
            place->second = static_cast<std::uint32_t>(histograms_.size());
            histograms_.emplace_back();
            group_of_.emplace_back();
        } else {
            place->second = free_histograms_.extract(free_histograms_.begin()).value();
        }
        group_of_[place->second].labels = &place->first;
    }
    ++group_of_[place->second].slots;
    return place->second;
}

void IndicatorValue::leave_group(std::uint32_t number) {
    Group& group = group_of_[number];
    if (--group.slots == 0) {
        groups_.erase(groups_.find(*group.labels));
        group.labels = nullptr;
        histograms_[number] = Histogram{};
        free_histograms_.insert(number);
    } else if (histograms_[number].bucket_count() > 2 * std::size_t{group.slots} + idle_buckets) {
        rebuild_buckets(number);
    }
}

// Bounds that no series has any more go.
void IndicatorValue::rebuild_buckets(std::uint32_t group) {
    const Histogram old = std::exchange(histograms_[group], Histogram{});
    for (Slot& slot : slots_) {
        if (slot.role == Role::bucket && slot.group == group) {
            const double bound = old.upper_bound(slot.bucket);
            slot.bucket = static_cast<std::uint32_t>(histograms_[group].add_bucket(bound));
        }
    }
}

std::size_t IndicatorValue::bound_count() const {
    return std::transform_reduce(
        histograms_.begin(), histograms_.end(), std::size_t{0}, std::plus{}, [](const auto& each) {
            return each.bucket_count();
        });
}

bool IndicatorValue::find_free() {
    group_of_.assign(histograms_.size(), Group{});
    for (const auto& [labels, number] : groups_) {
        if (group_of_[number].labels != nullptr) {
            return false;
        }
        group_of_[number].labels = &labels;
    }
    free_slots_.clear();
    free_histograms_.clear();
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].role == Role::none) {
            free_slots_.insert(i);
        } else if (slots_[i].role == Role::bucket) {
            ++group_of_[slots_[i].group].slots;
        }
    }
    bool all_used = true;
    for (std::uint32_t i = 0; i < group_of_.size(); ++i) {
        const bool is_free = group_of_[i].labels == nullptr;
        all_used = all_used && is_free == (group_of_[i].slots == 0);
        if (is_free) {
            free_histograms_.insert(i);
        }
    }
    return all_used;
}

// Slots and windows have mostly left the caches since the collection before: those of a few series
// ahead are called for while one is fed.
void IndicatorValue::feed_all(Instant t,
                              std::span<const Feed> feeds,
                              std::span<const SampleValue> values) {
    constexpr std::size_t slots_ahead = 16;
    constexpr std::size_t windows_ahead = 8;
    for (std::size_t i = 0; i < feeds.size(); ++i) {
        if (i + slots_ahead < feeds.size()) {
            const auto* next = reinterpret_cast<const char*>(&slots_[feeds[i + slots_ahead].slot]);
            __builtin_prefetch(next, 1);
            __builtin_prefetch(next + sizeof(Slot) - 1, 1);
        }
        if (i + windows_ahead < feeds.size()) {
            slots_[feeds[i + windows_ahead].slot].window.call_for();
        }
        feed(slots_[feeds[i].slot], t, values[feeds[i].place].value);
    }
}

void IndicatorValue::feed(Slot& slot, Instant t, double value) {
    slot.collection = collection_;
    slot.t = t;
    slot.spoilt = slot.counter ? !std::isfinite(value) : std::isnan(value);
    if (slot.spoilt) {
        may_be_spoilt_ = true;
        return;
    }
    if (slot.counter) {
        slot.window.add(t, value);
    }
    if (!slot.seen || value != slot.value) {
        slot.seen_change = slot.seen;
        slot.changed = t;
    }
    slot.value = value;
    slot.seen = true;
}

bool IndicatorValue::any_spoilt(Instant now) {
    may_be_spoilt_ =
        may_be_spoilt_ && std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
            return slot.spoilt && is_present(slot, now);
        });
    return may_be_spoilt_;
}

std::optional<Reading> IndicatorValue::read(Instant now) {
    if (any_spoilt(now)) {
        return std::nullopt;
    }
    switch (rule_->kind) {
        case ValueKind::ratio:
            return read_ratio(now);
        case ValueKind::quantile:
            return groups_.empty() ? read_summaries(now) : read_histograms(now);
        case ValueKind::age:
            return read_ages(now);
        case ValueKind::gauge:
        case ValueKind::rate:
        case ValueKind::increase:
        case ValueKind::probe:
            return read_each(now);
        case ValueKind::unit_state:
            break;
    }
    return std::nullopt;
}

std::optional<Reading> IndicatorValue::read_each(Instant now) {
    Reducer reducer{rule_->reduce};
    for (Slot& slot : slots_) {
        if (!is_present(slot, now)) {
            continue;
        }
        if (rule_->kind == ValueKind::rate || rule_->kind == ValueKind::increase) {
            const auto grown =
                rule_->kind == ValueKind::rate ? slot.window.rate(now) : slot.window.increase(now);
            if (grown) {
                reducer.add(*grown);
            }
        } else {
            reducer.add(slot.value);
        }
    }
    return reducer.reading();
}

std::optional<double> IndicatorValue::summed_increase(Role role, Instant now) {
    std::optional<double> sum;
    for (Slot& slot : slots_) {
        if (slot.role != role || !is_present(slot, now)) {
            continue;
        }
        if (const auto increase = slot.window.increase(now)) {
            sum = sum.value_or(0) + *increase;
        }
    }
    return sum;
}

// A numerator that is absent beside a denominator that is there counts as 0: nobody exposes a
// counter of errors before the first one.
std::optional<Reading> IndicatorValue::read_ratio(Instant now) {
    const auto whole = summed_increase(Role::whole, now);
    if (!whole || *whole < rule_->min_count || *whole <= 0) {
        return std::nullopt;
    }
    const double ratio = summed_increase(Role::value, now).value_or(0) / *whole;
    return std::isfinite(ratio) ? std::optional{Reading{ratio, ratio}} : std::nullopt;
}

// `sum` is over the buckets, by their bounds; max, min and worst are over the quantiles of single
// histograms, of which those with too few events say nothing.
std::optional<Reading> IndicatorValue::read_histograms(Instant now) {
    for (Histogram& histogram : histograms_) {
        histogram.clear();
    }
    for (Slot& slot : slots_) {
        if (slot.role != Role::bucket || !is_present(slot, now)) {
            continue;
        }
        if (const auto events = slot.window.increase(now)) {
            histograms_[slot.group].add(slot.bucket, *events);
        }
    }
    Reducer reducer{rule_->reduce};
    for (Histogram& histogram : histograms_) {
        if (!histogram.any()) {
            continue;
        }
        if (!histogram.is_whole()) {
            return std::nullopt;
        }
        const double events = histogram.events();
        if (events > 0 && events >= rule_->min_count && std::isfinite(events)) {
            reducer.add(histogram.quantile(rule_->quantile));
        }
    }
    return reducer.reading();
}

// The quantile of several summaries cannot be had from theirs: the worst of them counts, whatever
// `reduce` says of sums. How many events are behind one only its `_count` can tell.
std::optional<Reading> IndicatorValue::read_summaries(Instant now) {
    const auto events = summed_increase(Role::whole, now);
    if (rule_->min_count > 1 ? events.value_or(0) < rule_->min_count : events == 0.0) {
        return std::nullopt;
    }
    Reducer reducer{rule_->reduce == Reduce::sum ? Reduce::worst : rule_->reduce};
    for (const Slot& slot : slots_) {
        if (slot.role == Role::value && is_present(slot, now)) {
            reducer.add(slot.value);
        }
    }
    return reducer.reading();
}

// When a series last changed before it was first met nobody knows: until it is seen to change, its
// age is only known to be at least the time since then.
std::optional<Reading> IndicatorValue::read_ages(Instant now) const {
    Reducer reducer{rule_->reduce};
    bool at_least = false;
    for (const Slot& slot : slots_) {
        if (is_present(slot, now)) {
            reducer.add(std::chrono::duration<double>(now - slot.changed).count());
            at_least = at_least || !slot.seen_change;
        }
    }
    auto reading = reducer.reading();
    if (reading) {
        reading->at_least = at_least;
    }
    return reading;
}

}  // namespace primum::core

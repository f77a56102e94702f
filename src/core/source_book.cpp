// SPDX-License-Identifier: MIT
#include "core/source_book.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

namespace primum::core {

bool ListenerHomes::find(Listener& listener, bool is_provider, Deadlines::Key key) const {
    if (is_provider) {
        const auto found = providers.find(key);
        listener.provider = found == providers.end() ? nullptr : found->second;
        return listener.provider != nullptr &&
               listener.indicator < listener.provider->indicators.size();
    }
    const auto found = targets.find(key);
    listener.target = found == targets.end() ? nullptr : found->second;
    return listener.target != nullptr && listener.indicator < listener.target->indicators.size();
}

void SourceState::add_listener(Listener listener) {
    planned_.clear();
    const auto place = static_cast<std::uint32_t>(listeners_.size());
    listeners_.push_back(listener);
    for (Series& series : series_) {
        bind(series, place);
    }
}

template <class Mine>
void SourceState::remove_if(const Mine& is_mine) {
    planned_.clear();
    constexpr std::uint32_t gone = UINT32_MAX;
    std::vector<std::uint32_t> place_of(listeners_.size(), gone);
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        if (!is_mine(listeners_[i])) {
            place_of[i] = kept;
            listeners_[kept++] = listeners_[i];
        }
    }
    listeners_.resize(kept);
    for (Series& series : series_) {
        for (Binding& binding : series.bindings) {
            binding.listener = place_of[binding.listener];
        }
        std::erase_if(series.bindings, [](const Binding& each) { return each.listener == gone; });
    }
}

void SourceState::remove_listeners(const TargetState& target) {
    remove_if([&](const Listener& each) { return each.target == &target; });
}

void SourceState::remove_listeners(const ProviderState& provider) {
    remove_if([&](const Listener& each) { return each.provider == &provider; });
}

void SourceState::bind(Series& series, std::uint32_t listener) {
    IndicatorState& state = listeners_[listener].state();
    const auto& matchers = state.rule().matchers;
    for (std::size_t role = 0; role < matchers.size(); ++role) {
        if (!matchers[role]->matches(*series.name)) {
            continue;
        }
        if (const auto slot = state.bind(role, *series.name)) {
            series.bindings.push_back({listener, static_cast<std::uint32_t>(*slot)});
        }
    }
}

bool SourceState::ByText::operator()(const SeriesName& a, const SeriesName& b) const {
    if (a.name != b.name) {
        return a.name < b.name;
    }
    return std::lexicographical_compare(a.labels.begin(),
                                        a.labels.end(),
                                        b.labels.begin(),
                                        b.labels.end(),
                                        [](const Label& one, const Label& other) {
                                            return one.name != other.name ? one.name < other.name
                                                                          : one.value < other.value;
                                        });
}

std::vector<SourceState::SavedSeries> SourceState::saved_series() const {
    std::vector<SavedSeries> all;
    all.reserve(series_.size());
    for (std::uint32_t number = 0; number < series_.size(); ++number) {
        const Series& each = series_[number];
        std::vector<SavedBinding> bindings;
        bindings.reserve(each.bindings.size());
        for (const Binding& binding : each.bindings) {
            bindings.push_back({listeners_[binding.listener], binding.slot});
        }
        all.push_back({*each.name, each.id, by_id_.find(each.id) == number, std::move(bindings)});
    }
    return all;
}

bool SourceState::take_series(std::vector<SavedSeries>& all) {
    planned_.clear();
    const auto key_of = [](const Listener& each) {
        return std::tuple{each.provider != nullptr, each.key(), each.indicator};
    };
    std::map<decltype(key_of(listeners_[0])), std::uint32_t> place_of;
    for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
        place_of.emplace(key_of(listeners_[i]), i);
    }
    for (SavedSeries& each : all) {
        const auto number = static_cast<std::uint32_t>(series_.size());
        const auto [place, is_new] = by_name_.emplace(std::move(each.name), number);
        if (!is_new || (each.has_id && by_id_.find(each.id) != SeriesIndex::none)) {
            return false;
        }
        series_.push_back({&place->first, each.id, {}});
        for (const SavedBinding& binding : each.bindings) {
            const auto listener = place_of.find(key_of(binding.listener));
            if (listener == place_of.end()) {
                return false;
            }
            series_.back().bindings.push_back(
                {listener->second, static_cast<std::uint32_t>(binding.slot)});
        }
        if (each.has_id) {
            by_id_.set(each.id, number);
        }
    }
    return true;
}

SourceState::Declared SourceState::declare(const SeriesEvent& event,
                                           std::size_t bound,
                                           std::size_t max_name_bytes) {
    std::size_t bytes = event.parsed.name.size();
    for (const Label& label : event.parsed.labels) {
        bytes += label.name.size() + label.value.size();
    }
    if (std::max(bytes, event.name.size()) > max_name_bytes) {
        return Declared::too_long;
    }
    if (const auto known = by_name_.find(event.parsed); known != by_name_.end()) {
        planned_.clear();
        Series& series = series_[known->second];
        if (by_id_.find(series.id) == known->second) {
            by_id_.erase(series.id);
        }
        series.id = event.id;
        by_id_.set(event.id, known->second);
        return Declared::taken;
    }
    if (series_.size() >= bound) {
        return Declared::too_many;
    }
    planned_.clear();
    const auto number = static_cast<std::uint32_t>(series_.size());
    const auto added = by_name_.emplace(event.parsed, number).first;
    series_.push_back({&added->first, event.id, {}});
    by_id_.set(event.id, number);
    for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
        if (listeners_[i].target == nullptr || !listeners_[i].target->gone) {
            bind(series_.back(), i);
        }
    }
    return Declared::taken;
}

bool SourceState::forget(SeriesId id) {
    const std::uint32_t number = by_id_.find(id);
    if (number == SeriesIndex::none) {
        return false;
    }
    planned_.clear();
    by_id_.erase(id);
    for (const Binding& binding : series_[number].bindings) {
        listeners_[binding.listener].state().unbind(binding.slot);
    }
    by_name_.erase(by_name_.find(*series_[number].name));
    const auto end = static_cast<std::uint32_t>(series_.size() - 1);
    if (number != end) {
        series_[number] = std::move(series_[end]);
        by_name_.find(*series_[number].name)->second = number;
        if (by_id_.find(series_[number].id) == end) {
            by_id_.set(series_[number].id, number);
        }
    }
    series_.pop_back();
    return true;
}

bool SourceState::expect(const std::vector<SampleValue>& values) {
    const bool as_before =
        !planned_.empty() &&
        std::equal(values.begin(),
                   values.end(),
                   planned_.begin(),
                   planned_.end(),
                   [](const SampleValue& value, SeriesId id) { return value.id == id; });
    return as_before || plan(values);
}

// By counting, so that a listener's feeds stand in the order of the collection.
bool SourceState::plan(const std::vector<SampleValue>& values) {
    planned_.clear();
    feeds_before_.assign(listeners_.size() + 1, 0);
    for (const SampleValue& value : values) {
        const std::uint32_t number = by_id_.find(value.id);
        if (number == SeriesIndex::none) {
            return false;
        }
        for (const Binding& binding : series_[number].bindings) {
            ++feeds_before_[binding.listener];
        }
    }
    std::exclusive_scan(feeds_before_.begin(), feeds_before_.end(), feeds_before_.begin(), 0U);
    feeds_.resize(feeds_before_.back());
    for (std::uint32_t place = 0; place < values.size(); ++place) {
        for (const Binding& binding : series_[by_id_.find(values[place].id)].bindings) {
            feeds_[feeds_before_[binding.listener]++] = {binding.slot, place};
        }
        planned_.push_back(values[place].id);
    }
    // Each has moved on to where the next one begins.
    std::shift_right(feeds_before_.begin(), feeds_before_.end(), 1);
    feeds_before_.front() = 0;
    return true;
}

void SourceState::feed(std::size_t listener, Instant now, const std::vector<SampleValue>& values) {
    const auto begin = feeds_.begin() + feeds_before_[listener];
    const auto end = feeds_.begin() + feeds_before_[listener + 1];
    IndicatorState& state = listeners_[listener].state();
    state.begin_collection();
    state.feed_all(now, {begin, end}, values);
}

bool SourceState::sample(Instant now, SeriesId id, double value) {
    touched_.clear();
    const std::uint32_t number = by_id_.find(id);
    if (number == SeriesIndex::none) {
        return false;
    }
    for (const Binding& binding : series_[number].bindings) {
        const Listener& listener = listeners_[binding.listener];
        listener.state().feed(binding.slot, now, value);
        if (std::find(touched_.begin(), touched_.end(), listener) == touched_.end()) {
            touched_.push_back(listener);
        }
    }
    return true;
}

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/source_book.hpp"

#include <algorithm>

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
    listeners_.push_back(listener);
    for (Series& series : series_) {
        bind(series, listener);
    }
}

template <class Mine>
void SourceState::remove_if(const Mine& is_mine) {
    std::erase_if(listeners_, is_mine);
    for (Series& series : series_) {
        std::erase_if(series.bindings, [&](const Binding& each) { return is_mine(each.listener); });
    }
}

void SourceState::remove_listeners(const TargetState& target) {
    remove_if([&](const Listener& each) { return each.target == &target; });
}

void SourceState::remove_listeners(const ProviderState& provider) {
    remove_if([&](const Listener& each) { return each.provider == &provider; });
}

void SourceState::bind(Series& series, Listener listener) {
    const IndicatorRule& rule = listener.state().rule();
    for (std::size_t role = 0; role < rule.matchers.size(); ++role) {
        if (!rule.matchers[role]->matches(*series.name)) {
            continue;
        }
        if (const auto slot = listener.state().bind(role, *series.name)) {
            series.bindings.push_back({listener, *slot});
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
        all.push_back({*each.name, each.id, by_id_.find(each.id) == number, each.bindings});
    }
    return all;
}

bool SourceState::take_series(std::vector<SavedSeries>& all) {
    for (SavedSeries& each : all) {
        const auto number = static_cast<std::uint32_t>(series_.size());
        const auto [place, is_new] = by_name_.emplace(std::move(each.name), number);
        if (!is_new || (each.has_id && by_id_.find(each.id) != SeriesIndex::none)) {
            return false;
        }
        series_.push_back({&place->first, each.id, std::move(each.bindings)});
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
    const auto number = static_cast<std::uint32_t>(series_.size());
    const auto added = by_name_.emplace(event.parsed, number).first;
    series_.push_back({&added->first, event.id, {}});
    by_id_.set(event.id, number);
    for (const Listener& listener : listeners_) {
        if (listener.target == nullptr || !listener.target->gone) {
            bind(series_.back(), listener);
        }
    }
    return Declared::taken;
}

bool SourceState::forget(SeriesId id) {
    const std::uint32_t number = by_id_.find(id);
    if (number == SeriesIndex::none) {
        return false;
    }
    by_id_.erase(id);
    for (const Binding& binding : series_[number].bindings) {
        binding.listener.state().unbind(binding.slot);
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

bool SourceState::collect(Instant now, const std::vector<SampleValue>& values) {
    const bool all_known = std::all_of(values.begin(), values.end(), [&](const SampleValue& each) {
        return by_id_.find(each.id) != SeriesIndex::none;
    });
    if (!all_known) {
        return false;
    }
    for (const Listener& listener : listeners_) {
        listener.state().begin_collection();
    }
    for (const SampleValue& value : values) {
        for (const Binding& binding : series_[by_id_.find(value.id)].bindings) {
            binding.listener.state().feed(binding.slot, now, value.value);
        }
    }
    return true;
}

bool SourceState::sample(Instant now, SeriesId id, double value) {
    touched_.clear();
    const std::uint32_t number = by_id_.find(id);
    if (number == SeriesIndex::none) {
        return false;
    }
    for (const Binding& binding : series_[number].bindings) {
        binding.listener.state().feed(binding.slot, now, value);
        if (std::find(touched_.begin(), touched_.end(), binding.listener) == touched_.end()) {
            touched_.push_back(binding.listener);
        }
    }
    return true;
}

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/source_book.hpp"

#include <algorithm>

namespace primum::core {

void SourceState::add_listener(Listener listener) {
    listeners_.push_back(listener);
    for (Series& series : series_) {
        bind(series, listener);
    }
}

void SourceState::remove_listeners(const TargetState& target) {
    std::erase_if(listeners_, [&](const Listener& each) { return each.target == &target; });
    for (Series& series : series_) {
        std::erase_if(series.bindings,
                      [&](const Binding& each) { return each.listener.target == &target; });
    }
}

void SourceState::bind(Series& series, Listener listener) {
    const IndicatorRule& rule = listener.state().rule();
    for (std::size_t role = 0; role < rule.matchers.size(); ++role) {
        if (rule.matchers[role]->matches(series.parsed)) {
            series.bindings.push_back({listener, listener.state().bind(role)});
        }
    }
}

bool SourceState::declare(const SeriesEvent& event, std::size_t bound) {
    const auto known = by_name_.find(event.name);
    if (known != by_name_.end()) {
        by_id_[event.id] = known->second;
        return true;
    }
    if (series_.size() >= bound) {
        return false;
    }
    series_.push_back({event.name, event.parsed, {}});
    by_name_[event.name] = series_.size() - 1;
    by_id_[event.id] = series_.size() - 1;
    for (const Listener& listener : listeners_) {
        bind(series_.back(), listener);
    }
    return true;
}

bool SourceState::collect(Instant now, const std::vector<SampleValue>& values) {
    const bool all_known = std::all_of(values.begin(), values.end(), [&](const SampleValue& each) {
        return by_id_.contains(each.id);
    });
    if (!all_known) {
        return false;
    }
    for (const Listener& listener : listeners_) {
        listener.state().begin_collection();
    }
    for (const SampleValue& value : values) {
        for (const Binding& binding : series_[by_id_.at(value.id)].bindings) {
            binding.listener.state().feed(binding.slot, now, value.value);
        }
    }
    for (const Listener& listener : listeners_) {
        listener.state().evaluate(now);
    }
    return true;
}

std::optional<std::vector<Listener>> SourceState::sample(Instant now, SeriesId id, double value) {
    const auto series = by_id_.find(id);
    if (series == by_id_.end()) {
        return std::nullopt;
    }
    std::vector<Listener> touched;
    for (const Binding& binding : series_[series->second].bindings) {
        binding.listener.state().feed(binding.slot, now, value);
        if (std::find(touched.begin(), touched.end(), binding.listener) == touched.end()) {
            touched.push_back(binding.listener);
        }
    }
    for (const Listener& listener : touched) {
        listener.state().evaluate(now);
    }
    return touched;
}

}  // namespace primum::core

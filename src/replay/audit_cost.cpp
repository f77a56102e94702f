// SPDX-License-Identifier: MIT
#include "replay/audit_cost.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace primum::replay {

void CostCounters::begin() {
    series_.clear();
    heard_.clear();
    counters_.clear();
}

void CostCounters::take_rules(const RuleSet& rules) {
    std::vector<Counter> before = std::exchange(counters_, {});
    heard_.clear();
    for (const TargetRule& target : rules.targets) {
        if (!target.cost) {
            continue;
        }
        const std::string& source = rules.sources.at(target.cost->source).name;
        const auto same = std::find_if(before.begin(), before.end(), [&](const Counter& each) {
            return each.target == target.name && each.source == source &&
                   each.rule.selector == target.cost->selector;
        });
        if (same != before.end()) {
            counters_.push_back(std::move(*same));
        } else {
            Counter counter;
            counter.target = target.name;
            counter.source = source;
            counters_.push_back(std::move(counter));
        }
        counters_.back().rule = *target.cost;
    }
    for (std::size_t i = 0; i < counters_.size(); ++i) {
        listen(i);
    }
}

void CostCounters::listen(std::size_t counter) {
    for (const auto& [id, name] : series_[counters_[counter].source]) {
        if (counters_[counter].rule.matcher->matches(name)) {
            hear(counter, id);
        }
    }
}

void CostCounters::hear(std::size_t counter, SeriesId id) {
    auto& heard = heard_[counters_[counter].source];
    if (heard.size() <= id) {
        heard.resize(std::size_t{id} + 1);
    }
    auto& voices = counters_[counter].voices;
    const auto known = std::find_if(
        voices.begin(), voices.end(), [&](const Voice& each) { return each.id == id; });
    heard[id].push_back({counter, static_cast<std::size_t>(known - voices.begin())});
    if (known == voices.end()) {
        voices.push_back({id, std::nullopt});
    }
}

// The id may have been another series' before.
void CostCounters::take(const SeriesEvent& event) {
    auto& heard = heard_[event.source];
    if (event.id < heard.size()) {
        for (const Ear& ear : heard[event.id]) {
            counters_[ear.counter].voices[ear.voice].last.reset();
        }
        heard[event.id].clear();
    }
    if (event.gone) {
        series_[event.source].erase(event.id);
        return;
    }
    series_[event.source].insert_or_assign(event.id, event.parsed);
    for (std::size_t i = 0; i < counters_.size(); ++i) {
        if (counters_[i].source == event.source &&
            counters_[i].rule.matcher->matches(event.parsed)) {
            hear(i, event.id);
        }
    }
}

void CostCounters::take(const SamplesEvent& event, Instant at) {
    const auto found = heard_.find(event.source);
    if (found == heard_.end() || found->second.empty()) {
        return;
    }
    const auto& heard = found->second;
    for (const SampleValue& sample : event.values) {
        if (sample.id >= heard.size() || !std::isfinite(sample.value)) {
            continue;
        }
        for (const Ear& ear : heard[sample.id]) {
            Counter& counter = counters_[ear.counter];
            auto& last = counter.voices[ear.voice].last;
            if (last) {
                counter.paid += sample.value >= *last ? sample.value - *last : sample.value;
            }
            last = sample.value;
            if (counter.points.empty() || counter.points.back().at != at) {
                counter.points.push_back({at, 0});
            }
            counter.points.back().paid = counter.paid;
            if (counter.points.size() > most_points) {
                counter.points.pop_front();
            }
        }
    }
}

bool CostCounters::has(const std::string& target) const {
    return std::any_of(counters_.begin(), counters_.end(), [&](const Counter& each) {
        return each.target == target && !each.points.empty();
    });
}

// At the newest collection that is not younger; nothing before the first that is remembered.
std::optional<double> CostCounters::paid_at(const Counter& counter, Instant at) {
    const auto after = std::upper_bound(
        counter.points.begin(), counter.points.end(), at, [](Instant t, const Point& point) {
            return t < point.at;
        });
    return after == counter.points.begin() ? std::nullopt : std::optional{std::prev(after)->paid};
}

std::optional<AuditCost> CostCounters::between(const std::string& target,
                                               Instant intent,
                                               Instant verified) const {
    const auto counter = std::find_if(counters_.begin(), counters_.end(), [&](const Counter& each) {
        return each.target == target;
    });
    if (counter == counters_.end()) {
        return std::nullopt;
    }
    const auto at_intent = paid_at(*counter, intent);
    const auto at_end = paid_at(*counter, verified);
    if (!at_intent || !at_end) {
        return std::nullopt;
    }
    AuditCost cost;
    cost.span = verified - intent;
    cost.during = *at_end - *at_intent;
    if (const auto earlier = paid_at(*counter, intent - cost.span)) {
        cost.before = *at_intent - *earlier;
    }
    return cost;
}

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "source/interner.hpp"

#include <algorithm>
#include <utility>

namespace primum::source {
namespace {

// A page may spell one series in several ways (order of labels, blanks). More spellings than this
// for each series are read, but not remembered.
constexpr std::size_t spellings_per_series = 4;

// One text for one series, however it is spelt. Neither names nor values contain a NUL.
std::string key_of(const SeriesName& series) {
    std::string key = series.name;
    for (const auto& label : series.labels) {
        key += '\0';
        key += label.name;
        key += '\0';
        key += label.value;
    }
    return key;
}

}  // namespace

Wanted wanted_from(const RuleSet& rules, std::size_t source) {
    Wanted wanted;
    const auto add = [&](const IndicatorRule& indicator) {
        if (indicator.kind == ValueKind::unit_state || indicator.source != source) {
            return;
        }
        wanted.matchers.insert(
            wanted.matchers.end(), indicator.matchers.begin(), indicator.matchers.end());
        wanted.selectors.insert(
            wanted.selectors.end(), indicator.selectors.begin(), indicator.selectors.end());
    };
    for (const auto& target : rules.targets) {
        for (const auto& indicator : target.indicators) {
            add(indicator);
        }
    }
    for (const auto& provider : rules.providers) {
        for (const auto& candidate : provider.candidates) {
            if (candidate.indicator) {
                add(*candidate.indicator);
            }
            if (candidate.rate_limit) {
                add(*candidate.rate_limit);
            }
        }
    }
    std::sort(wanted.selectors.begin(), wanted.selectors.end());
    wanted.selectors.erase(std::unique(wanted.selectors.begin(), wanted.selectors.end()),
                           wanted.selectors.end());
    return wanted;
}

Interner::Interner(std::string source, std::uint32_t max_series, SeriesId first_id)
    : source_(std::move(source)),
      max_series_(max_series),
      table_(SeriesTable::most_passed, SeriesTable::most_passed + max_series),
      next_id_(first_id) {}

void Interner::want(Matchers matchers) {
    matchers_ = std::move(matchers);
    ++generation_;
    table_.clear();
    by_name_.clear();
    news_.clear();
    std::vector<Entry> entries;
    std::vector<Seen> seen;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (wanted(entries_[i].name)) {
            entries.push_back(std::move(entries_[i]));
            seen.push_back(seen_[i]);
        }
    }
    entries_ = std::move(entries);
    seen_ = std::move(seen);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        table_.keep(entries_[i].text, i);
        by_name_.emplace(key_of(entries_[i].name), i);
        news_.push_back(i);
    }
}

Interner::Found Interner::meet(std::string_view text, SeriesName parsed) {
    if (!wanted(parsed)) {
        table_.pass(text);
        return {Standing::unwanted, 0};
    }
    auto key = key_of(parsed);
    if (const auto known = by_name_.find(key); known != by_name_.end()) {
        if (table_.kept() < spellings_per_series * max_series_) {
            table_.keep(text, known->second);
        }
        return {Standing::wanted, known->second};
    }
    if (entries_.size() >= max_series_) {
        ++refused_;
        return {Standing::over_bound, 0};
    }
    const auto entry = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({std::string{text}, std::move(parsed)});
    seen_.push_back({next_id_++, 0, 0});
    by_name_.emplace(std::move(key), entry);
    table_.keep(text, entry);
    news_.push_back(entry);
    return {Standing::wanted, entry};
}

std::vector<SeriesEvent> Interner::take_news() {
    std::vector<SeriesEvent> events;
    events.reserve(news_.size());
    for (const auto index : news_) {
        const auto& entry = entries_[index];
        events.push_back({source_, seen_[index].id, entry.text, entry.name});
    }
    news_.clear();
    return events;
}

bool Interner::wanted(const SeriesName& series) const {
    return std::any_of(matchers_.begin(), matchers_.end(), [&series](const auto& matcher) {
        return matcher->matches(series);
    });
}

}  // namespace primum::source

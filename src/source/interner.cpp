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
        if (target.cost && target.cost->source == source) {
            wanted.matchers.push_back(target.cost->matcher);
            wanted.selectors.push_back(target.cost->selector);
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
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        if (wanted(entries_[i].name)) {
            entries.push_back(std::move(entries_[i]));
            seen.push_back(seen_[i]);
        } else {
            tell_gone(i);
        }
    }
    entries_ = std::move(entries);
    seen_ = std::move(seen);
    hand_ = 0;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        auto& entry = entries_[i];
        entry.spellings = {table_.keep(entry.text, i)};
        entry.in_news = false;
        by_name_.emplace(key_of(entry.name), i);
        tell(i);
    }
}

Interner::Found Interner::meet(std::string_view text, SeriesName parsed) {
    if (!wanted(parsed)) {
        table_.pass(text);
        return {Standing::unwanted, 0};
    }
    if (const auto known = by_name_.find(key_of(parsed)); known != by_name_.end()) {
        if (table_.kept() < spellings_per_series * max_series_) {
            entries_[known->second].spellings.push_back(table_.keep(text, known->second));
        }
        return {Standing::wanted, known->second};
    }
    auto place = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() < max_series_) {
        entries_.emplace_back();
        seen_.emplace_back();
    } else if (const auto vacated = vacate()) {
        place = *vacated;
    } else {
        ++refused_;
        return {Standing::over_bound, 0};
    }
    fill(place, text, std::move(parsed));
    return {Standing::wanted, place};
}

void Interner::fill(std::uint32_t place, std::string_view text, SeriesName parsed) {
    // Not seen on this page yet.
    seen_[place] = {next_id_++, 0, page_ == 0 ? 0 : page_ - 1, age_};
    auto& entry = entries_[place];
    entry.text = text;
    entry.name = std::move(parsed);
    entry.spellings = {table_.keep(text, place)};
    by_name_.emplace(key_of(entry.name), place);
    tell(place);
}

// Goes round once a page at most, and on from where it stood.
std::optional<std::uint32_t> Interner::vacate() {
    for (; looked_at_ < entries_.size(); ++looked_at_) {
        hand_ = hand_ + 1 < entries_.size() ? hand_ + 1 : 0;
        if (seen_[hand_].age + kept_pages >= age_) {
            continue;
        }
        ++generation_;
        tell_gone(hand_);
        by_name_.erase(key_of(entries_[hand_].name));
        for (const auto spelling : entries_[hand_].spellings) {
            table_.forget(spelling);
        }
        return hand_;
    }
    return std::nullopt;
}

void Interner::tell(std::uint32_t place) {
    if (!std::exchange(entries_[place].in_news, true)) {
        news_.push_back(place);
    }
}

void Interner::tell_gone(std::uint32_t place) {
    auto& entry = entries_[place];
    if (std::exchange(entry.announced, false)) {
        gone_.push_back({source_, seen_[place].id, entry.text, entry.name, true});
    }
}

std::vector<SeriesEvent> Interner::take_news() {
    auto events = std::exchange(gone_, {});
    events.reserve(events.size() + news_.size());
    for (const auto index : news_) {
        auto& entry = entries_[index];
        entry.in_news = false;
        entry.announced = true;
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

// SPDX-License-Identifier: MIT
#include "source/source.hpp"

#include "source/exposition.hpp"
#include "source/series_reader.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace primum::source {
namespace {

struct Met {
    Interner::Found found;
    bool readable = true;
};

Met meet(Interner& names, const std::string& series) {
    auto found = names.find(series);
    if (found.standing != Interner::Standing::unknown) {
        return {found, true};
    }
    auto parsed = read_series(series, ExpositionLimits{}.labels);
    if (!parsed.has_value()) {
        return {{}, false};
    }
    return {names.meet(series, std::move(*parsed)), true};
}

}  // namespace

Source::Source(const Clock& clock, SourceRule rule, SeriesId first_id, Emit emit)
    : clock_(clock),
      rule_(std::move(rule)),
      emit_(std::move(emit)),
      interner_(rule_.name, rule_.max_series, first_id) {}

void Source::want(Wanted wanted) {
    interner_.want(std::move(wanted.matchers));
    selectors_ = std::move(wanted.selectors);
}

SourceStats Source::stats() const {
    auto stats = stats_;
    stats.series = static_cast<std::uint32_t>(interner_.series());
    stats.refused += interner_.refused();
    return stats;
}

void Source::recovered() {
    if (std::exchange(failing_, false)) {
        emit_(SourceEvent{rule_.name, true, {}, {}});
    }
}

void Source::announce() {
    for (auto& news : interner_.take_news()) {
        emit_(std::move(news));
    }
}

void Source::succeed(const std::vector<SampleValue>& values) {
    ++stats_.collections;
    stats_.samples += values.size();
    stats_.last = now();
    stats_.failing_since.reset();
    recovered();
    announce();
    emit_(SamplesEvent{rule_.name, values});
}

bool Source::succeed_with(const std::vector<Measured>& measured) {
    values_.clear();
    interner_.begin_page();
    for (const auto& [series, value] : measured) {
        const auto [found, readable] = meet(interner_, series);
        if (!readable) {
            fail(SourceFailure::parse, fmt::format("{} is no series", series));
            return false;
        }
        if (found.standing == Interner::Standing::over_bound) {
            fail(SourceFailure::too_many_series,
                 fmt::format("more than {} wanted series", rule_.max_series));
            return false;
        }
        if (found.standing != Interner::Standing::wanted) {
            continue;
        }
        if (!interner_.see(found.entry)) {
            fail(SourceFailure::parse, fmt::format("{} stands there twice", series));
            return false;
        }
        values_.push_back({interner_.id_of(found.entry), value});
    }
    succeed(values_);
    return true;
}

std::size_t Source::add(const std::vector<Measured>& measured) {
    values_.clear();
    // What an interval brings is a page, for the series that come no more.
    if (const auto at = now(); !page_since_ || at - *page_since_ >= rule_.interval) {
        page_since_ = at;
        interner_.begin_page();
    }
    for (const auto& [series, value] : measured) {
        const auto [found, readable] = meet(interner_, series);
        if (!readable) {
            ++stats_.refused;
        } else if (found.standing == Interner::Standing::wanted) {
            static_cast<void>(interner_.see(found.entry));
            values_.push_back({interner_.id_of(found.entry), value});
        }
    }
    recovered();
    announce();
    for (const SampleValue& sample : values_) {
        emit_(SampleEvent{rule_.name, sample.id, sample.value});
    }
    stats_.samples += values_.size();
    stats_.last = now();
    stats_.failing_since.reset();
    return values_.size();
}

void Source::fail(SourceFailure failure, std::string detail) {
    ++stats_.collections;
    ++stats_.failures;
    failing_ = true;
    stats_.failure = failure;
    stats_.failure_detail = detail;
    stats_.failed = now();
    if (!stats_.failing_since) {
        stats_.failing_since = stats_.failed;
    }
    emit_(SourceEvent{rule_.name, false, std::string{name_of(failure)}, std::move(detail)});
}

}  // namespace primum::source

// SPDX-License-Identifier: MIT
// What is told of the sources.
#include "telemetry/metrics_impl.hpp"

#include <algorithm>

namespace primum::telemetry {
namespace {

// Counts only grow while a source lives; a changed one begins again at 0.
double grown(std::uint64_t before, std::uint64_t now) {
    return static_cast<double>(now >= before ? now - before : now);
}

std::uint64_t good_ones(const SourceStats& figures) {
    return figures.collections - figures.failures;
}

}  // namespace

void Metrics::Impl::take(const SamplesEvent& event) {
    if (auto* source = source_of(event.source)) {
        source->up->Set(1);
        source->samples->Set(static_cast<double>(event.values.size()));
    }
}

void Metrics::Impl::take(const SourceEvent& event) {
    auto* source = source_of(event.source);
    if (source == nullptr) {
        return;
    }
    source->up->Set(flag(event.ok));
    if (!event.ok) {
        owned(families_.source_failures,
              std::string{source_prefix} + event.source,
              {{"source", event.source},
               {"error_class", known_word<SourceFailure>(event.error_class)}})
            .Increment();
    }
}

Metrics::Impl::Source* Metrics::Impl::source_of(const std::string& name) {
    if (const auto found = sources_.find(name); found != sources_.end()) {
        return &found->second;
    }
    if (!known_sources_.contains(name)) {
        return nullptr;
    }
    const auto owner = std::string{source_prefix} + name;
    const prometheus::Labels labels{{"source", name}};
    return &sources_
                .emplace(name,
                         Source{&owned(families_.source_up, owner, labels),
                                &owned(families_.source_samples, owner, labels),
                                {}})
                .first->second;
}

void Metrics::Impl::sources(const SourceFigures& figures, Instant now) {
    for (const auto& [name, stats] : figures) {
        if (auto* source = source_of(name)) {
            show(name, *source, stats, now);
        }
    }
}

void Metrics::Impl::show(const std::string& name,
                         Source& source,
                         const SourceStats& now_is,
                         Instant now) {
    const auto owner = std::string{source_prefix} + name;
    const prometheus::Labels labels{{"source", name}};
    const auto count = [&](MetricFamilies::Counters& family, auto before, auto after) {
        owned(family, owner, labels).Increment(grown(before, after));
    };
    const auto set = [&](MetricFamilies::Gauges& family, double value) {
        owned(family, owner, labels).Set(value);
    };
    const auto& told = source.told;
    source.up->Set(flag(now_is.last && !now_is.failing_since));
    count(families_.source_collections, good_ones(told), good_ones(now_is));
    count(families_.source_retries, told.retries, now_is.retries);
    count(families_.source_samples_taken, told.samples, now_is.samples);
    count(families_.source_refused, told.refused, now_is.refused);
    count(families_.source_partial, told.partial, now_is.partial);
    count(families_.source_bytes, told.bytes, now_is.bytes);
    set(families_.source_series, now_is.series);
    set(families_.source_late, seconds_of(now_is.late));
    set(families_.source_latest, seconds_of(now_is.latest));
    set(families_.source_duration, seconds_of(now_is.took));
    if (now_is.last) {
        set(families_.source_age, seconds_of(now - *now_is.last));
    }
    source.told = now_is;
}

}  // namespace primum::telemetry

// SPDX-License-Identifier: MIT
#include "core/severity_filter.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <string>

namespace primum::core {
namespace {

constexpr std::array rising{Severity::info, Severity::warning, Severity::error, Severity::critical};

bool is_crossed(const Threshold& threshold, double value) {
    return (threshold.above && value > *threshold.above) ||
           (threshold.below && value < *threshold.below);
}

bool is_uncleared(const Threshold& threshold, double value) {
    const bool too_high =
        threshold.above &&
        (threshold.clear_below ? value >= *threshold.clear_below : value > *threshold.above);
    const bool too_low = threshold.below && (threshold.clear_above ? value <= *threshold.clear_above
                                                                   : value < *threshold.below);
    return too_high || too_low;
}

}  // namespace

RawSeverity judge(double value,
                  const std::array<std::optional<Threshold>, severity_count>& thresholds) {
    RawSeverity raw;
    for (const Severity severity : rising) {
        const auto& threshold = thresholds[static_cast<std::size_t>(severity)];
        if (!threshold) {
            continue;
        }
        if (is_crossed(*threshold, value)) {
            raw.crossed = severity;
        }
        if (is_uncleared(*threshold, value)) {
            raw.uncleared = severity;
        }
    }
    raw.uncleared = std::max(raw.uncleared, raw.crossed);
    return raw;
}

void SeverityFilter::add(Instant t, RawSeverity raw) {
    history_.push_back(raw);
    if (history_.size() > std::max(trip_.n, clear_.n)) {
        history_.pop_front();
    }
    for (const Severity severity : rising) {
        auto& since = crossed_since_[static_cast<std::size_t>(severity)];
        if (raw.crossed < severity) {
            since.reset();
        } else if (!since) {
            since = t;
        }
    }
    const auto up = tripped(t);
    if (up && *up > confirmed_) {
        confirmed_ = *up;
        return;
    }
    // Out of the unknown only health is confirmed here: illness must trip.
    const auto down = cleared();
    if (down && (confirmed_ == Severity::unknown ? *down == Severity::ok : *down < confirmed_)) {
        confirmed_ = *down;
    }
}

void SeverityFilter::forget() {
    history_.clear();
    crossed_since_.fill(std::nullopt);
    confirmed_ = Severity::unknown;
}

std::optional<Severity> SeverityFilter::tripped(Instant t) const {
    for (auto severity = rising.rbegin(); severity != rising.rend(); ++severity) {
        if (trip_.duration > Duration::zero()) {
            const auto& since = crossed_since_[static_cast<std::size_t>(*severity)];
            if (since && t - *since >= trip_.duration) {
                return *severity;
            }
            continue;
        }
        const std::size_t looked_at = std::min<std::size_t>(trip_.n, history_.size());
        const auto count = std::count_if(history_.end() - static_cast<std::ptrdiff_t>(looked_at),
                                         history_.end(),
                                         [&](RawSeverity raw) { return raw.crossed >= *severity; });
        if (count >= trip_.k) {
            return *severity;
        }
    }
    return std::nullopt;
}

// The lowest severity that enough of the latest evaluations do not exceed. While nothing is
// confirmed there is no illness to clear, so what was never crossed does not hold it back.
std::optional<Severity> SeverityFilter::cleared() const {
    const std::size_t looked_at = std::min<std::size_t>(clear_.n, history_.size());
    const auto begin = history_.end() - static_cast<std::ptrdiff_t>(looked_at);
    for (const Severity severity :
         {Severity::ok, Severity::info, Severity::warning, Severity::error, Severity::critical}) {
        const auto count = std::count_if(begin, history_.end(), [&](RawSeverity raw) {
            return (confirmed_ == Severity::unknown ? raw.crossed : raw.uncleared) <= severity;
        });
        if (count >= clear_.k) {
            return severity;
        }
    }
    return std::nullopt;
}

std::string SeverityFilter::trip_text() const {
    if (trip_.duration > Duration::zero()) {
        return "for " + duration_text(trip_.duration);
    }
    return "in " + std::to_string(trip_.k) + " of " + std::to_string(trip_.n);
}

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "core/severity_filter.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <string>

namespace primum::core {
namespace {

constexpr std::array rising{Severity::info, Severity::warning, Severity::error, Severity::critical};

std::size_t index(Severity severity) {
    return static_cast<std::size_t>(severity);
}

}  // namespace

SeverityFilter::SeverityFilter(Persistence trip, Persistence clear)
    : trip_(trip), clear_(clear), ring_(std::max({trip.n, clear.n, 1U})) {}

void SeverityFilter::add(Instant t, RawSeverity raw) {
    count(raw);
    if (trip_.duration > Duration::zero()) {
        for (const Severity severity : rising) {
            auto& since = crossed_since_[index(severity)];
            if (raw.crossed < severity) {
                since.reset();
            } else if (!since) {
                since = t;
            }
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

void SeverityFilter::count(RawSeverity raw) {
    if (size_ >= trip_.n && trip_.n > 0) {
        --crossed_to_trip_[index(past(trip_.n).crossed)];
    }
    if (size_ >= clear_.n && clear_.n > 0) {
        --crossed_to_clear_[index(past(clear_.n).crossed)];
        --uncleared_to_clear_[index(past(clear_.n).uncleared)];
    }
    ring_[next_] = raw;
    next_ = next_ + 1 == ring_.size() ? 0 : next_ + 1;
    size_ = std::min(size_ + 1, ring_.size());
    if (trip_.n > 0) {
        ++crossed_to_trip_[index(raw.crossed)];
    }
    if (clear_.n > 0) {
        ++crossed_to_clear_[index(raw.crossed)];
        ++uncleared_to_clear_[index(raw.uncleared)];
    }
}

RawSeverity SeverityFilter::past(std::size_t age) const {
    return ring_[next_ >= age ? next_ - age : next_ + ring_.size() - age];
}

void SeverityFilter::forget() {
    next_ = 0;
    size_ = 0;
    crossed_to_trip_.fill(0);
    crossed_to_clear_.fill(0);
    uncleared_to_clear_.fill(0);
    crossed_since_.fill(std::nullopt);
    confirmed_ = Severity::unknown;
}

std::optional<Severity> SeverityFilter::tripped(Instant t) const {
    std::uint32_t at_least = 0;
    for (auto severity = rising.rbegin(); severity != rising.rend(); ++severity) {
        if (trip_.duration > Duration::zero()) {
            const auto& since = crossed_since_[index(*severity)];
            if (since && t - *since >= trip_.duration) {
                return *severity;
            }
            continue;
        }
        at_least += crossed_to_trip_[index(*severity)];
        if (at_least >= trip_.k) {
            return *severity;
        }
    }
    return std::nullopt;
}

// The lowest severity that enough of the latest evaluations do not exceed. While nothing is
// confirmed there is no illness to clear, so what was never crossed does not hold it back.
std::optional<Severity> SeverityFilter::cleared() const {
    const Counts& counts =
        confirmed_ == Severity::unknown ? crossed_to_clear_ : uncleared_to_clear_;
    std::uint32_t at_most = 0;
    for (std::size_t i = 0; i < severity_count; ++i) {
        at_most += counts[i];
        if (i >= index(Severity::ok) && at_most >= clear_.k) {
            return static_cast<Severity>(i);
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

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <optional>

namespace primum::core {

// What one evaluation says before persistence: the severity whose threshold is crossed, and the
// one that is not cleared yet (hysteresis: never below the first).
struct RawSeverity {
    Severity crossed = Severity::ok;
    Severity uncleared = Severity::ok;
};

// Turns evaluations into a confirmed severity: it rises when enough evaluations cross a severity
// (or one is crossed without a break for a duration), and falls when enough are clear of it.
// Only known evaluations count; an unknown one is simply not told.
class SeverityFilter {
public:
    SeverityFilter(Persistence trip, Persistence clear) : trip_(trip), clear_(clear) {}

    // One known evaluation.
    void add(Instant t, RawSeverity raw);
    // Nothing is known any more: the confirmed severity becomes unknown and all counts start anew.
    void forget();

    [[nodiscard]] Severity confirmed() const { return confirmed_; }
    // "3 of 5" or "for 30s": how the confirmed severity came about, for people.
    [[nodiscard]] std::string trip_text() const;

private:
    [[nodiscard]] std::optional<Severity> tripped(Instant t) const;
    [[nodiscard]] std::optional<Severity> cleared() const;

    Persistence trip_;
    Persistence clear_;
    std::deque<RawSeverity> history_;  // newest last, at most max(trip.n, clear.n)
    std::array<std::optional<Instant>, severity_count> crossed_since_;
    Severity confirmed_ = Severity::unknown;
};

// Judges one value against the thresholds of an indicator.
RawSeverity judge(double value,
                  const std::array<std::optional<Threshold>, severity_count>& thresholds);

}  // namespace primum::core

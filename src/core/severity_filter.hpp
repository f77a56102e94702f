// SPDX-License-Identifier: MIT
#pragma once

#include "core/judgement.hpp"

#include <primum/rules.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace primum::core {

// Turns evaluations into a confirmed severity: it rises when enough evaluations cross a severity
// (or one is crossed without a break for a duration), and falls when enough are clear of it.
// Only known evaluations count; an unknown one is simply not told.
//
// The latest evaluations stand in a ring of fixed size, and are counted as they come and go: one
// costs the same for "3 of 5" as for "90 of 100".
class SeverityFilter {
public:
    SeverityFilter(Persistence trip, Persistence clear);

    // One known evaluation.
    void add(Instant t, RawSeverity raw);
    // Nothing is known any more: the confirmed severity becomes unknown and all counts start anew.
    void forget();

    [[nodiscard]] Severity confirmed() const { return confirmed_; }
    // "3 of 5" or "for 30s": how the confirmed severity came about, for people.
    [[nodiscard]] std::string trip_text() const;

    static void members(auto& archive, auto& it) {
        archive.each_of(it.ring_, [&](auto& raw) { archive(raw); });
        archive(it.next_,
                it.size_,
                it.crossed_to_trip_,
                it.crossed_to_clear_,
                it.uncleared_to_clear_,
                it.crossed_since_,
                it.confirmed_);
        archive.require(it.next_ < it.ring_.size() && it.size_ <= it.ring_.size());
    }

private:
    // How many of the latest evaluations are at each severity.
    using Counts = std::array<std::uint32_t, severity_count>;

    void count(RawSeverity raw);
    // The evaluation that is `age` evaluations old (1: the latest).
    [[nodiscard]] RawSeverity past(std::size_t age) const;
    [[nodiscard]] std::optional<Severity> tripped(Instant t) const;
    [[nodiscard]] std::optional<Severity> cleared() const;

    Persistence trip_;
    Persistence clear_;
    std::vector<RawSeverity> ring_;  // max(trip.n, clear.n) of them
    std::size_t next_ = 0;
    std::size_t size_ = 0;
    Counts crossed_to_trip_{};     // of the last trip.n
    Counts crossed_to_clear_{};    // of the last clear.n
    Counts uncleared_to_clear_{};  // of the last clear.n
    std::array<std::optional<Instant>, severity_count> crossed_since_;
    Severity confirmed_ = Severity::unknown;
};

}  // namespace primum::core

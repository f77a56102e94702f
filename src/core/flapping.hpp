// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <optional>

namespace primum::core {

// Whether a target's state changes too often to be trusted.
//
// The rule is Nagios' (Nagios Core documentation, "Detection and Handling of State Flapping"): of
// the last 21 checks the 20 possible changes are weighted, the oldest 0.8, the newest 1.2, and
// summed up as a share of 20. Flapping starts at a share of 20 % and stops at one of 5 %, the
// thresholds of Nagios' sample configuration.
//
// Checks stand on a grid of `period` that exists only in arithmetic: a change fills in the checks
// since the one before, and costs nothing while nothing changes. What comes and goes between two
// checks is not seen; what is unknown at a check is no check.
class Flapping {
public:
    static constexpr int changes = 20;
    static constexpr double starts_at = 0.20;
    static constexpr double stops_at = 0.05;

    explicit Flapping(Duration period) : period_(period) {}

    // From `now` on it is ill or well, or nobody knows. A change that we brought about ourselves
    // is `excused`: whether our actions do harm is not this rule's question.
    void note(Instant now, std::optional<bool> ill, bool excused);

    // How it stands at `now`, which is not before the last note.
    [[nodiscard]] bool at(Instant now) const { return as_of(now).flapping_; }
    // The weighted share of changes, 0 to 1.
    [[nodiscard]] double share(Instant now) const { return as_of(now).weigh(); }
    // While flapping: when it ends if nothing changes any more; nothing while nobody knows the
    // state.
    [[nodiscard]] std::optional<Instant> ends(Instant now) const;

    // All that the last note knew, as bits; 0 before the first check. The state itself is not in
    // it.
    [[nodiscard]] std::uint32_t save() const;
    // Goes on from there. No check is made until the next note: the time in between stays unseen,
    // which can only make the flapping last longer.
    void restore(std::uint32_t saved);
    [[nodiscard]] Duration memory() const { return (changes + 1) * period_; }

    static void members(auto& archive, auto& it) {
        archive(it.period_, it.next_check_, it.state_, it.last_, it.changed_, it.flapping_);
        archive.require(it.period_ > Duration{0} && it.changed_ < 1U << unsigned{changes});
    }

private:
    [[nodiscard]] Flapping as_of(Instant now) const;
    // Does the checks that are due before `end`.
    void check_until(Instant end);
    void check(bool ill);
    [[nodiscard]] double weigh() const;

    Duration period_;
    std::optional<Instant> next_check_;  // none before the first note
    std::optional<bool> state_;          // from the last note
    std::optional<bool> last_;           // at the last check
    std::uint32_t changed_ = 0;          // bit 0: between the last check and the one before
    bool flapping_ = false;
};

}  // namespace primum::core

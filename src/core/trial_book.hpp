// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>
#include <primum/rules.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace primum::core {

// Two proportions are compared only when both stand on at least so many trials.
inline constexpr std::uint32_t least_trials = 10;
// The quantile of the normal distribution for a two-sided 95 % interval.
inline constexpr double z_95 = 1.959964;

// Both ends between 0 and 1.
struct Interval {
    double low = 0;
    double high = 1;
};

// The 95 % score interval of a proportion: E. B. Wilson, "Probable inference, the law of
// succession, and statistical inference", JASA 22 (1927), 209-212. 0 of 0 is anything.
Interval wilson_interval(std::uint32_t successes, std::uint32_t trials);

// What remedies achieved, against what doing nothing did.
//
// A trial of a remedy is one real action with a verdict: improved, unchanged or worse; one that had
// helped and relapsed becomes unchanged. A trial of doing nothing is a dry-run action (recovered
// anyway, or not) or the time before the first real action of an incident: a success when the
// incident ends without one, a failure when it comes to one.
//
// A remedy does not beat waiting when, with at least `least_trials` of each, the upper end of the
// interval of its share of `improved` is below the share of recovering alone.
class TrialBook {
public:
    void restore(TrialRecord record);

    // Each gives the record as it stands then, to be written down.
    TrialRecord note_remedy(const std::string& target,
                            Level level,
                            std::uint32_t index,
                            const RemedyRule& remedy,
                            Outcome outcome);
    TrialRecord note_waiting(const std::string& target, bool recovered);
    // An action that had helped did not last. Unchanged when that plan is not on record any more.
    TrialRecord note_relapse(const std::string& target,
                             Level level,
                             std::uint32_t index,
                             const std::string& plan_digest);

    // Whether the remedy, as it is now, is not to be used any more. Another plan is tried anew.
    [[nodiscard]] bool demoted(const std::string& target,
                               Level level,
                               std::uint32_t index,
                               const std::string& plan_digest) const;
    // Demotes it if it does not beat waiting; true when that is new.
    bool demote(const std::string& target,
                Level level,
                std::uint32_t index,
                const std::string& plan_digest);
    // Null when it was never tried as it is now.
    [[nodiscard]] const TrialRecord* find(const std::string& target,
                                          Level level,
                                          std::uint32_t index,
                                          const std::string& plan_digest) const;
    [[nodiscard]] const TrialRecord* waiting(const std::string& target) const;
    // "improved 8 of 10 (49..94 %); alone 2 of 9 (6..55 %)"; empty when nothing was tried.
    [[nodiscard]] std::string text(const std::string& target,
                                   Level level,
                                   const RungRule& rung) const;

    static void members(auto& archive, auto& it) { archive(it.records_); }

private:
    using Key = std::tuple<std::string, Level, std::uint32_t>;

    std::map<Key, TrialRecord> records_;
};

}  // namespace primum::core

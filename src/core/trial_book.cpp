// SPDX-License-Identifier: MIT
#include "core/trial_book.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace primum::core {
namespace {

std::uint32_t trials_of(const TrialRecord& record) {
    return record.improved + record.unchanged + record.worse;
}

std::string percent(double share) {
    return std::to_string(std::lround(share * 100));
}

std::string share_text(const TrialRecord& record) {
    const std::uint32_t trials = trials_of(record);
    const Interval interval = wilson_interval(record.improved, trials);
    return std::to_string(record.improved) + " of " + std::to_string(trials) + " (" +
           percent(interval.low) + ".." + percent(interval.high) + " %)";
}

}  // namespace

Interval wilson_interval(std::uint32_t successes, std::uint32_t trials) {
    if (trials == 0) {
        return {};
    }
    const double n = trials;
    const double p = successes / n;
    const double z2 = z_95 * z_95;
    const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z_95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

void TrialBook::restore(TrialRecord record) {
    records_[{record.target, record.level, record.index}] = std::move(record);
}

TrialRecord TrialBook::note_remedy(const std::string& target,
                                   Level level,
                                   std::uint32_t index,
                                   const RemedyRule& remedy,
                                   Outcome outcome) {
    TrialRecord& record = records_[{target, level, index}];
    if (record.plan_digest != remedy.plan_digest) {
        record = {};
        record.plan_digest = remedy.plan_digest;
    }
    record.target = target;
    record.level = level;
    record.index = index;
    record.improved += outcome == Outcome::improved ? 1 : 0;
    record.unchanged += outcome == Outcome::unchanged ? 1 : 0;
    record.worse += outcome == Outcome::worse ? 1 : 0;
    return record;
}

TrialRecord TrialBook::note_waiting(const std::string& target, bool recovered) {
    TrialRecord& record = records_[{target, Level::steady, 0}];
    record.target = target;
    record.level = Level::steady;
    ++(recovered ? record.improved : record.unchanged);
    return record;
}

TrialRecord TrialBook::note_relapse(const std::string& target,
                                    Level level,
                                    std::uint32_t index,
                                    const std::string& plan_digest) {
    TrialRecord& record = records_[{target, level, index}];
    record.target = target;
    record.level = level;
    record.index = index;
    if (record.plan_digest == plan_digest && record.improved > 0) {
        --record.improved;
        ++record.unchanged;
    }
    return record;
}

const TrialRecord* TrialBook::find(const std::string& target,
                                   Level level,
                                   std::uint32_t index,
                                   const std::string& plan_digest) const {
    const auto found = records_.find({target, level, index});
    return found == records_.end() || found->second.plan_digest != plan_digest ? nullptr
                                                                               : &found->second;
}

const TrialRecord* TrialBook::waiting(const std::string& target) const {
    return find(target, Level::steady, 0, {});
}

bool TrialBook::demoted(const std::string& target,
                        Level level,
                        std::uint32_t index,
                        const std::string& plan_digest) const {
    const TrialRecord* record = find(target, level, index, plan_digest);
    return record != nullptr && record->demoted;
}

bool TrialBook::demote(const std::string& target,
                       Level level,
                       std::uint32_t index,
                       const std::string& plan_digest) {
    const TrialRecord* tried = find(target, level, index, plan_digest);
    const TrialRecord* alone = waiting(target);
    if (tried == nullptr || alone == nullptr || tried->demoted ||
        trials_of(*tried) < least_trials || trials_of(*alone) < least_trials) {
        return false;
    }
    const double share_alone = static_cast<double>(alone->improved) / trials_of(*alone);
    if (wilson_interval(tried->improved, trials_of(*tried)).high >= share_alone) {
        return false;
    }
    records_[{target, level, index}].demoted = true;
    return true;
}

std::string TrialBook::text(const std::string& target, Level level, const RungRule& rung) const {
    std::string text;
    for (std::uint32_t i = 0; i < rung.remedies.size(); ++i) {
        const TrialRecord* record = find(target, level, i, rung.remedies[i].plan_digest);
        if (record == nullptr || trials_of(*record) == 0) {
            continue;
        }
        text += text.empty() ? "" : "; ";
        text += rung.remedies.size() > 1 ? std::string{name_of(rung.remedies[i].kind)} + ' ' : "";
        text += "improved " + share_text(*record) + (record->demoted ? ", demoted" : "");
    }
    const TrialRecord* alone = waiting(target);
    if (alone != nullptr && trials_of(*alone) > 0 && !rung.remedies.empty()) {
        text += (text.empty() ? "" : "; ") + ("alone " + share_text(*alone));
    }
    return text;
}

}  // namespace primum::core

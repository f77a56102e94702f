// SPDX-License-Identifier: MIT
// What must be true of every failover and failback.
#include "replay/sim_invariants.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::replay {
namespace {

constexpr std::size_t failovers_to_remember = 2'048;

const ProviderRule* find_rule(const RuleSet& rules, const std::string& name) {
    const auto found = std::find_if(rules.providers.begin(),
                                    rules.providers.end(),
                                    [&](const auto& each) { return each.name == name; });
    return found == rules.providers.end() ? nullptr : &*found;
}

}  // namespace

// What primum says of its candidates, and since when.
void SimInvariants::see(const ProviderRecord& record) {
    Standing& standing = standings_[{record.provider, record.candidate}];
    const bool is_healthy = record.state == CandidateState::healthy;
    if (!is_healthy || standing.state != CandidateState::healthy) {
        standing.since = stamp_.t;
    }
    standing.state = record.state;
    standing.current = record.current;
}

// Never to what is rate_limited, dead or unknown; to a degraded one only from a dead one, and only
// where none is healthy.
void SimInvariants::check_candidate(const ActionRecord& record, const char* what) {
    if (record.provider.empty()) {
        return;
    }
    const auto state_of = [&](const std::string& candidate) {
        const auto found = standings_.find({record.provider, candidate});
        return found == standings_.end() ? CandidateState::unknown : found->second.state;
    };
    if (record.candidate == record.from) {
        breach(fmt::format("{} to where it points already", what));
    }
    const CandidateState state = state_of(record.candidate);
    if (state == CandidateState::healthy) {
        return;
    }
    const bool any_healthy =
        std::any_of(standings_.begin(), standings_.end(), [&](const auto& each) {
            return each.first.first == record.provider && each.first.second != record.from &&
                   each.second.state == CandidateState::healthy;
        });
    if (state != CandidateState::degraded || any_healthy ||
        state_of(record.from) != CandidateState::dead) {
        breach(fmt::format("{} to a candidate that is {}", what, name_of(state)));
    }
}

// By itself primum goes back only to what has been healthy for long enough, with its target well
// and left in peace, and within the budgets of an action.
void SimInvariants::check_failback(const RollBack& back) {
    const auto found = moved_.find(back.action);
    if (found == moved_.end()) {
        return;
    }
    const ActionRecord& record = found->second;
    const auto target = world_.target_index(record.target);
    const ProviderRule* of = find_rule(world_.rules(), record.provider);
    if (!target || of == nullptr || !of->failback_after) {
        return breach("a failback that the rules do not have");
    }
    const Standing& standing = standings_[{record.provider, record.from}];
    if (standing.state != CandidateState::healthy ||
        stamp_.t - standing.since < *of->failback_after) {
        breach("a failback to what has not been healthy for long enough");
    }
    if (!rule(*target).enforces(record.level, world_.rules().settings.mode, stamp_.wall)) {
        breach("a failback where failover is not enforced");
    }
    if (patients_[*target].incident) {
        breach("a failback of a target with an open incident");
    }
    if (patients_[*target].breaker || host_breaker_) {
        breach("a failback while the breaker is tripped");
    }
    if (!ledger_healthy_) {
        breach("a failback while the ledger is unhealthy");
    }
    check_untouchable(*target, "a failback");
    if (rule(*target).budget) {
        check_budget(record, *rule(*target).budget, "target");
    }
    check_budget(record, world_.rules().settings.host, "host");
    // It counts as an intent of its own does.
    Intent counted;
    counted.id = back.action + "/failback";
    counted.target = *target;
    counted.level = record.level;
    counted.at = passed_;
    failbacks_.push_back(std::move(counted));
    std::erase_if(failbacks_,
                  [&](const Intent& each) { return passed_ - each.at > std::chrono::hours{27}; });
}

void SimInvariants::remember_failover(const ActionRecord& record) {
    if (moved_.size() >= failovers_to_remember) {
        moved_.clear();
    }
    if (!record.provider.empty()) {
        moved_[record.id] = record;
    }
}

// A start knows nothing of the candidates yet, but for what a person said of them.
void SimInvariants::forget_candidates(const RestoredState& state) {
    standings_.clear();
    for (const RestoredProvider& restored : state.providers) {
        if (restored.provider.marked) {
            standings_[{restored.provider.provider, restored.provider.candidate}] = {
                restored.provider.state, false, stamp_.t};
        }
    }
    failbacks_.clear();
    for (const RestoredAction& restored : state.actions) {
        remember_failover(restored.action);
    }
}

}  // namespace primum::replay

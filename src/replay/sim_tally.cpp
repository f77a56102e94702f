// SPDX-License-Identifier: MIT
#include "replay/sim_tally.hpp"

#include <algorithm>
#include <numeric>
#include <variant>

namespace primum::replay {
namespace {

// More actions than this are not remembered one by one.
constexpr std::size_t most_actions = 4'096;

}  // namespace

std::uint32_t SimCount::actions() const {
    return std::accumulate(acted.begin(), acted.end(), 0U);
}

std::uint32_t SimCount::would_acts() const {
    return std::accumulate(would_act.begin(), would_act.end(), 0U);
}

SimTally::SimTally(const SimWorld& world) : world_(world), counts_(world.rules().targets.size()) {}

SimCount* SimTally::count(const std::string& target) {
    const auto index = world_.target_index(target);
    return index ? &counts_[*index] : nullptr;
}

void SimTally::see(const SimStep& step) {
    for (const Effect& effect : step.effects) {
        if (const auto* recorded = std::get_if<RecordEffect>(&effect)) {
            see(recorded->record);
        } else if (const auto* run = std::get_if<RunAction>(&effect)) {
            if (SimCount* of = count(run->target)) {
                ++of->acted[index_of(run->level)];
            }
        } else if (const auto* page = std::get_if<Notify>(&effect)) {
            if (SimCount* of = count(page->target)) {
                ++of->pages[static_cast<std::size_t>(page->kind)];
            }
        } else if (const auto* reply = std::get_if<OperatorReply>(&effect)) {
            const auto* command = std::get_if<OperatorEvent>(&step.event.body);
            if (command != nullptr && command->verb == OperatorVerb::rollback && reply->accepted) {
                if (const auto known = actions_.find(command->action); known != actions_.end()) {
                    ++counts_[known->second.target].rollbacks_by_hand;
                }
            }
        }
    }
}

void SimTally::see(const Record& record) {
    if (const auto* action = std::get_if<ActionRecord>(&record)) {
        const auto target = world_.target_index(action->target);
        if (!target) {
            return;
        }
        SimCount& of = counts_[*target];
        of.first = of.first.value_or(world_.elapsed());
        if (action->dry_run) {
            ++counts_[*target].would_act[index_of(action->level)];
            return;
        }
        if (actions_.size() >= most_actions) {
            actions_.clear();
        }
        actions_[action->id] = {*target, action->level};
    } else if (const auto* step = std::get_if<TransitionRecord>(&record)) {
        const auto known = actions_.find(step->action);
        if (known == actions_.end()) {
            return;
        }
        SimCount& of = counts_[known->second.target];
        const std::size_t level = index_of(known->second.level);
        of.worse[level] += step->outcome == Outcome::worse ? 1 : 0;
        of.taken_back[level] += step->state == ActionState::rolled_back ? 1 : 0;
    } else if (const auto* decision = std::get_if<DecisionRecord>(&record)) {
        source_incidents_ += decision->kind == DecisionKind::source_failed ? 1 : 0;
        SimCount* of = count(decision->target);
        if (of == nullptr) {
            return;
        }
        of->last = name_of(decision->kind);
        of->opened += decision->kind == DecisionKind::opened ? 1 : 0;
        for (const GuardVerdict& verdict : decision->guards) {
            if (decision->kind == DecisionKind::waited && verdict.verdict == Verdict::veto) {
                of->waited |= 1U << static_cast<unsigned>(verdict.guard);
            }
        }
    } else if (const auto* incident = std::get_if<IncidentRecord>(&record)) {
        if (SimCount* of = count(incident->target)) {
            of->open = incident->open;
            of->peak = std::max(of->peak, incident->peak);
            of->exhausted = incident->open ? incident->exhausted_code : "";
        }
    } else if (const auto* breaker = std::get_if<BreakerRecord>(&record)) {
        if (breaker->target.empty()) {
            host_breaker_ = breaker->tripped;
        } else if (SimCount* of = count(breaker->target)) {
            of->breaker = breaker->tripped;
        }
    }
}

std::string outcome_text(const SimCount& count) {
    if (count.breaker) {
        return "breaker";
    }
    if (!count.open) {
        return count.opened == 0 ? "untouched" : "recovered";
    }
    return count.exhausted.empty() ? "ill" : "exhausted (" + count.exhausted + ')';
}

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
// Pointers of the simulated host, and what is seen through them.
#include "support/world.hpp"

#include <utility>

namespace primum::support {

// The provider that a failover moves; empty for every other remedy.
std::string World::provider_of(const std::string& of_target,
                               Level level,
                               std::uint32_t index) const {
    for (const TargetRule& target : rules_->targets) {
        const auto& remedies = target.rungs[index_of(level)].remedies;
        if (target.name == of_target && index < remedies.size()) {
            const auto* plan = std::get_if<FailoverPlan>(&remedies[index].plan);
            return plan == nullptr ? "" : plan->provider;
        }
    }
    return {};
}

// The first candidate in order until somebody points elsewhere.
std::string& World::pointer(const std::string& provider) {
    const auto [place, is_new] = pointers_.try_emplace(provider);
    if (is_new) {
        for (const ProviderRule& rule : rules_->providers) {
            if (rule.name == provider) {
                place->second = rule.candidates.front().name;
            }
        }
    }
    return place->second;
}

void World::point(const std::string& provider, const std::string& candidate) {
    pointer(provider) = candidate;
}

void World::show_through(const std::string& provider,
                         const std::string& candidate,
                         const Values& values) {
    for (const auto& [series, value] : values) {
        through_[provider][candidate][series] = value;
    }
}

const std::string* World::seen_through(const std::string& series) {
    for (const auto& [provider, candidates] : through_) {
        const auto candidate = candidates.find(pointer(provider));
        if (candidate == candidates.end()) {
            continue;
        }
        const auto value = candidate->second.find(series);
        if (value != candidate->second.end()) {
            return &value->second;
        }
    }
    return nullptr;
}

void World::tell_pointer(const std::string& provider) {
    later(Duration{0}, [this, provider] {
        const std::string named = pointer(provider);
        send(ProviderEvent{provider, named, named.empty() ? "/somewhere/else" : ""});
    });
}

void World::answer_failover(const AskPreflight& request, PreflightEvent& answer) {
    const std::string provider = provider_of(request.target, request.level, request.index);
    if (provider.empty() || answer.answer != Preflight::can) {
        return;
    }
    answer.current = pointer(provider);
    if (answer.current == request.candidate) {
        answer.answer = Preflight::cannot;
        answer.code = Refusal::points_there;
    }
}

void World::fail_over(const RunAction& request) {
    const std::string provider = provider_of(request.target, request.level, request.index);
    if (!provider.empty()) {
        std::string& now = pointer(provider);
        moved_[request.action] = {provider, std::exchange(now, request.candidate)};
    }
}

bool World::point_back(const std::string& action) {
    const auto moved = moved_.find(action);
    if (moved == moved_.end()) {
        return true;
    }
    const auto& [provider, before] = moved->second;
    if (pointer(provider) != runs_.at(action).request.candidate) {
        return false;
    }
    pointer(provider) = before;
    moved_.erase(moved);
    return true;
}

}  // namespace primum::support

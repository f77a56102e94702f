// SPDX-License-Identifier: MIT
#include "telemetry/action_index.hpp"

namespace primum::telemetry {

void ActionIndex::remember(const ActionRecord& action) {
    const auto [at, added] = facts_.insert_or_assign(
        action.id,
        ActionFacts{action.target, action.level, action.kind, action.incident, action.dry_run});
    if (!added) {
        return;
    }
    order_.push_back(at->first);
    if (order_.size() > capacity_) {
        facts_.erase(order_.front());
        order_.pop_front();
    }
}

void ActionIndex::restore(const RestoredState& state) {
    for (const auto& restored : state.actions) {
        remember(restored.action);
    }
}

const ActionFacts* ActionIndex::find(const std::string& action) const {
    const auto found = facts_.find(action);
    return found != facts_.end() ? &found->second : nullptr;
}

}  // namespace primum::telemetry

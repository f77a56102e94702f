// SPDX-License-Identifier: MIT
#include "core/action_book.hpp"

#include <algorithm>
#include <utility>

namespace primum::core {

void ActionBook::add(Instant now, RememberedAction action) {
    while (!actions_.empty() && actions_.front().intended < now - memory) {
        actions_.pop_front();
    }
    actions_.push_back(std::move(action));
}

void ActionBook::end(const std::string& id, Instant at) {
    const auto found = std::find_if(actions_.rbegin(),
                                    actions_.rend(),
                                    [&](const RememberedAction& each) { return each.id == id; });
    if (found != actions_.rend()) {
        found->ended = at;
    }
}

const RememberedAction* ActionBook::find(const std::string& id) const {
    const auto found = std::find_if(actions_.rbegin(),
                                    actions_.rend(),
                                    [&](const RememberedAction& each) { return each.id == id; });
    return found == actions_.rend() ? nullptr : &*found;
}

void ActionBook::forget(const std::string& id) {
    std::erase_if(actions_, [&](const RememberedAction& each) { return each.id == id; });
}

BudgetUse ActionBook::use(
    Instant now, Duration per, bool dry_run, const std::string& target, Level level) const {
    BudgetUse use;
    for (const RememberedAction& action : actions_) {
        const bool counts = action.dry_run == dry_run && action.intended > now - per &&
                            (target.empty() || action.target == target) &&
                            (level == Level::steady || action.level == level);
        if (!counts) {
            continue;
        }
        ++use.used;
        if (!use.frees_at) {
            use.frees_at = action.intended + per;
        }
    }
    return use;
}

const RememberedAction* ActionBook::latest(const std::string& target,
                                           Level level,
                                           bool dry_run) const {
    const auto found =
        std::find_if(actions_.rbegin(), actions_.rend(), [&](const RememberedAction& each) {
            return each.dry_run == dry_run && each.level == level && each.target == target;
        });
    return found == actions_.rend() ? nullptr : &*found;
}

}  // namespace primum::core

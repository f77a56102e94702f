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

RememberedAction* ActionBook::find_mutable(const std::string& id) {
    const auto found = std::find_if(actions_.rbegin(),
                                    actions_.rend(),
                                    [&](const RememberedAction& each) { return each.id == id; });
    return found == actions_.rend() ? nullptr : &*found;
}

void ActionBook::end(const std::string& id, Instant at) {
    if (RememberedAction* action = find_mutable(id)) {
        action->ended = at;
    }
}

void ActionBook::start(const std::string& id, Instant at) {
    if (RememberedAction* action = find_mutable(id)) {
        action->started = at;
    }
}

void ActionBook::had_no_effect(const std::string& id) {
    if (RememberedAction* action = find_mutable(id)) {
        action->started.reset();
    }
}

void ActionBook::verify(const std::string& id, Outcome outcome) {
    if (RememberedAction* action = find_mutable(id)) {
        action->outcome = outcome;
    }
}

const RememberedAction* ActionBook::relapse(std::uint64_t incident) {
    const auto found =
        std::find_if(actions_.rbegin(), actions_.rend(), [&](const RememberedAction& each) {
            return !each.dry_run && each.incident == incident && each.outcome == Outcome::improved;
        });
    if (found == actions_.rend() || found->relapsed) {
        return nullptr;
    }
    found->relapsed = true;
    return &*found;
}

void ActionBook::relapse_before(const std::string& id) {
    const RememberedAction* later = find(id);
    for (RememberedAction& each : actions_) {
        if (&each == later || later == nullptr) {
            return;
        }
        if (!each.dry_run && each.incident == later->incident &&
            each.outcome == Outcome::improved) {
            each.relapsed = true;
        }
    }
}

std::vector<const RememberedAction*> ActionBook::last_verified(const std::string& target,
                                                               Instant since,
                                                               std::size_t most) const {
    std::vector<const RememberedAction*> found;
    for (auto each = actions_.rbegin(); each != actions_.rend() && found.size() < most; ++each) {
        const bool judged =
            each->outcome != Outcome::none && each->outcome != Outcome::inconclusive;
        if (!each->dry_run && judged && each->ended && *each->ended > since &&
            (target.empty() || each->target == target)) {
            found.push_back(&*each);
        }
    }
    return found;
}

std::vector<const RememberedAction*> ActionBook::effective_since(Instant since) const {
    std::vector<const RememberedAction*> found;
    for (const RememberedAction& each : actions_) {
        if (!each.dry_run && each.started && (!each.ended || *each.ended >= since)) {
            found.push_back(&each);
        }
    }
    return found;
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

const RememberedAction* ActionBook::newest(std::uint64_t incident) const {
    const auto found =
        std::find_if(actions_.rbegin(), actions_.rend(), [&](const RememberedAction& each) {
            return each.incident == incident;
        });
    return found == actions_.rend() ? nullptr : &*found;
}

const RememberedAction* ActionBook::latest(const std::string& target,
                                           Level level,
                                           bool dry_run) const {
    const auto found =
        std::find_if(actions_.rbegin(), actions_.rend(), [&](const RememberedAction& each) {
            return !each.failback && each.dry_run == dry_run && each.level == level &&
                   each.target == target;
        });
    return found == actions_.rend() ? nullptr : &*found;
}

}  // namespace primum::core

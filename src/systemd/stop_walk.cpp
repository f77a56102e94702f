// SPDX-License-Identifier: MIT
#include "systemd/stop_walk.hpp"

#include <primum/check.hpp>

#include <utility>

namespace primum::systemd {

StopWalk::StopWalk(std::string root) : root_(std::move(root)), root_id_(root_), seen_{root_} {
    open_.push_back({root_, true, true});
}

StopWalk::Step StopWalk::next() {
    PRIMUM_CHECK(has_next());
    Step step = std::move(open_.front());
    open_.pop_front();
    return step;
}

void StopWalk::add(const std::vector<std::string>& units, bool through_inactive, bool restarted) {
    for (const auto& unit : units) {
        if (seen_.insert(unit).second) {
            open_.push_back({unit, through_inactive, restarted});
        }
    }
}

void StopWalk::take(const Step& step, const UnitLinks& links) {
    if (step.unit == root_) {
        root_id_ = links.id;  // the root may have been named by an alias
        seen_.insert(links.id);
        found_.erase(links.id);
    } else if (links.id == root_id_) {
        return;
    } else if (links.running) {
        found_.insert(links.id);
    } else if (!step.through_inactive) {
        return;
    }
    for (const auto* dependants :
         {&links.required_by, &links.requisite_of, &links.bound_by, &links.consists_of}) {
        add(*dependants, false, true);
    }
    add(links.propagates_stop_to, true, false);
    if (step.restarted) {
        add(links.conflicts, false, false);
    }
}

}  // namespace primum::systemd

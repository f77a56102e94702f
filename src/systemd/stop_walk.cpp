// SPDX-License-Identifier: MIT
#include "systemd/stop_walk.hpp"

#include <primum/check.hpp>

#include <utility>

namespace primum::systemd {

StopWalk::StopWalk(std::string root) : root_(std::move(root)), root_id_(root_) {
    add({root_}, Job::restart);
}

StopWalk::Step StopWalk::next() {
    PRIMUM_CHECK(has_next());
    Step step = std::move(open_.front());
    open_.pop_front();
    return step;
}

void StopWalk::add(const std::vector<std::string>& units, Job job) {
    for (const auto& unit : units) {
        if (seen_.emplace(unit, job == Job::start).second) {
            open_.push_back({unit, job});
        }
    }
}

void StopWalk::take(const Step& step, const UnitLinks& links) {
    if (step.unit == root_) {
        if (step.job == Job::start) {
            return;
        }
        root_id_ = links.id;  // the root may have been named by an alias
        seen_.emplace(links.id, false);
        found_.erase(links.id);
    } else if (links.id == root_id_) {
        return;
    } else if (step.job == Job::start) {
        if (links.running) {
            return;  // there is nothing to start, and so nothing goes with it
        }
    } else if (links.running) {
        found_.insert(links.id);
    } else {
        return;
    }
    if (step.job != Job::start) {
        for (const auto* dependants :
             {&links.required_by, &links.requisite_of, &links.bound_by, &links.consists_of}) {
            add(*dependants, step.job);
        }
        add(links.propagates_stop_to, Job::stop);
    }
    if (step.job != Job::stop) {
        add(links.conflicts, Job::stop);
        add(links.starts, Job::start);
    }
}

}  // namespace primum::systemd

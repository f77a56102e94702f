// SPDX-License-Identifier: MIT
#include "core/unit_starts.hpp"

#include <algorithm>

namespace primum::core {

std::optional<StartedBy> UnitStarts::take(Instant now, const UnitEvent& state, const Jobs& jobs) {
    const bool first = !seen_;
    const std::uint32_t restarts_before = restarts_;
    seen_ = true;
    burst_ = state.start_limit_burst;
    interval_ = state.start_limit_interval;
    if (state.result != "start-limit-hit") {
        hit_.reset();
    } else if (!hit_) {
        hit_ = now;
    }
    if (state.invocation_id.empty() || state.invocation_id == invocation_) {
        return std::nullopt;
    }
    invocation_ = state.invocation_id;
    restarts_ = state.restarts;
    if (first) {
        add(now, std::min<std::uint32_t>(state.restarts, remembered) + 1);
        return std::nullopt;
    }
    if (!jobs.ours_runs && state.restarts > restarts_before) {
        add(now, state.restarts - restarts_before);
        return StartedBy::systemd;
    }
    add(now, 1);
    return jobs.ours_runs || jobs.ours_ended ? StartedBy::us : StartedBy::somebody;
}

std::optional<StartLimit> UnitStarts::limit(Instant now) const {
    if (burst_ == 0 || interval_ <= Duration{0}) {
        return std::nullopt;
    }
    StartLimit limit;
    limit.burst = burst_;
    limit.interval = interval_;
    limit.used = static_cast<std::uint32_t>(std::count_if(
        starts_.begin(), starts_.end(), [&](Instant each) { return each + interval_ > now; }));
    const std::uint32_t allowed = burst_ < 2 ? 0 : burst_ - 2;
    limit.nearly_spent = limit.used > allowed;
    if (limit.nearly_spent) {
        limit.until = starts_[starts_.size() - 1 - allowed] + interval_;
    }
    if (hit_ && *hit_ + interval_ > now) {
        limit.used = burst_;
        limit.nearly_spent = true;
        limit.until = *hit_ + interval_;
    }
    return limit;
}

void UnitStarts::add(Instant now, std::uint32_t count) {
    for (std::size_t i = 0; i < std::min<std::size_t>(count, remembered); ++i) {
        starts_.push_back(now);
    }
    while (starts_.size() > remembered) {
        starts_.pop_front();
    }
}

}  // namespace primum::core

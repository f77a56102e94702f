// SPDX-License-Identifier: MIT
#include "daemon/job_attribution.hpp"

#include <string_view>

namespace primum::daemon {

namespace {

// An empty type is a job that was gone before it could be asked.
bool of_a_remedy(std::string_view type) {
    return type.empty() || type == "start" || type == "restart" || type == "try-restart" ||
           type == "reload" || type == "reload-or-start" || type == "reload-or-restart";
}

}  // namespace

void JobAttribution::begin(const std::string& unit, const std::string& action) {
    auto& expected = by_unit_[unit];
    if (expected.action != action) {
        expected = Expected{.action = action};
    }
}

void JobAttribution::note(const ActionEvent& news, Instant now) {
    const bool still_running =
        news.phase == ActionPhase::started ||
        (news.phase == ActionPhase::settled && news.settled_as == SettledAs::running);
    if (still_running) {
        return;
    }
    for (auto it = by_unit_.begin(); it != by_unit_.end(); ++it) {
        if (it->second.action != news.action) {
            continue;
        }
        const bool nothing_done =
            news.refusal != Refusal::none ||
            (news.phase == ActionPhase::settled && news.settled_as == SettledAs::not_started);
        if (nothing_done && it->second.job == 0) {
            by_unit_.erase(it);
        } else if (!it->second.ended) {
            it->second.ended = true;
            it->second.end = now;
        }
        return;
    }
}

bool JobAttribution::ours(const JobEvent& job, Instant now) {
    const auto key = std::pair{job.unit, job.id};
    if (foreign_.contains(key)) {
        if (job.removed) {
            foreign_.erase(key);
        }
        return false;
    }
    const auto found = by_unit_.find(job.unit);
    if (found != by_unit_.end()) {
        auto& expected = found->second;
        if (expected.job == job.id) {
            if (job.removed && expected.ended) {
                by_unit_.erase(found);
            }
            return true;
        }
        const bool late = expected.ended && now - expected.end > grace;
        if (expected.job == 0 && !late && of_a_remedy(job.type)) {
            expected.job = job.id;
            return true;
        }
        if (late) {
            by_unit_.erase(found);
        }
    }
    if (!job.removed) {
        foreign_.insert(key);
    }
    return false;
}

}  // namespace primum::daemon

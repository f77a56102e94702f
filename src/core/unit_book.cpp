// SPDX-License-Identifier: MIT
#include "core/unit_book.hpp"

namespace primum::core {
namespace {

bool stops_units(const std::string& job_type) {
    return job_type.empty() || job_type == "stop";
}

bool starts_units(const std::string& job_type) {
    return job_type == "start" || job_type == "restart" || job_type == "try-restart" ||
           job_type == "reload-or-start";
}

}  // namespace

std::optional<StartedBy> UnitFacts::take(Instant now, const UnitEvent& event) {
    const auto started_by = starts_.take(now, event, {our_job_, our_job_ended_});
    if (started_by == StartedBy::somebody) {
        foreign_ended_ = now;
        if (!foreign_job_ended_) {
            foreign_what_ = "somebody else started it a moment ago";
        }
    }
    our_job_ended_ = foreign_job_ended_ = false;
    const std::string before = state_.active_state;
    const bool first = !seen_;
    seen_ = true;
    state_ = event;
    if (event.active_state == "failed") {
        if (before != "failed") {
            failed_since_ = now;
        }
        if (before == "inactive") {
            // Only a start fails like that: at the start limit after a Restart= of systemd's own,
            // whose job is gone before anybody can ask what it was.
            stopped_by_ = Stopper::nobody;
        }
    } else if (event.active_state == "inactive") {
        if (first) {
            inactive_when_first_seen_ = true;
        } else if (before != "inactive") {
            reset_by_someone_ = before == "failed";
            take_inactive();
        }
    } else if (event.active_state == "active" || event.active_state == "activating") {
        inactive_when_first_seen_ = false;
        reset_by_someone_ = false;
        if (event.sub_state != "auto-restart") {
            stopped_by_ = Stopper::nobody;
        }
    }
    return started_by;
}

void UnitFacts::take_inactive() {
    if (our_job_) {
        stopped_by_ = Stopper::us;
    } else if (foreign_job_) {
        stopped_by_ = Stopper::somebody;
    }
}

void UnitFacts::take(Instant now, const JobEvent& event) {
    if (event.ours) {
        our_job_ = !event.removed;
        our_job_ended_ = event.removed;
        return;
    }
    if (!event.removed) {
        foreign_job_ = ForeignJob{event.id, event.type};
        return;
    }
    std::string type = event.type;
    if (foreign_job_ && foreign_job_->id == event.id) {
        if (type.empty()) {
            type = foreign_job_->type;
        }
        foreign_job_.reset();
    }
    foreign_ended_ = now;
    foreign_job_ended_ = true;
    foreign_what_ =
        (type.empty() ? "a job" : "a " + type + " job") + " of somebody else ended a moment ago";
    if (event.result != "done") {
        return;
    }
    const bool is_down = state_.active_state == "inactive" || state_.active_state == "failed" ||
                         state_.active_state == "deactivating";
    if (stops_units(type) && is_down) {
        stopped_by_ = Stopper::somebody;
    } else if (starts_units(type)) {
        stopped_by_ = Stopper::nobody;
    }
}

UnitHealth UnitFacts::health() const {
    if (!seen_) {
        return {Severity::unknown, "not seen yet", "systemd has not told its state"};
    }
    std::string words = state_.active_state;
    if (!state_.sub_state.empty() && state_.sub_state != state_.active_state) {
        words += " (" + state_.sub_state + ')';
    }
    if (state_.load_state == "masked" || state_.load_state == "not-found") {
        return {Severity::unknown, words, "the unit is " + state_.load_state, true};
    }
    if (state_.active_state == "failed") {
        const std::string status =
            state_.exit_status.empty() ? "" : ", status " + state_.exit_status;
        return {Severity::critical, words, state_.result + status};
    }
    if (state_.active_state == "active") {
        return {Severity::ok, words, ""};
    }
    if (state_.active_state != "inactive") {
        return {Severity::unknown, words, "it is changing"};
    }
    if (stopped_by_ != Stopper::nobody) {
        return {Severity::unknown, words, "stopped by a job", stopped_by_ == Stopper::somebody};
    }
    if (reset_by_someone_) {
        return {Severity::unknown, words, "its failure was reset", true};
    }
    if (inactive_when_first_seen_) {
        return {Severity::unknown, words, "it was so when first seen"};
    }
    return {Severity::error, words, "it ended by itself"};
}

std::optional<ForeignActor> UnitFacts::foreign_actor(Instant now, Duration grace) const {
    if (foreign_job_) {
        const std::string type = foreign_job_->type.empty() ? "" : " (" + foreign_job_->type + ')';
        return ForeignActor{"job " + std::to_string(foreign_job_->id) + type + " is queued", {}};
    }
    if (stopped_by_ == Stopper::somebody && state_.active_state != "active") {
        return ForeignActor{"stopped by a job that is not ours; a start hands it back", {}};
    }
    if (inactive_when_first_seen_ && state_.active_state == "inactive") {
        return ForeignActor{"it was stopped when first seen; a start hands it back", {}};
    }
    if (auto policy = restart_policy(now)) {
        return policy;
    }
    if (foreign_ended_ && now < *foreign_ended_ + grace) {
        return ForeignActor{foreign_what_, *foreign_ended_ + grace};
    }
    return std::nullopt;
}

std::optional<ForeignActor> UnitFacts::restart_policy(Instant now) const {
    if (state_.sub_state == "auto-restart") {
        return ForeignActor{"systemd's Restart= is at work", {}};
    }
    const bool may_restart = !state_.restart.empty() && state_.restart != "no";
    const Instant given_up_at = failed_since_ + state_.restart_delay + restart_grace;
    if (may_restart && state_.active_state == "failed" && state_.result != "start-limit-hit" &&
        now < given_up_at) {
        return ForeignActor{"systemd's Restart=" + state_.restart + " may still act", given_up_at};
    }
    return std::nullopt;
}

}  // namespace primum::core

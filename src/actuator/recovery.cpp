// SPDX-License-Identifier: MIT
#include "actuator/recovery.hpp"

#include <string>
#include <utility>

namespace primum::actuator {

RecoveryStep next_step(const StoredAction& action,
                       const systemd::ManagerResult<systemd::UnitFacts>& unit,
                       Stamp now) {
    RecoveryStep step;
    const auto judge = remedy::judge_of(action.kind);
    const bool over = now.t > action.started.t + action.timeout;
    if (!unit.has_value()) {
        if (over) {
            step.end = ActionEnd{ActionResult::ambiguous,
                                 Refusal::none,
                                 {},
                                 "the actuator ended while it ran, and systemd does not answer",
                                 now};
        }
        return step;
    }
    const auto recorded_job = systemd::job_id_of(action.job);
    const bool untouched = unit->invocation_id == action.invocation_before;
    const bool its_job = unit->job_id != 0 &&
                         (recorded_job != 0 ? unit->job_id == recorded_job : untouched && !over);
    if (its_job && !over) {
        step.await_job = unit->job_id;
        return step;
    }
    if (judge == nullptr) {
        step.end = ActionEnd{
            ActionResult::ambiguous, Refusal::none, {}, "the actuator ended while it ran", now};
        return step;
    }
    // A job of somebody else's tells nothing about ours.
    auto seen = *unit;
    if (!its_job) {
        seen.job_id = 0;
    }
    auto end = end_of_job(action, judge("gone", action.invocation_before, seen), now);
    end.detail = "the actuator ended while it ran; " + end.detail;
    step.end = std::move(end);
    return step;
}

ActionEnd end_of_job(const StoredAction& action, const remedy::Report& report, Stamp now) {
    if (report.job_result.empty()) {
        return {report.result, report.refusal, report.invocation_after, report.detail, now};
    }
    return {report.result,
            Refusal::none,
            report.invocation_after,
            report.detail + "; job " + report.job_result + ", invocation " +
                action.invocation_before + " before, " + report.invocation_after + " after",
            now};
}

ActionEnd end_across_boots(Stamp now) {
    return {ActionResult::ambiguous, Refusal::none, {}, "the host was booted while it ran", now};
}

}  // namespace primum::actuator

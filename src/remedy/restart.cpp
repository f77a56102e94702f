// SPDX-License-Identifier: MIT
#include "remedy/restart.hpp"

#include <utility>

namespace primum::remedy {

void restart(systemd::Manager& manager,
             const std::string& unit,
             const std::string& invocation_before,
             JobHooks hooks) {
    run_job(manager, systemd::JobVerb::restart, unit, invocation_before, std::move(hooks));
}

JobReport judge_restart(std::string_view job_result,
                        const std::string& invocation_before,
                        const std::optional<systemd::UnitFacts>& now) {
    JobReport report;
    report.job_result = std::string(job_result);
    report.invocation_after = now.has_value() ? now->invocation_id : "";
    const bool known = now.has_value();
    const bool run_again = known && now->invocation_id != invocation_before;
    const auto say = [&report](ActionResult result, std::string detail) {
        report.result = result;
        report.detail = std::move(detail);
        return report;
    };
    if (is_failure(job_result)) {
        return say(ActionResult::failed, "the restart job ended with " + report.job_result);
    }
    if (job_result == "done") {
        return known && !run_again
                   ? say(ActionResult::failed,
                         "the restart job is done, but the unit was not started again")
                   : say(ActionResult::done, "the restart job is done");
    }
    if (!known) {
        return say(ActionResult::ambiguous,
                   "nobody heard how the restart job ended, and systemd does not answer");
    }
    if (now->job_id != 0) {
        return say(ActionResult::ambiguous, "a job is queued on the unit still");
    }
    if (!run_again) {
        return say(ActionResult::failed, "the unit was not started again");
    }
    if (now->active_state == "active") {
        return say(ActionResult::done, "the unit was started again and is active");
    }
    if (now->active_state == "failed" || now->active_state == "inactive") {
        return say(ActionResult::failed, "the unit was started again and is " + now->active_state);
    }
    return say(ActionResult::ambiguous,
               "the unit was started again and is still " + now->active_state);
}

}  // namespace primum::remedy

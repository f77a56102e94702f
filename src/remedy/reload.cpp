// SPDX-License-Identifier: MIT
#include "remedy/reload.hpp"

#include <utility>

namespace primum::remedy {

void reload(systemd::Manager& manager, const std::string& unit, JobHooks hooks) {
    run_job(manager, systemd::JobVerb::reload, unit, {}, std::move(hooks));
}

JobReport judge_reload(std::string_view job_result,
                       const std::string& /*invocation_before*/,
                       const std::optional<systemd::UnitFacts>& now) {
    JobReport report;
    report.job_result = std::string(job_result);
    report.invocation_after = now.has_value() ? now->invocation_id : "";
    if (job_result == "done") {
        report.result = ActionResult::done;
        report.detail = "the reload job is done";
    } else if (is_failure(job_result)) {
        report.result = ActionResult::failed;
        report.detail = "the reload job ended with " + report.job_result;
    } else {
        report.result = ActionResult::ambiguous;
        report.detail = "nobody heard how the reload job ended";
    }
    return report;
}

}  // namespace primum::remedy

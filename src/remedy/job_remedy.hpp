// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/manager.hpp"

#include <primum/rules.hpp>
#include <primum/vocabulary.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

// What the remedies that are one systemd job have in common.
namespace primum::remedy {

// How such a remedy ended.
struct JobReport {
    ActionResult result = ActionResult::ambiguous;
    std::string job_result;        // as systemd said it; "gone" when nobody heard it
    std::string invocation_after;  // hex; empty when it could not be read
    std::string detail;            // for people
};

struct JobHooks {
    // The job stands (its path), or systemd refused it and nothing was done.
    std::function<void(systemd::ManagerResult<std::string>)> queued;
    // Once, after `queued` with a path; however long it takes.
    std::function<void(const JobReport&)> ended;
};

// Judges an ended job: `job_result`, the unit's InvocationID before the action, and the unit as it
// is now (nullopt: it could not be read).
using JobJudge = JobReport (*)(std::string_view job_result,
                               const std::string& invocation_before,
                               const std::optional<systemd::UnitFacts>& now);

// The judge of a kind; nullptr where the kind is no job.
[[nodiscard]] JobJudge judge_of(RemedyKind kind);

// Queues the job of `verb` on `unit`, awaits its end, looks at the unit and judges.
void run_job(systemd::Manager& manager,
             systemd::JobVerb verb,
             const std::string& unit,
             const std::string& invocation_before,
             JobHooks hooks);

// Looks at the unit and judges a job that has ended with `job_result`.
void judge_job(systemd::Manager& manager,
               JobJudge judge,
               const std::string& unit,
               const std::string& invocation_before,
               const std::string& job_result,
               std::function<void(const JobReport&)> done);

// Whether systemd's word for a job's end says that the job did not do its work.
[[nodiscard]] bool is_failure(std::string_view job_result);

}  // namespace primum::remedy

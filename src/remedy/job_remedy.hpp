// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "systemd/manager.hpp"

#include <primum/rules.hpp>
#include <primum/vocabulary.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// What the remedies that are one systemd job have in common.
namespace primum::remedy {

// Judges an ended job: `job_result`, the unit's InvocationID before the action, and the unit as it
// is now (nullopt: it could not be read). Gives result, job_result, invocation_after and detail.
using JobJudge = Report (*)(std::string_view job_result,
                            const std::string& invocation_before,
                            const std::optional<systemd::UnitFacts>& now);

// The judge of a kind; nullptr where the kind is no job.
[[nodiscard]] JobJudge judge_of(RemedyKind kind);

// Queues the job of `verb` on the order's unit, tells the order of it, awaits its end, looks at the
// unit and judges. `done` once, however long it takes; a job that systemd refused is a report, too.
void run_job(systemd::Manager& manager,
             systemd::JobVerb verb,
             const Order& order,
             std::function<void(const Report&)> done);

// Looks at the unit and judges a job that has ended with `job_result`.
void judge_job(systemd::Manager& manager,
               JobJudge judge,
               const Order& order,
               const std::string& job_result,
               std::function<void(const Report&)> done);

// Judges an action whose job an earlier run has queued. Awaited is a job on the unit that is the
// recorded one or, where none was recorded and the unit was not started anew since, any; a job of
// somebody else's tells nothing about ours.
void judge_left_job(const Tools& tools,
                    const Order& order,
                    JobJudge judge,
                    const systemd::UnitFacts& unit,
                    std::function<void(const Report&)> done);

// What systemd's refusal to queue a job means. Without an answer it may have done so all the same.
[[nodiscard]] Report report_of_refused_job(const systemd::ManagerError& error);

// Whether an error says that no answer came: the call may have been carried out all the same.
[[nodiscard]] bool is_silence(const systemd::ManagerError& error);

// Whether systemd's word for a job's end says that the job did not do its work.
[[nodiscard]] bool is_failure(std::string_view job_result);

// Judges a unit that is read again just before the effect: nothing, or why it is not the one that
// was admitted any more.
struct Objection {
    Refusal refusal = Refusal::none;
    std::string detail;
};
[[nodiscard]] std::optional<Objection> objection(
    const systemd::ManagerResult<systemd::UnitFacts>& unit, const std::string& invocation_before);
// Of the plan's age, just before a program of the action's.
[[nodiscard]] std::optional<Objection> too_late(const Clock& clock, const Order& order);
[[nodiscard]] Report refused(const Objection& why);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "remedy/job_remedy.hpp"

#include "remedy/reload.hpp"
#include "remedy/restart.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace primum::remedy {

bool is_failure(std::string_view job_result) {
    static constexpr std::array<std::string_view, 12> failures{"canceled",
                                                               "timeout",
                                                               "failed",
                                                               "dependency",
                                                               "skipped",
                                                               "invalid",
                                                               "assert",
                                                               "unsupported",
                                                               "collected",
                                                               "once",
                                                               "frozen",
                                                               "concurrency"};
    return std::find(failures.begin(), failures.end(), job_result) != failures.end();
}

JobJudge judge_of(RemedyKind kind) {
    switch (kind) {
        case RemedyKind::reload:
            return judge_reload;
        case RemedyKind::restart:
            return judge_restart;
        default:
            return nullptr;
    }
}

void judge_job(systemd::Manager& manager,
               JobJudge judge,
               const Order& order,
               const std::string& job_result,
               std::function<void(const Report&)> done) {
    manager.facts(order.unit,
                  [judge, invocation = order.invocation, job_result, done = std::move(done)](
                      const systemd::ManagerResult<systemd::UnitFacts>& facts) {
                      std::optional<systemd::UnitFacts> now;
                      if (facts.has_value()) {
                          now = *facts;
                      }
                      done(judge(job_result, invocation, now));
                  });
}

void run_job(systemd::Manager& manager,
             systemd::JobVerb verb,
             const Order& order,
             std::function<void(const Report&)> done) {
    const auto judge = verb == systemd::JobVerb::restart ? judge_restart : judge_reload;
    manager.start_job(
        verb,
        order.unit,
        [on_job = order.on_job, done](const systemd::ManagerResult<std::string>& job) {
            if (!job.has_value()) {
                done(report_of_refused_job(job.error()));
            } else if (on_job) {
                on_job(*job);
            }
        },
        [&manager, judge, order, done](const systemd::JobEnd& end) {
            judge_job(manager, judge, order, end.result, done);
        });
}

void judge_left_job(const Tools& tools,
                    const Order& order,
                    JobJudge judge,
                    const systemd::UnitFacts& unit,
                    std::function<void(const Report&)> done) {
    const auto recorded = systemd::job_id_of(order.job);
    const bool untouched = unit.invocation_id == order.invocation;
    const bool its_job = unit.job_id != 0 && (recorded != 0 ? unit.job_id == recorded : untouched);
    if (its_job) {
        tools.manager.await_job(unit.job_id,
                                [&manager = tools.manager, judge, order, done = std::move(done)](
                                    const systemd::JobEnd& end) {
                                    judge_job(manager, judge, order, end.result, done);
                                });
        return;
    }
    auto seen = unit;
    seen.job_id = 0;
    done(judge("gone", order.invocation, seen));
}

bool is_silence(const systemd::ManagerError& error) {
    return error.name == "org.freedesktop.DBus.Error.NoReply" ||
           error.name == "org.freedesktop.DBus.Error.Timeout" ||
           error.name == "org.primum.Error.Disconnected" || error.name == "unreadable";
}

Report report_of_refused_job(const systemd::ManagerError& error) {
    Report report;
    if (is_silence(error)) {
        report.detail = "systemd did not say whether it queued the job: " + error.message;
        return report;
    }
    report.result = ActionResult::failed;
    report.refusal = error.name == "org.freedesktop.systemd1.TransactionIsDestructive"
                         ? Refusal::foreign_job
                     : error.name == "org.freedesktop.systemd1.UnitMasked" ? Refusal::masked
                     : error.name == "org.freedesktop.systemd1.NoSuchUnit" ? Refusal::unit_missing
                                                                           : Refusal::bus;
    report.detail = "systemd refused the job: " + error.message;
    return report;
}

std::optional<Objection> too_late(const Clock& clock, const Order& order) {
    if (clock.now().t > order.not_after) {
        return Objection{Refusal::too_late, "the plan grew too old"};
    }
    return std::nullopt;
}

Report refused(const Objection& why) {
    Report report;
    report.result = ActionResult::failed;
    report.refusal = why.refusal;
    report.detail = why.detail;
    return report;
}

std::optional<Objection> objection(const systemd::ManagerResult<systemd::UnitFacts>& unit,
                                   const std::string& invocation_before) {
    if (!unit.has_value()) {
        return Objection{Refusal::bus, "systemd did not answer: " + unit.error().message};
    }
    if (unit->load_state == "masked") {
        return Objection{Refusal::masked, unit->id + " is masked by now"};
    }
    if (unit->job_id != 0) {
        return Objection{Refusal::foreign_job,
                         "job " + std::to_string(unit->job_id) + " is queued on " + unit->id};
    }
    if (unit->invocation_id != invocation_before) {
        return Objection{Refusal::foreign_job, unit->id + " was started anew meanwhile"};
    }
    return std::nullopt;
}

}  // namespace primum::remedy

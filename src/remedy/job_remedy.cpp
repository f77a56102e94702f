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
               const std::string& unit,
               const std::string& invocation_before,
               const std::string& job_result,
               std::function<void(const JobReport&)> done) {
    manager.facts(unit,
                  [judge, invocation_before, job_result, done = std::move(done)](
                      const systemd::ManagerResult<systemd::UnitFacts>& facts) {
                      std::optional<systemd::UnitFacts> now;
                      if (facts.has_value()) {
                          now = *facts;
                      }
                      done(judge(job_result, invocation_before, now));
                  });
}

void run_job(systemd::Manager& manager,
             systemd::JobVerb verb,
             const std::string& unit,
             const std::string& invocation_before,
             JobHooks hooks) {
    const auto judge = verb == systemd::JobVerb::restart ? judge_restart : judge_reload;
    manager.start_job(verb,
                      unit,
                      std::move(hooks.queued),
                      [&manager, judge, unit, invocation_before, ended = std::move(hooks.ended)](
                          const systemd::JobEnd& end) {
                          judge_job(manager, judge, unit, invocation_before, end.result, ended);
                      });
}

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "remedy/restart.hpp"

#include "remedy/job_remedy.hpp"

#include <utility>

namespace primum::remedy {

namespace {

class Restart : public Execution {
public:
    Restart(const Tools& tools, Order order) : tools_(tools), order_(std::move(order)) {}

    // What the unit is in is remembered: what is stopped meanwhile stays stopped.
    void prepare(std::function<void(const Prepared&)> done) override {
        tools_.manager.facts(order_.unit,
                             [weak = std::weak_ptr(active_before_), done = std::move(done)](
                                 const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                                 const auto before = weak.lock();
                                 if (before == nullptr) {
                                     return;
                                 }
                                 Prepared prepared;
                                 if (unit.has_value()) {
                                     *before = unit->active_state;
                                 } else {
                                     prepared.refusal = Refusal::bus;
                                     prepared.detail =
                                         "systemd did not answer: " + unit.error().message;
                                 }
                                 done(prepared);
                             });
    }
    // The unit is read again just before.
    void run(std::function<void(const Report&)> done) override {
        tools_.manager.facts(
            order_.unit,
            [&manager = tools_.manager,
             order = order_,
             before = *active_before_,
             done = std::move(done)](const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                auto why = objection(unit, order.invocation);
                if (!why.has_value() && before == "active" && unit->active_state == "inactive") {
                    why =
                        Objection{Refusal::stopped_by_person, unit->id + " was stopped meanwhile"};
                }
                if (why.has_value()) {
                    done(refused(*why));
                    return;
                }
                run_job(manager, systemd::JobVerb::restart, order, done);
            });
    }

private:
    Tools tools_;
    Order order_;
    std::shared_ptr<std::string> active_before_ = std::make_shared<std::string>();
};

}  // namespace

std::unique_ptr<Execution> make_restart(const Tools& tools, Order order) {
    return std::make_unique<Restart>(tools, std::move(order));
}

Report judge_restart(std::string_view job_result,
                     const std::string& invocation_before,
                     const std::optional<systemd::UnitFacts>& now) {
    Report report;
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

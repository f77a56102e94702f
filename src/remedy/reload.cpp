// SPDX-License-Identifier: MIT
#include "remedy/reload.hpp"

#include "remedy/job_remedy.hpp"

#include <utility>

namespace primum::remedy {

namespace {

class Reload : public Execution {
public:
    Reload(const Tools& tools, Order order) : tools_(tools), order_(std::move(order)) {}

    void prepare(std::function<void(const Prepared&)> done) override { done({}); }
    // The unit is read again just before.
    void run(std::function<void(const Report&)> done) override {
        tools_.manager.facts(order_.unit,
                             [&manager = tools_.manager, order = order_, done = std::move(done)](
                                 const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                                 auto why = objection(unit, order.invocation);
                                 if (!why.has_value() && unit->active_state != "active") {
                                     why = Objection{
                                         Refusal::not_applicable,
                                         unit->id + " is " + unit->active_state + " by now"};
                                 }
                                 if (why.has_value()) {
                                     done(refused(*why));
                                     return;
                                 }
                                 run_job(manager, systemd::JobVerb::reload, order, done);
                             });
    }

private:
    Tools tools_;
    Order order_;
};

}  // namespace

std::unique_ptr<Execution> make_reload(const Tools& tools, Order order) {
    return std::make_unique<Reload>(tools, std::move(order));
}

Report judge_reload(std::string_view job_result,
                    const std::string& /*invocation_before*/,
                    const std::optional<systemd::UnitFacts>& now) {
    Report report;
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

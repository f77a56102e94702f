// SPDX-License-Identifier: MIT
#include "remedy/reset_failed.hpp"

#include "remedy/job_remedy.hpp"

#include <optional>
#include <utility>

namespace primum::remedy {
namespace {

std::optional<Objection> not_failed(const systemd::ManagerResult<systemd::UnitFacts>& unit,
                                    const std::string& invocation) {
    auto why = objection(unit, invocation);
    if (!why.has_value() && unit->active_state != "failed") {
        why = Objection{Refusal::not_applicable,
                        unit->id + " is " + unit->active_state + ", not failed"};
    }
    return why;
}

class ResetFailed : public Execution {
public:
    ResetFailed(const Tools& tools, Order order) : tools_(tools), order_(std::move(order)) {}

    void prepare(std::function<void(const Prepared&)> done) override {
        tools_.manager.facts(order_.unit,
                             [order = order_, done = std::move(done)](
                                 const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                                 Prepared prepared;
                                 if (const auto why = not_failed(unit, order.invocation)) {
                                     prepared.refusal = why->refusal;
                                     prepared.detail = why->detail;
                                 }
                                 done(prepared);
                             });
    }

    void run(std::function<void(const Report&)> done) override {
        tools_.manager.facts(
            order_.unit,
            [&manager = tools_.manager, order = order_, done = std::move(done)](
                const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                if (const auto why = not_failed(unit, order.invocation)) {
                    done(refused(*why));
                    return;
                }
                manager.reset_failed(
                    order.unit,
                    [invocation = unit->invocation_id,
                     done](const systemd::ManagerResult<void>& told) {
                        Report report;
                        report.invocation_after = invocation;
                        if (told.has_value()) {
                            report.result = ActionResult::done;
                            report.detail = "the failed state and the start limit were cleared";
                        } else if (is_silence(told.error())) {
                            report.detail = "systemd did not say whether it cleared the state";
                        } else {
                            report.result = ActionResult::failed;
                            report.detail = "systemd refused: " + told.error().message;
                        }
                        done(report);
                    });
            });
    }

private:
    Tools tools_;
    Order order_;
};

}  // namespace

std::unique_ptr<Execution> make_reset_failed(const Tools& tools, Order order) {
    return std::make_unique<ResetFailed>(tools, std::move(order));
}

Report judge_reset_failed(const systemd::UnitFacts& unit) {
    Report report;
    report.invocation_after = unit.invocation_id;
    const bool cleared = unit.active_state != "failed";
    report.result = cleared ? ActionResult::done : ActionResult::failed;
    report.detail = cleared ? "the unit is not failed any more" : "the unit is failed still";
    return report;
}

}  // namespace primum::remedy

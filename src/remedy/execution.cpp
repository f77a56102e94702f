// SPDX-License-Identifier: MIT
#include "remedy/execution.hpp"

#include "remedy/catalog.hpp"
#include "remedy/job_remedy.hpp"
#include "remedy/reload.hpp"
#include "remedy/restart.hpp"

#include <utility>

namespace primum::remedy {
namespace {

// What this version cannot do: refused before anything is done.
class Unavailable : public Execution {
public:
    Unavailable(Refusal refusal, std::string detail)
        : refusal_(refusal), detail_(std::move(detail)) {}

    void prepare(std::function<void(const Prepared&)> done) override {
        Prepared prepared;
        prepared.refusal = refusal_;
        prepared.detail = detail_;
        done(prepared);
    }
    void run(std::function<void(const Report&)> done) override {
        Report report;
        report.result = ActionResult::failed;
        report.refusal = refusal_;
        report.detail = detail_;
        done(report);
    }

private:
    Refusal refusal_;
    std::string detail_;
};

}  // namespace

std::unique_ptr<Execution> make_execution(const Tools& tools, Order order) {
    switch (order.rule.kind) {
        case RemedyKind::reload:
            return make_reload(tools, std::move(order));
        case RemedyKind::restart:
            return make_restart(tools, std::move(order));
        default:
            return std::make_unique<Unavailable>(
                Refusal::not_available,
                std::string(entry_of(order.rule.kind).name) + " is not available yet");
    }
}

std::unique_ptr<Execution> make_rollback(const Tools& /*tools*/, WayBackRecord way_back) {
    return std::make_unique<Unavailable>(Refusal::no_way_back,
                                         "action " + way_back.action + " has no way back");
}

void judge_left(const Tools& tools,
                const Order& order,
                const WayBackRecord& /*way_back*/,
                const systemd::UnitFacts& unit,
                std::function<void(const Report&)> done) {
    const auto judge = judge_of(order.rule.kind);
    if (judge != nullptr) {
        judge_left_job(tools, order, judge, unit, std::move(done));
        return;
    }
    Report report;
    report.invocation_after = unit.invocation_id;
    report.detail = "nothing tells whether it took effect";
    done(report);
}

}  // namespace primum::remedy

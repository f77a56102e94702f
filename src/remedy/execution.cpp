// SPDX-License-Identifier: MIT
#include "remedy/execution.hpp"

#include "remedy/catalog.hpp"
#include "remedy/config_fallback.hpp"
#include "remedy/dbus_call.hpp"
#include "remedy/exec.hpp"
#include "remedy/failover.hpp"
#include "remedy/file_rollback.hpp"
#include "remedy/http.hpp"
#include "remedy/job_remedy.hpp"
#include "remedy/program.hpp"
#include "remedy/reload.hpp"
#include "remedy/reset_failed.hpp"
#include "remedy/restart.hpp"
#include "remedy/signal.hpp"
#include "remedy/step.hpp"
#include "systemd/transient.hpp"

#include <memory>
#include <utility>
#include <variant>

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

// Its program is awaited where it runs still; one that has ended is there until it is looked at.
void judge_left_program(const Tools& tools,
                        const Order& order,
                        std::function<void(const Report&)> done) {
    auto unit = std::make_shared<systemd::TransientUnit>(tools.loop, tools.clock, tools.manager);
    unit->adopt(program_unit(order.action),
                [unit, done = std::move(done)](const systemd::TransientEnd& end) {
                    if (end.how != systemd::TransientEnd::How::refused) {
                        done(report_of_program("its program", end));
                        return;
                    }
                    Report report;
                    report.detail = "nothing is left that tells how its program ended";
                    done(report);
                });
}

// A hook that an earlier run has left; what it came to tells nothing about the unit.
void clear_away(const Tools& tools, const Order& order, const char* suffix) {
    auto unit = std::make_shared<systemd::TransientUnit>(tools.loop, tools.clock, tools.manager);
    unit->adopt(program_unit(order.action, suffix), [unit](const systemd::TransientEnd&) {});
}

}  // namespace

std::unique_ptr<Execution> make_execution(const Tools& tools, Order order) {
    switch (order.rule.kind) {
        case RemedyKind::reload:
            return make_reload(tools, std::move(order));
        case RemedyKind::restart:
            return make_restart(tools, std::move(order));
        case RemedyKind::signal:
            return make_signal(tools, std::move(order));
        case RemedyKind::reset_failed:
            return make_reset_failed(tools, std::move(order));
        case RemedyKind::http:
            return make_http(tools, std::move(order));
        case RemedyKind::dbus_call:
            return make_dbus_call(tools, std::move(order));
        case RemedyKind::exec:
            return make_exec(tools, std::move(order));
        case RemedyKind::failover:
            return make_failover(tools, std::move(order));
        case RemedyKind::config_fallback:
            return make_config_fallback(tools, std::move(order));
        default:
            return std::make_unique<Unavailable>(
                Refusal::not_available,
                std::string(entry_of(order.rule.kind).name) + " is not available yet");
    }
}

std::unique_ptr<Execution> make_rollback(const Tools& tools, WayBackRecord way_back) {
    if (!std::holds_alternative<std::monostate>(way_back.call)) {
        return make_call_back(tools, way_back);
    }
    if (!way_back.files.empty()) {
        return make_file_rollback(tools, std::move(way_back));
    }
    return std::make_unique<Unavailable>(Refusal::no_way_back,
                                         "action " + way_back.action + " has no way back");
}

void take_back_preparation(const Tools& tools, const Order& order) {
    if (order.rule.kind == RemedyKind::restart) {
        take_back_save(tools, order);
    } else if (order.rule.kind == RemedyKind::config_fallback) {
        clear_away(tools, order, "check");
    }
}

void judge_left(const Tools& tools,
                const Order& order,
                const WayBackRecord& way_back,
                const systemd::UnitFacts& unit,
                std::function<void(const Report&)> done) {
    if (order.rule.kind == RemedyKind::failover || order.rule.kind == RemedyKind::config_fallback) {
        judge_left_files(tools, order, way_back, unit, std::move(done));
        return;
    }
    const auto judge = judge_of(order.rule.kind);
    if (judge != nullptr) {
        if (order.rule.kind == RemedyKind::restart) {
            clear_away(tools, order, "save");
            clear_away(tools, order, "restore");
        }
        judge_left_job(tools, order, judge, unit, std::move(done));
        return;
    }
    if (order.rule.kind == RemedyKind::reset_failed) {
        done(judge_reset_failed(unit));
        return;
    }
    if (order.rule.kind == RemedyKind::exec || order.rule.kind == RemedyKind::http) {
        judge_left_program(tools, order, std::move(done));
        return;
    }
    Report report;
    report.invocation_after = unit.invocation_id;
    report.detail = "nothing tells whether it took effect";
    done(report);
}

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "remedy/signal.hpp"

#include "remedy/job_remedy.hpp"

#include <primum/check.hpp>
#include <primum/names.hpp>

#include <array>
#include <csignal>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

// Of a gentle reset that keeps the process; 0 for any other.
int number_of(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, int>, 4> known{
        {{"SIGHUP", SIGHUP}, {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}, {"SIGWINCH", SIGWINCH}}};
    for (const auto& [text, number] : known) {
        if (text == name) {
            return number;
        }
    }
    return 0;
}

std::optional<Objection> cannot_take(const systemd::UnitFacts& unit, Whom whom) {
    if (unit.active_state != "active") {
        return Objection{Refusal::not_applicable,
                         unit.id + " is " + unit.active_state + "; only what runs takes a signal"};
    }
    if (whom == Whom::main && unit.main_pid == 0) {
        return Objection{Refusal::not_applicable, unit.id + " has no main process"};
    }
    if (whom == Whom::control && unit.control_pid == 0) {
        return Objection{Refusal::not_applicable, unit.id + " has no control process"};
    }
    return std::nullopt;
}

class Signal : public Execution {
public:
    Signal(const Tools& tools, Order order, SignalPlan plan)
        : tools_(tools), order_(std::move(order)), plan_(std::move(plan)) {}

    void prepare(std::function<void(const Prepared&)> done) override {
        tools_.manager.facts(
            order_.unit,
            [weak = std::weak_ptr(main_pid_), order = order_, plan = plan_, done = std::move(done)](
                const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                const auto main_pid = weak.lock();
                if (main_pid == nullptr) {
                    return;
                }
                auto why = objection(unit, order.invocation);
                if (!why.has_value() && number_of(plan.signal) == 0) {
                    why = Objection{Refusal::bad_request, plan.signal + " is not sent"};
                }
                if (!why.has_value()) {
                    why = cannot_take(*unit, plan.whom);
                }
                Prepared prepared;
                if (why.has_value()) {
                    prepared.refusal = why->refusal;
                    prepared.detail = why->detail;
                } else {
                    *main_pid = unit->main_pid;
                }
                done(prepared);
            });
    }

    void run(std::function<void(const Report&)> done) override {
        tools_.manager.facts(order_.unit,
                             [this, weak = std::weak_ptr(main_pid_), done = std::move(done)](
                                 const systemd::ManagerResult<systemd::UnitFacts>& unit) {
                                 if (!weak.expired()) {
                                     send(unit, done);
                                 }
                             });
    }

private:
    void send(const systemd::ManagerResult<systemd::UnitFacts>& unit,
              const std::function<void(const Report&)>& done) {
        auto why = objection(unit, order_.invocation);
        if (!why.has_value()) {
            why = cannot_take(*unit, plan_.whom);
        }
        if (!why.has_value() && unit->main_pid != *main_pid_) {
            why = Objection{Refusal::foreign_job, unit->id + " has another main process by now"};
        }
        if (why.has_value()) {
            done(refused(*why));
            return;
        }
        tools_.manager.signal_unit(order_.unit,
                                   std::string(name_of(plan_.whom)),
                                   number_of(plan_.signal),
                                   [plan = plan_, invocation = unit->invocation_id, done](
                                       const systemd::ManagerResult<void>& told) {
                                       Report report;
                                       report.invocation_after = invocation;
                                       if (told.has_value()) {
                                           report.result = ActionResult::done;
                                           report.detail = plan.signal + " was sent";
                                       } else if (is_silence(told.error())) {
                                           report.detail =
                                               "systemd did not say whether it sent " + plan.signal;
                                       } else {
                                           report.result = ActionResult::failed;
                                           report.detail = "systemd did not send " + plan.signal +
                                                           ": " + told.error().message;
                                       }
                                       done(report);
                                   });
    }

    Tools tools_;
    Order order_;
    SignalPlan plan_;
    std::shared_ptr<std::uint32_t> main_pid_ = std::make_shared<std::uint32_t>(0);
};

}  // namespace

std::unique_ptr<Execution> make_signal(const Tools& tools, Order order) {
    const auto* found = std::get_if<SignalPlan>(&order.rule.plan);
    PRIMUM_CHECK(found != nullptr);
    auto plan = *found;
    return std::make_unique<Signal>(tools, std::move(order), std::move(plan));
}

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "remedy/exec.hpp"

#include "remedy/program.hpp"
#include "remedy/step.hpp"
#include "systemd/transient.hpp"

#include <primum/check.hpp>

#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

class ExecStep : public Step {
public:
    ExecStep(const Tools& tools, StepPlace place, ExecBack program)
        : place_(std::move(place)),
          program_(std::move(program)),
          unit_(tools.loop, tools.clock, tools.manager) {}

    [[nodiscard]] std::optional<Objection> check() const override {
        return program_objection(place_.action, program_.run);
    }
    void start(std::function<void(const Report&)> done) override {
        unit_.start(program_spec(place_.action, place_.suffix, program_, place_.timeout),
                    [what = program_.run.front(), done = std::move(done)](
                        const systemd::TransientEnd& end) { done(report_of_program(what, end)); });
    }
    void stop() override { unit_.stop(); }

private:
    StepPlace place_;
    ExecBack program_;
    systemd::TransientUnit unit_;
};

}  // namespace

std::unique_ptr<Step> make_exec_step(const Tools& tools, StepPlace place, ExecBack program) {
    return std::make_unique<ExecStep>(tools, std::move(place), std::move(program));
}

std::unique_ptr<Execution> make_exec(const Tools& tools, Order order) {
    const auto* plan = std::get_if<ExecPlan>(&order.rule.plan);
    PRIMUM_CHECK(plan != nullptr);
    ExecBack run;
    run.run = plan->run;
    run.user = plan->user.empty() ? order.user : plan->user;
    run.writes = plan->writes;
    run.memory = plan->memory;
    run.tasks = plan->tasks;
    CallBack undo;
    if (!plan->undo.empty()) {
        ExecBack back = run;
        back.run = plan->undo;
        undo = std::move(back);
    }
    return make_call(tools, std::move(order), CallBack{std::move(run)}, std::move(undo));
}

}  // namespace primum::remedy

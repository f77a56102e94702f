// SPDX-License-Identifier: MIT
#include "remedy/restart.hpp"

#include "remedy/job_remedy.hpp"
#include "remedy/program.hpp"
#include "remedy/snapshot_store.hpp"
#include "systemd/transient.hpp"

#include <utility>

namespace primum::remedy {

namespace {

using Facts = systemd::ManagerResult<systemd::UnitFacts>;

constexpr const char* save_suffix = "save";
constexpr const char* restore_suffix = "restore";

// How many descriptors systemd keeps for it; a unit that keeps none is not counted.
void count_stored(ActionFacts& facts, std::uint32_t before, std::uint32_t after) {
    if (before == 0 && after == 0) {
        return;
    }
    facts.stored_before = before;
    facts.stored_after = after;
    facts.lost_state = after < before;
}

ExecBack hook_of(const Order& order, const RestartPlan& plan, const Argv& run) {
    ExecBack program;
    program.run = run;
    program.user = order.user;
    program.writes = plan.state;
    program.memory = hook_memory;
    program.tasks = hook_tasks;
    return program;
}

// Nobody waits for it.
void run_restore(const Tools& tools, const Order& order, const RestartPlan& plan) {
    auto unit = std::make_shared<systemd::TransientUnit>(tools.loop, tools.clock, tools.manager);
    unit->start(
        program_spec(
            order.action, restore_suffix, hook_of(order, plan, plan.restore), plan.hook_timeout),
        [unit](const systemd::TransientEnd&) {});
}

class Restart : public Execution {
public:
    Restart(const Tools& tools, Order order, RestartPlan plan)
        : tools_(tools), order_(std::move(order)), plan_(std::move(plan)) {}

    // What `save` has drained and nobody restarts (switched off meanwhile, say) is taken back into
    // service; nobody waits for that.
    ~Restart() override {
        if (saved_ && !reported_ && !plan_.restore.empty()) {
            run_restore(tools_, order_, plan_);
        }
    }
    Restart(const Restart&) = delete;
    Restart& operator=(const Restart&) = delete;

    void prepare(std::function<void(const Prepared&)> done) override {
        prepared_ = std::move(done);
        for (const auto* hook : {&plan_.save, &plan_.restore}) {
            if (hook->empty()) {
                continue;
            }
            if (const auto why = program_objection(order_.action, *hook)) {
                give_up(why->refusal, why->detail);
                return;
            }
        }
        look([this](const Facts& unit) { save(unit); });
    }
    // The unit is read again just before.
    void run(std::function<void(const Report&)> done) override {
        reported_ = std::move(done);
        look([this](const Facts& unit) { restart(unit); });
    }
    bool stop() override {
        stopped_ = true;
        if (hook_ != nullptr) {
            hook_->stop();
        }
        return hook_ != nullptr;
    }

private:
    using Looked = std::function<void(const Facts&)>;
    using HookEnded = std::function<void(const systemd::TransientEnd&)>;

    void look(Looked looked) {
        tools_.manager.facts(
            order_.unit,
            [weak = std::weak_ptr(alive_), looked = std::move(looked)](const Facts& unit) {
                if (!weak.expired()) {
                    looked(unit);
                }
            });
    }
    [[nodiscard]] ExecBack hook_program(const Argv& run) const {
        return hook_of(order_, plan_, run);
    }
    void start_hook(const char* suffix, const Argv& run, HookEnded ended);
    void save(const Facts& unit);
    void keep_state();
    void give_up(Refusal refusal, std::string detail);
    void restart(const Facts& unit);
    void ended(const Report& report);
    void count(const Facts& unit);
    void restored(const systemd::TransientEnd& end);
    void tell() { reported_(report_); }

    Tools tools_;
    Order order_;
    RestartPlan plan_;
    std::function<void(const Prepared&)> prepared_;
    std::function<void(const Report&)> reported_;
    std::unique_ptr<systemd::TransientUnit> hook_;  // while one runs
    std::unique_ptr<systemd::TransientUnit> over_;
    systemd::LoopSource limit_;  // of the hook
    std::string active_before_;
    std::uint32_t stored_before_ = 0;
    bool saved_ = false;
    bool stopped_ = false;
    std::string note_;
    Report report_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

void Restart::start_hook(const char* suffix, const Argv& run, HookEnded ended) {
    hook_ = std::make_unique<systemd::TransientUnit>(tools_.loop, tools_.clock, tools_.manager);
    hook_->start(program_spec(order_.action, suffix, hook_program(run), plan_.hook_timeout),
                 [this, ended = std::move(ended)](const systemd::TransientEnd& end) {
                     limit_.reset();
                     over_ = std::move(hook_);  // it is the one who calls
                     ended(end);
                 });
    limit_ = tools_.loop.at(tools_.clock.now().t + plan_.hook_timeout, [this] {
        if (hook_ != nullptr) {
            hook_->stop();
        }
    });
}

void Restart::give_up(Refusal refusal, std::string detail) {
    Prepared prepared;
    prepared.refusal = refusal;
    prepared.detail = std::move(detail);
    prepared_(prepared);
}

// What does not run has nothing to save by itself.
void Restart::save(const Facts& unit) {
    if (const auto why = objection(unit, order_.invocation)) {
        give_up(why->refusal, why->detail);
        return;
    }
    active_before_ = unit->active_state;
    stored_before_ = unit->stored_fds;
    if (plan_.save.empty()) {
        keep_state();
        return;
    }
    if (active_before_ != "active") {
        note_ = "; it was " + active_before_ + ", so its save hook was not run";
        keep_state();
        return;
    }
    if (const auto why = too_late(tools_.clock, order_)) {
        give_up(why->refusal, why->detail);
        return;
    }
    start_hook(save_suffix, plan_.save, [this](const systemd::TransientEnd& end) {
        if (!end.success()) {
            give_up(Refusal::hook_failed,
                    "nothing was restarted: the save hook " +
                        report_of_program(plan_.save.front(), end).detail);
            return;
        }
        saved_ = true;
        keep_state();
    });
}

void Restart::keep_state() {
    Prepared prepared;
    prepared.begun = saved_;
    for (const auto& path : plan_.state) {
        const auto kept = tools_.snapshots.keep(path);
        if (!kept.has_value()) {
            give_up(kept.error().refusal, path + " cannot be kept: " + kept.error().message);
            return;
        }
        prepared.way_back.files.push_back({path, *kept, {}});
        prepared.facts.snapshots.push_back(*kept);
    }
    if (!plan_.state.empty()) {
        prepared.way_back.action = order_.action;
        prepared.way_back.target = order_.target;
        prepared.way_back.unit = order_.unit;
        prepared.way_back.timeout = order_.rule.timeout;
        prepared.way_back.by_hand = true;
    }
    if (stored_before_ > 0) {
        prepared.facts.stored_before = stored_before_;
    }
    report_.facts = prepared.facts;
    prepared_(prepared);
}

void Restart::restart(const Facts& unit) {
    auto why = objection(unit, order_.invocation);
    if (!why.has_value() && active_before_ == "active" && unit->active_state == "inactive") {
        why = Objection{Refusal::stopped_by_person, unit->id + " was stopped meanwhile"};
    }
    if (!why.has_value() && stopped_) {
        why = Objection{Refusal::too_late, "timeout before it was begun"};
    }
    if (why.has_value()) {
        ended(refused(*why));
        return;
    }
    run_job(tools_.manager,
            systemd::JobVerb::restart,
            order_,
            [this, weak = std::weak_ptr(alive_)](const Report& report) {
                if (!weak.expired()) {
                    ended(report);
                }
            });
}

void Restart::ended(const Report& report) {
    auto facts = report_.facts;
    report_ = report;
    report_.facts = std::move(facts);
    report_.detail += note_;
    look([this](const Facts& unit) { count(unit); });
}

// What `save` has drained is taken back into service whenever the unit runs: after the restart, and
// also where there was none.
void Restart::count(const Facts& unit) {
    const bool active = unit.has_value() && unit->active_state == "active";
    if (active && report_.refusal == Refusal::none) {
        count_stored(report_.facts, stored_before_, unit->stored_fds);
        if (report_.facts.lost_state) {
            report_.detail += "; of " + std::to_string(stored_before_) + " stored descriptors " +
                              std::to_string(unit->stored_fds) + " came back";
        }
    }
    const bool wanted = saved_ || (plan_.save.empty() && report_.result == ActionResult::done);
    if (plan_.restore.empty() || !wanted) {
        tell();
        return;
    }
    if (!active) {
        report_.detail += "; the restore hook was not run: the unit is not active";
        report_.facts.lost_state = true;
        tell();
        return;
    }
    start_hook(
        restore_suffix, plan_.restore, [this](const systemd::TransientEnd& end) { restored(end); });
}

// The unit was restarted all the same; whether it is well again is for verification to say.
void Restart::restored(const systemd::TransientEnd& end) {
    if (end.success()) {
        report_.detail += "; the restore hook ended well";
    } else {
        report_.facts.lost_state = true;
        report_.detail +=
            "; the restore hook failed: " + report_of_program(plan_.restore.front(), end).detail;
    }
    tell();
}

}  // namespace

std::unique_ptr<Execution> make_restart(const Tools& tools, Order order) {
    const auto* found = std::get_if<RestartPlan>(&order.rule.plan);
    auto plan = found != nullptr ? *found : RestartPlan{};
    return std::make_unique<Restart>(tools, std::move(order), std::move(plan));
}

void take_back_save(const Tools& tools, const Order& order) {
    const auto* plan = std::get_if<RestartPlan>(&order.rule.plan);
    if (plan == nullptr || plan->save.empty()) {
        return;
    }
    auto unit = std::make_shared<systemd::TransientUnit>(tools.loop, tools.clock, tools.manager);
    unit->adopt(program_unit(order.action, save_suffix),
                [unit, tools, order](const systemd::TransientEnd&) {
                    const auto& hooks = std::get<RestartPlan>(order.rule.plan);
                    if (hooks.restore.empty()) {
                        return;
                    }
                    tools.manager.facts(order.unit, [tools, order](const Facts& facts) {
                        if (facts.has_value() && facts->active_state == "active") {
                            run_restore(tools, order, std::get<RestartPlan>(order.rule.plan));
                        }
                    });
                });
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

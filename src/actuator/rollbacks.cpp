// SPDX-License-Identifier: MIT
#include "actuator/rollbacks.hpp"

#include "actuator/recovery.hpp"
#include "actuator/rollback_plan.hpp"

#include <primum/names.hpp>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace primum::actuator {
namespace {

constexpr Duration retry_after = std::chrono::seconds{1};

ActionEvent event_of(const StoredRollback& rollback) {
    const bool done = rollback.state == RollbackState::done;
    ActionEvent event;
    event.action = rollback.action;
    event.phase = done ? ActionPhase::rolled_back : ActionPhase::rollback_failed;
    event.result = done ? ActionResult::done : ActionResult::failed;
    event.refusal = rollback.code;
    event.detail = rollback.detail;
    event.took = std::max(Duration{0}, rollback.finished.t - rollback.started.t);
    event.facts.conflict = rollback.conflict;
    return event;
}

}  // namespace

class Rollbacks::Impl : public std::enable_shared_from_this<Rollbacks::Impl> {
public:
    Impl(RunnerParts parts, Hooks hooks) : parts_(parts), hooks_(std::move(hooks)) {}

    void roll_back(std::uint64_t asker, const std::string& id);
    void tell_end(std::uint64_t asker, const std::string& id);
    [[nodiscard]] bool busy_with(const std::string& unit, const std::string& target) const;
    [[nodiscard]] bool idle() const { return running_.empty(); }
    void recover();

private:
    struct Running {
        StoredAction action;
        remedy::WayBackRecord way_back;
        StoredRollback row;
        std::optional<std::uint64_t> asker;
        bool recovering = false;  // begun by an earlier run
        bool acting = false;
        bool over = false;  // `row` is its end, not durable yet
        std::unique_ptr<remedy::Execution> execution;
        systemd::LoopSource timeout;
        systemd::LoopSource retry;
    };

    [[nodiscard]] Stamp now() const { return parts_.clock.now(); }
    Running* find(const std::string& id) {
        const auto found = running_.find(id);
        return found == running_.end() ? nullptr : &found->second;
    }
    template <class Member>
    auto back_to(const std::string& id, Member member) {
        return [weak = weak_from_this(), id, member](const auto& news) {
            if (const auto self = weak.lock(); self != nullptr && self->find(id) != nullptr) {
                ((*self).*member)(id, news);
            }
        };
    }
    void refuse(std::uint64_t asker, const std::string& id, Refusal code, std::string detail);
    void begin(const StoredAction& action, StoredRollback row, std::optional<std::uint64_t> asker);
    void look_at_unit(const std::string& id);
    void found_unit(const std::string& id, const systemd::ManagerResult<systemd::UnitFacts>& facts);
    void go_on(const std::string& id, const systemd::ManagerResult<systemd::UnitFacts>& facts);
    void prepare(const std::string& id);
    void prepared(const std::string& id, const remedy::Prepared& prepared);
    void ended(const std::string& id, const remedy::Report& report);
    void time_out(const std::string& id);
    void give_up(const std::string& id);
    void end(const std::string& id, RollbackEnd end);
    void refused(const std::string& id, Refusal code, std::string detail);
    void save_end(const std::string& id);

    RunnerParts parts_;
    Hooks hooks_;
    std::map<std::string, Running> running_;
    // Executions that have told their end: they may be the ones who are calling.
    std::vector<std::unique_ptr<remedy::Execution>> over_;
    systemd::LoopSource sweep_;
    systemd::LoopSource reopen_;
};

bool Rollbacks::Impl::busy_with(const std::string& unit, const std::string& target) const {
    return std::any_of(running_.begin(), running_.end(), [&](const auto& entry) {
        const auto& action = entry.second.action;
        return action.target == target || (!unit.empty() && action.unit == unit);
    });
}

void Rollbacks::Impl::refuse(std::uint64_t asker,
                             const std::string& id,
                             Refusal code,
                             std::string detail) {
    StoredRollback row;
    row.action = id;
    row.state = RollbackState::failed;
    row.code = code;
    row.detail = std::move(detail);
    hooks_.note(
        {true, true, "rollback refused: " + row.detail, id, {}, {}, std::string(name_of(code))});
    hooks_.tell(asker, event_of(row));
}

void Rollbacks::Impl::roll_back(std::uint64_t asker, const std::string& id) {
    if (auto* running = find(id)) {
        running->asker = asker;
        return;
    }
    const auto store = parts_.store.get();
    const auto known = store.has_value()
                           ? (*store)->find(id)
                           : StoreResult<std::optional<StoredAction>>{fail(store.error())};
    const auto before = known.has_value()
                            ? (*store)->find_rollback(id)
                            : StoreResult<std::optional<StoredRollback>>{fail(known.error())};
    if (!before.has_value()) {
        refuse(asker, id, Refusal::storage, before.error().message);
        return;
    }
    if (!known->has_value()) {
        refuse(asker, id, Refusal::unknown_action, "no action of this id was ever started");
        return;
    }
    const auto& action = **known;
    if (before->has_value() && told_again(**before)) {
        hooks_.tell(asker, event_of(**before));
        return;
    }
    if (before->has_value() && (**before).state == RollbackState::started) {
        begin(action, **before, asker);
        return;
    }
    const bool busy =
        hooks_.busy(action.unit, action.target) || busy_with(action.unit, action.target);
    const auto objection = may_roll_back(action, busy, parts_.store.boot_id(), now());
    if (objection.code != Refusal::none) {
        refuse(asker, id, objection.code, objection.detail);
        return;
    }
    StoredRollback row;
    row.action = id;
    row.started = now();
    begin(action, std::move(row), asker);
}

void Rollbacks::Impl::tell_end(std::uint64_t asker, const std::string& id) {
    const auto store = parts_.store.get();
    if (!store.has_value() || find(id) != nullptr) {
        return;
    }
    const auto row = (*store)->find_rollback(id);
    if (row.has_value() && row->has_value() && told_again(**row)) {
        hooks_.tell(asker, event_of(**row));
    }
}

void Rollbacks::Impl::begin(const StoredAction& action,
                            StoredRollback row,
                            std::optional<std::uint64_t> asker) {
    auto& running = running_[action.id];
    running.action = action;
    running.way_back = way_back_of(action);
    running.recovering = row.state == RollbackState::started && row.acting;
    running.row = std::move(row);
    running.asker = asker;
    look_at_unit(action.id);
}

// Its InvocationID tells a later run whether the unit was started anew.
void Rollbacks::Impl::look_at_unit(const std::string& id) {
    const auto* running = find(id);
    if (running == nullptr) {
        return;
    }
    if (running->action.unit.empty()) {
        found_unit(id, systemd::UnitFacts{});
    } else {
        parts_.ports.facts(running->action.unit, back_to(id, &Impl::found_unit));
    }
}

void Rollbacks::Impl::found_unit(const std::string& id,
                                 const systemd::ManagerResult<systemd::UnitFacts>& facts) {
    auto& running = *find(id);
    if (running.recovering) {
        go_on(id, facts);
        return;
    }
    if (facts.has_value()) {
        running.row.invocation_before = facts->invocation_id;
    }
    if (running.way_back.by_hand && (!facts.has_value() || (facts->active_state != "inactive" &&
                                                            facts->active_state != "failed"))) {
        refused(id,
                Refusal::not_applicable,
                "the state of " + running.action.unit + " is put back only while it is stopped");
        return;
    }
    prepare(id);
}

void Rollbacks::Impl::go_on(const std::string& id,
                            const systemd::ManagerResult<systemd::UnitFacts>& facts) {
    auto& running = *find(id);
    auto rest = rest_of(running.way_back, running.row, parts_.ports, facts, parts_.store.boot_id());
    switch (rest.step) {
        case RollbackRest::Step::over:
            end(id, std::move(rest.end));
            break;
        case RollbackRest::Step::later:
            running.retry = parts_.loop.at(now().t + retry_after, [this, id] { look_at_unit(id); });
            break;
        case RollbackRest::Step::run:
            running.way_back = std::move(rest.way_back);
            prepare(id);
            break;
    }
}

void Rollbacks::Impl::prepare(const std::string& id) {
    auto& running = *find(id);
    const auto timeout = timeout_of(running.way_back, running.action);
    running.timeout = parts_.loop.at(now().t + timeout, [this, id] { time_out(id); });
    running.execution = parts_.ports.roll_back(running.way_back);
    running.execution->prepare(back_to(id, &Impl::prepared));
}

void Rollbacks::Impl::prepared(const std::string& id, const remedy::Prepared& prepared) {
    auto& running = *find(id);
    if (running.acting || running.over) {
        return;
    }
    if (prepared.refusal != Refusal::none) {
        end(id,
            {RollbackState::failed, prepared.refusal, prepared.detail, prepared.facts.conflict});
        return;
    }
    running.row.state = RollbackState::started;
    running.row.acting = true;
    const auto store = parts_.store.get();
    const auto stored = store.has_value() ? (*store)->put_rollback(running.row)
                                          : StoreResult<void>{fail(store.error())};
    if (!stored.has_value()) {
        running.row.acting = running.recovering;
        refused(id, Refusal::storage, stored.error().message);
        return;
    }
    running.acting = true;
    hooks_.note({false,
                 false,
                 "rollback of " + running.action.unit + ": started",
                 id,
                 running.action.target,
                 std::string(name_of(running.action.level)),
                 "started"});
    running.execution->run(back_to(id, &Impl::ended));
}

void Rollbacks::Impl::ended(const std::string& id, const remedy::Report& report) {
    if (!find(id)->acting || find(id)->over) {
        return;
    }
    const bool done = report.result == ActionResult::done;
    // A refusal says that nothing was done: it may be asked for anew.
    find(id)->row.acting = done || report.refusal == Refusal::none;
    end(id,
        {done ? RollbackState::done : RollbackState::failed,
         done ? Refusal::none : report.refusal,
         (report.result == ActionResult::ambiguous ? "in doubt: " : "") + report.detail,
         report.facts.conflict});
}

void Rollbacks::Impl::time_out(const std::string& id) {
    auto* running = find(id);
    if (running == nullptr || running->over) {
        return;
    }
    const bool follows = running->execution != nullptr && running->execution->stop();
    running = find(id);
    if (running == nullptr || running->over) {
        return;
    }
    if (follows) {
        running->timeout =
            parts_.loop.at(now().t + remedy::stop_within, [this, id] { give_up(id); });
    } else {
        give_up(id);
    }
}

void Rollbacks::Impl::give_up(const std::string& id) {
    const auto* running = find(id);
    if (running == nullptr || running->over) {
        return;
    }
    if (running->acting) {
        refused(id, Refusal::none, "in doubt: not over within its timeout");
    } else {
        refused(id, Refusal::too_late, "not ready within its timeout; nothing was changed");
    }
}

void Rollbacks::Impl::refused(const std::string& id, Refusal code, std::string detail) {
    end(id, {RollbackState::failed, code, std::move(detail), {}});
}

void Rollbacks::Impl::end(const std::string& id, RollbackEnd end) {
    auto* running = find(id);
    if (running == nullptr || running->over) {
        return;
    }
    running->timeout.reset();
    running->retry.reset();
    running->over = true;
    running->row.state = end.state;
    running->row.code = end.code;
    running->row.detail = std::move(end.detail);
    running->row.conflict = std::move(end.conflict);
    running->row.finished = now();
    save_end(id);
}

void Rollbacks::Impl::save_end(const std::string& id) {
    auto* running = find(id);
    if (running == nullptr) {
        return;
    }
    const auto store = parts_.store.get();
    const auto saved = store.has_value() ? (*store)->put_rollback(running->row)
                                         : StoreResult<void>{fail(store.error())};
    const auto& row = running->row;
    // What had no effect need not be recorded to be told.
    if (!saved.has_value() && (row.acting || running->acting)) {
        hooks_.note(
            {true,
             false,
             "the end of a rollback cannot be recorded, trying again: " + saved.error().message,
             id,
             running->action.target,
             {},
             "storage"});
        running->retry = parts_.loop.at(now().t + retry_after, [this, id] { save_end(id); });
        return;
    }
    hooks_.note({row.state != RollbackState::done,
                 true,
                 "rollback of " + running->action.unit + ": " + row.detail,
                 id,
                 running->action.target,
                 std::string(name_of(running->action.level)),
                 std::string(name_of(row.code))});
    if (running->asker.has_value()) {
        hooks_.tell(*running->asker, event_of(row));
    }
    over_.push_back(std::move(running->execution));
    running_.erase(id);
    sweep_ = parts_.loop.soon([this] { over_.clear(); });
}

void Rollbacks::Impl::recover() {
    const auto store = parts_.store.get();
    const auto left = store.has_value()
                          ? (*store)->unfinished_rollbacks()
                          : StoreResult<std::vector<StoredRollback>>{fail(store.error())};
    if (!left.has_value()) {
        reopen_ = parts_.loop.at(now().t + retry_after, [this] { recover(); });
        return;
    }
    for (const auto& row : *left) {
        const auto action = (*store)->find(row.action);
        if (action.has_value() && action->has_value() && find(row.action) == nullptr) {
            begin(**action, row, std::nullopt);
        }
    }
}

Rollbacks::Rollbacks(RunnerParts parts, Hooks hooks)
    : impl_(std::make_shared<Impl>(parts, std::move(hooks))) {}

Rollbacks::~Rollbacks() = default;

void Rollbacks::roll_back(std::uint64_t asker, const std::string& id) {
    impl_->roll_back(asker, id);
}

void Rollbacks::tell_end(std::uint64_t asker, const std::string& id) {
    impl_->tell_end(asker, id);
}

bool Rollbacks::busy_with(const std::string& unit, const std::string& target) const {
    return impl_->busy_with(unit, target);
}

bool Rollbacks::idle() const {
    return impl_->idle();
}

void Rollbacks::recover() {
    impl_->recover();
}

}  // namespace primum::actuator

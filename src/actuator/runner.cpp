// SPDX-License-Identifier: MIT
#include "actuator/runner.hpp"

#include "actuator/off_switch.hpp"
#include "actuator/recovery.hpp"
#include "remedy/job_remedy.hpp"

#include <primum/check.hpp>
#include <primum/names.hpp>

#include <algorithm>
#include <utility>

namespace primum::actuator {
namespace {

constexpr Duration retry_after = std::chrono::seconds{1};
// What has ended so long ago is forgotten; no budget looks further back.
constexpr Duration keep_actions = std::chrono::hours{24 * 90};

remedy::Order order_of(const StoredAction& action) {
    remedy::Order order;
    order.action = action.id;
    order.target = action.target;
    order.unit = action.unit;
    order.level = action.level;
    order.rule.kind = action.kind;
    order.invocation = action.invocation_before;
    order.job = action.job;
    return order;
}

}  // namespace

class Runner::Impl : public std::enable_shared_from_this<Runner::Impl> {
public:
    Impl(Parts parts, std::vector<std::string> off_switch, Hooks hooks)
        : parts_(parts), off_switch_(std::move(off_switch)), hooks_(std::move(hooks)) {}

    StoreResult<void> start(const StoredAction& action, std::uint64_t asker);
    [[nodiscard]] bool busy_with(const std::string& unit) const;
    bool attach(const std::string& id, std::uint64_t asker);
    void recover();

private:
    // An action whose end is not durable, or whose late end may still come.
    struct Running {
        StoredAction action;
        std::optional<std::uint64_t> asker;
        bool timed_out = false;        // its end is durable: ambiguous
        bool awaited = false;          // systemd will still tell how it ends
        std::optional<ActionEnd> end;  // not durable yet
        systemd::LoopSource timeout;
        systemd::LoopSource retry;
    };

    [[nodiscard]] Instant now() const { return parts_.clock.now().t; }
    Running* find(const std::string& id);
    void act(Running& running);
    void arm_timeout(Running& running);
    void queued(const std::string& id, const std::string& job);
    void ended(const std::string& id, const remedy::Report& report);
    void finish(const std::string& id, ActionEnd end);
    void finish_late(Running& running, const ActionEnd& end);
    void save_end(const std::string& id);
    void tell_end(const Running& running, const ActionEnd& end);
    enum class Tone : std::uint8_t { plain, end, bad_end, warning };
    void note(const Running& running, Tone tone, std::string message, std::string reason);
    void look_after(const std::string& id);
    void judge_left(const std::string& id, const systemd::ManagerResult<systemd::UnitFacts>& facts);
    void await_left(const std::string& id, std::uint32_t job_id);

    Parts parts_;
    std::vector<std::string> off_switch_;
    Hooks hooks_;
    std::map<std::string, Running> running_;
    systemd::LoopSource reopen_;
};

Runner::Impl::Running* Runner::Impl::find(const std::string& id) {
    const auto found = running_.find(id);
    return found == running_.end() ? nullptr : &found->second;
}

bool Runner::Impl::busy_with(const std::string& unit) const {
    return std::any_of(running_.begin(), running_.end(), [&unit](const auto& entry) {
        return entry.second.action.unit == unit;
    });
}

bool Runner::Impl::attach(const std::string& id, std::uint64_t asker) {
    auto* running = find(id);
    if (running == nullptr) {
        return false;
    }
    running->asker = asker;
    return !running->timed_out;
}

void Runner::Impl::note(const Running& running,
                        Tone tone,
                        std::string message,
                        std::string reason) {
    const auto& action = running.action;
    hooks_.note({tone == Tone::bad_end || tone == Tone::warning,
                 tone == Tone::end || tone == Tone::bad_end,
                 std::string(name_of(action.kind)) + " of " + action.unit + ": " + message,
                 action.id,
                 action.target,
                 std::string(name_of(action.level)),
                 std::move(reason)});
}

StoreResult<void> Runner::Impl::start(const StoredAction& action, std::uint64_t asker) {
    const auto store = parts_.store.get();
    if (!store.has_value()) {
        return fail(store.error());
    }
    const auto stored = (*store)->start(action);
    if (!stored.has_value()) {
        return fail(stored.error());
    }
    auto& running = running_[action.id];
    running.action = action;
    running.asker = asker;
    ActionEvent event;
    event.action = action.id;
    event.phase = ActionPhase::started;
    event.detail = "invocation " + action.invocation_before;
    hooks_.tell(asker, event);
    act(running);
    return {};
}

void Runner::Impl::act(Running& running) {
    const std::string id = running.action.id;
    // The last look before the effect.
    const auto off = read_off_switch(off_switch_);
    if (off.disabled) {
        finish(id, {ActionResult::failed, Refusal::disabled, {}, off.detail, parts_.clock.now()});
        return;
    }
    note(running, Tone::plain, "started", "started");
    arm_timeout(running);
    running.awaited = true;
    const auto weak = weak_from_this();
    const auto& action = running.action;
    remedy::Order order = order_of(action);
    order.on_job = [weak, id](const std::string& job) {
        if (const auto self = weak.lock()) {
            self->queued(id, job);
        }
    };
    PRIMUM_CHECK(action.kind == RemedyKind::reload || action.kind == RemedyKind::restart);
    remedy::run_job(
        parts_.manager,
        action.kind == RemedyKind::reload ? systemd::JobVerb::reload : systemd::JobVerb::restart,
        order,
        [weak, id](const remedy::Report& report) {
            if (const auto self = weak.lock()) {
                self->ended(id, report);
            }
        });
}

void Runner::Impl::arm_timeout(Running& running) {
    const auto at = running.action.started.t + running.action.timeout;
    running.timeout = parts_.loop.at(at, [this, id = running.action.id] {
        // The job is left to systemd.
        finish(id,
               {ActionResult::ambiguous,
                Refusal::none,
                {},
                "not over within its timeout; its job is left alone",
                parts_.clock.now()});
    });
}

void Runner::Impl::queued(const std::string& id, const std::string& job) {
    auto* running = find(id);
    if (running == nullptr) {
        return;
    }
    running->action.job = job;
    if (const auto store = parts_.store.get()) {
        // Only helps a later run to find the job again; without it the unit itself tells.
        static_cast<void>((*store)->note_job(id, job));
    }
}

void Runner::Impl::ended(const std::string& id, const remedy::Report& report) {
    auto* running = find(id);
    if (running == nullptr) {
        return;
    }
    running->awaited = false;
    finish(id, end_of_job(running->action, report, parts_.clock.now()));
}

void Runner::Impl::finish(const std::string& id, ActionEnd end) {
    auto* running = find(id);
    if (running == nullptr) {
        return;
    }
    running->timeout.reset();
    if (running->timed_out) {
        finish_late(*running, end);
        return;
    }
    running->end = std::move(end);
    save_end(id);
}

// The outcome stays ambiguous; what came is recorded and told as late.
void Runner::Impl::finish_late(Running& running, const ActionEnd& end) {
    if (const auto store = parts_.store.get()) {
        static_cast<void>((*store)->note_late(
            running.action.id, std::string(name_of(end.result)) + ": " + end.detail));
    }
    tell_end(running, end);
    note(running, Tone::end, "late: " + end.detail, "late");
    running_.erase(running.action.id);
}

void Runner::Impl::tell_end(const Running& running, const ActionEnd& end) {
    if (!running.asker.has_value()) {
        return;
    }
    ActionEvent event;
    event.action = running.action.id;
    event.phase = ActionPhase::finished;
    event.result = end.result;
    event.refusal = end.refusal;
    event.detail = end.detail;
    event.took = end.at.t - running.action.started.t;
    hooks_.tell(*running.asker, event);
}

void Runner::Impl::save_end(const std::string& id) {
    auto* running = find(id);
    if (running == nullptr || !running->end.has_value()) {
        return;
    }
    const auto store = parts_.store.get();
    const auto saved = store.has_value() ? (*store)->finish(id, *running->end)
                                         : StoreResult<void>{fail(store.error())};
    if (!saved.has_value()) {
        note(*running,
             Tone::warning,
             "its end cannot be recorded, trying again: " + saved.error().message,
             "storage");
        running->retry = parts_.loop.at(now() + retry_after, [this, id] { save_end(id); });
        return;
    }
    const ActionEnd end = *std::exchange(running->end, std::nullopt);
    tell_end(*running, end);
    note(*running,
         end.result == ActionResult::done ? Tone::end : Tone::bad_end,
         end.detail,
         std::string(name_of(end.refusal == Refusal::none ? end.result : ActionResult::failed)));
    running->timed_out = running->awaited;
    if (!running->timed_out) {
        running_.erase(id);
    }
}

void Runner::Impl::recover() {
    const auto store = parts_.store.get();
    const auto left = store.has_value()
                          ? (*store)->unfinished()
                          : StoreResult<std::vector<StoredAction>>{fail(store.error())};
    if (!left.has_value()) {
        // Nothing is started before the database is there; what was left is judged then.
        hooks_.note({true, false, left.error().message, {}, {}, {}, "storage"});
        reopen_ = parts_.loop.at(now() + retry_after, [this] { recover(); });
        return;
    }
    static_cast<void>((*store)->prune(keep_actions, parts_.clock.now()));
    for (const auto& action : *left) {
        const auto [entry, fresh] = running_.try_emplace(action.id);
        if (!fresh) {
            continue;
        }
        entry->second.action = action;
        if (action.boot_id == parts_.store.boot_id()) {
            look_after(action.id);
        } else {
            finish(action.id, end_across_boots(parts_.clock.now()));
        }
    }
}

// Finds out what became of an action that an earlier run has started.
void Runner::Impl::look_after(const std::string& id) {
    auto* running = find(id);
    if (running == nullptr) {
        return;
    }
    parts_.manager.facts(
        running->action.unit,
        [weak = weak_from_this(), id](const systemd::ManagerResult<systemd::UnitFacts>& facts) {
            if (const auto self = weak.lock()) {
                self->judge_left(id, facts);
            }
        });
}

void Runner::Impl::judge_left(const std::string& id,
                              const systemd::ManagerResult<systemd::UnitFacts>& facts) {
    auto* running = find(id);
    if (running == nullptr || running->end.has_value()) {
        return;
    }
    const auto step = next_step(running->action, facts, parts_.clock.now());
    if (step.end.has_value()) {
        finish(id, *step.end);
    } else if (step.await_job != 0) {
        await_left(id, step.await_job);
    } else {
        running->retry = parts_.loop.at(now() + retry_after, [this, id] { look_after(id); });
    }
}

void Runner::Impl::await_left(const std::string& id, std::uint32_t job_id) {
    auto& running = *find(id);
    running.awaited = true;
    arm_timeout(running);
    parts_.manager.await_job(job_id, [weak = weak_from_this(), id](const systemd::JobEnd& end) {
        const auto self = weak.lock();
        auto* awaited = self != nullptr ? self->find(id) : nullptr;
        if (awaited == nullptr) {
            return;
        }
        const auto& action = awaited->action;
        const auto judge = remedy::judge_of(action.kind);
        PRIMUM_CHECK(judge != nullptr);
        remedy::judge_job(self->parts_.manager,
                          judge,
                          order_of(action),
                          end.result,
                          [weak, id](const remedy::Report& report) {
                              if (const auto again = weak.lock()) {
                                  again->ended(id, report);
                              }
                          });
    });
}

Runner::Runner(Parts parts, std::vector<std::string> off_switch, Hooks hooks)
    : impl_(std::make_shared<Impl>(parts, std::move(off_switch), std::move(hooks))) {}

Runner::~Runner() = default;

StoreResult<void> Runner::start(const StoredAction& action, std::uint64_t asker) {
    return impl_->start(action, asker);
}

bool Runner::busy_with(const std::string& unit) const {
    return impl_->busy_with(unit);
}

bool Runner::attach(const std::string& id, std::uint64_t asker) {
    return impl_->attach(id, asker);
}

void Runner::recover() {
    impl_->recover();
}

}  // namespace primum::actuator

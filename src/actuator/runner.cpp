// SPDX-License-Identifier: MIT
#include "actuator/runner.hpp"

#include "actuator/off_switch.hpp"
#include "actuator/order_text.hpp"
#include "actuator/recovery.hpp"

#include <primum/names.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace primum::actuator {
namespace {

constexpr Duration retry_after = std::chrono::seconds{1};

ActionEnd nothing_done(Refusal why, std::string detail, Stamp now) {
    return {ActionResult::failed, why, {}, std::move(detail), now, {}};
}

}  // namespace

class Runner::Impl : public std::enable_shared_from_this<Runner::Impl> {
public:
    Impl(RunnerParts parts, std::vector<std::string> off_switch, RunnerHooks hooks)
        : parts_(parts), off_switch_(std::move(off_switch)), hooks_(std::move(hooks)) {}

    StoreResult<void> start(Admission admission, std::uint64_t asker);
    [[nodiscard]] bool busy_with(const std::string& unit, const std::string& target) const;
    [[nodiscard]] bool idle() const { return running_.empty(); }
    bool attach(const std::string& id, std::uint64_t asker);
    void recover();

private:
    enum class Stage : std::uint8_t { evidence, preparing, acting };
    // An action whose end is not durable, or whose late end may still come.
    struct Running {
        StoredAction action;
        remedy::Order order;
        Instant not_after;
        std::optional<std::uint64_t> asker;
        Stage stage = Stage::evidence;
        std::unique_ptr<remedy::Execution> execution;
        bool begun = false;            // a program of its has run in prepare()
        bool recovered = false;        // begun by an earlier run
        bool stopping = false;         // its timeout is over
        bool timed_out = false;        // its end is durable: ambiguous
        bool awaited = false;          // its effect may still tell how it ends
        std::optional<ActionEnd> end;  // not durable yet
        systemd::LoopSource timeout;
        systemd::LoopSource retry;
    };

    [[nodiscard]] Stamp now() const { return parts_.clock.now(); }
    Running* find(const std::string& id);
    // Calls `member` with the id and what it gets, while this and the action are there.
    template <class Member>
    auto back_to(const std::string& id, Member member) {
        return [weak = weak_from_this(), id, member](const auto& news) {
            if (const auto self = weak.lock(); self != nullptr && self->find(id) != nullptr) {
                ((*self).*member)(id, news);
            }
        };
    }
    void take_evidence(const std::string& id);
    void took_evidence(const std::string& id, const remedy::EvidenceReply& reply);
    void prepare(const std::string& id);
    void prepared(const std::string& id, const remedy::Prepared& prepared);
    bool grown_old(const Running& running);
    void act(const std::string& id);
    void queued(const std::string& id, const std::string& job);
    void ended(const std::string& id, const remedy::Report& report);
    void arm_timeout(Running& running);
    void time_out(const std::string& id);
    void give_up(const std::string& id);
    void finish(const std::string& id, ActionEnd end);
    void finish_late(Running& running, const ActionEnd& end);
    void save_end(const std::string& id);
    void forget(const std::string& id);
    void tell_end(const Running& running, const ActionEnd& end);
    enum class Tone : std::uint8_t { plain, end, bad_end, warning };
    void note(const Running& running, Tone tone, std::string message, std::string reason);
    void judge(const std::string& id);
    void look_after(const std::string& id);
    void found_unit(const std::string& id, const systemd::ManagerResult<systemd::UnitFacts>& facts);

    RunnerParts parts_;
    std::vector<std::string> off_switch_;
    RunnerHooks hooks_;
    std::map<std::string, Running> running_;
    // Executions that have told their end: they may be the ones who are calling.
    std::vector<std::unique_ptr<remedy::Execution>> over_;
    systemd::LoopSource sweep_;
    systemd::LoopSource reopen_;
};

Runner::Impl::Running* Runner::Impl::find(const std::string& id) {
    const auto found = running_.find(id);
    return found == running_.end() ? nullptr : &found->second;
}

bool Runner::Impl::busy_with(const std::string& unit, const std::string& target) const {
    return std::any_of(running_.begin(), running_.end(), [&](const auto& entry) {
        const auto& action = entry.second.action;
        return action.target == target || (!unit.empty() && action.unit == unit);
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
                 std::string(name_of(action.kind)) + " of " +
                     (action.unit.empty() ? action.target : action.unit) + ": " + message,
                 action.id,
                 action.target,
                 std::string(name_of(action.level)),
                 std::move(reason)});
}

StoreResult<void> Runner::Impl::start(Admission admission, std::uint64_t asker) {
    auto& action = admission.action;
    action.order = write_order(admission.order);
    const auto store = parts_.store.get();
    if (!store.has_value()) {
        return fail(store.error());
    }
    const auto stored = (*store)->start(action);
    if (!stored.has_value()) {
        return fail(stored.error());
    }
    const std::string id = action.id;
    auto& running = running_[id];
    running.action = std::move(action);
    running.order = std::move(admission.order);
    running.not_after = admission.not_after;
    running.asker = asker;
    ActionEvent event;
    event.action = id;
    event.phase = ActionPhase::started;
    event.detail = "invocation " + running.action.invocation_before;
    hooks_.tell(asker, event);
    arm_timeout(running);
    take_evidence(id);
    return {};
}

void Runner::Impl::take_evidence(const std::string& id) {
    auto& running = *find(id);
    const auto& action = running.action;
    if (action.level < Level::restart || action.unit.empty() || !parts_.ports.evidence) {
        prepare(id);
        return;
    }
    const Duration left = running.not_after - now().t;
    const Duration wait = std::min(evidence_takes, left / 2);
    if (wait < evidence_least + evidence_spare) {
        took_evidence(id, {{}, {}, {}, 0, "the plan would grow too old over it"});
        return;
    }
    running.retry = parts_.loop.at(
        now().t + wait, [this, id] { took_evidence(id, {{}, {}, {}, 0, "no evidence in time"}); });
    parts_.ports.evidence(
        action.target, action.unit, wait - evidence_spare, back_to(id, &Impl::took_evidence));
}

// It never delays an action past its bound: without it the action goes on.
void Runner::Impl::took_evidence(const std::string& id, const remedy::EvidenceReply& reply) {
    auto* running = find(id);
    if (running == nullptr || running->stage != Stage::evidence || running->end.has_value()) {
        return;
    }
    running->action.facts.evidence = reply.id;
    if (reply.id.empty()) {
        note(*running, Tone::warning, "no evidence was taken: " + reply.detail, "evidence");
    }
    prepare(id);
}

void Runner::Impl::prepare(const std::string& id) {
    auto& running = *find(id);
    running.retry.reset();
    if (grown_old(running)) {
        return;
    }
    running.stage = Stage::preparing;
    auto order = running.order;
    order.not_after = running.not_after;
    order.on_job = back_to(id, &Impl::queued);
    running.execution = parts_.ports.execute(std::move(order));
    running.execution->prepare(back_to(id, &Impl::prepared));
}

void Runner::Impl::prepared(const std::string& id, const remedy::Prepared& prepared) {
    auto& running = *find(id);
    if (running.stage != Stage::preparing || running.end.has_value()) {
        return;
    }
    running.begun = prepared.begun;
    auto& facts = running.action.facts;
    facts.snapshots = prepared.facts.snapshots;
    facts.stored_before = prepared.facts.stored_before;
    if (prepared.refusal != Refusal::none) {
        finish(id, nothing_done(prepared.refusal, prepared.detail, now()));
        return;
    }
    if (running.stopping) {
        give_up(id);
        return;
    }
    running.action.way_back =
        prepared.way_back.empty() ? std::string{} : remedy::write_way_back(prepared.way_back);
    const auto store = parts_.store.get();
    const auto begun = store.has_value() ? (*store)->begin(id, running.action.way_back, facts)
                                         : StoreResult<void>{fail(store.error())};
    if (!begun.has_value()) {
        finish(id, nothing_done(Refusal::storage, begun.error().message, now()));
        return;
    }
    act(id);
}

// The action is finished then.
bool Runner::Impl::grown_old(const Running& running) {
    const bool old = now().t > running.not_after;
    if (old) {
        finish(running.action.id, nothing_done(Refusal::too_late, "the plan grew too old", now()));
    }
    return old;
}

void Runner::Impl::act(const std::string& id) {
    auto& running = *find(id);
    // The last look before the effect.
    const auto off = read_off_switch(off_switch_);
    if (off.disabled) {
        finish(id, nothing_done(Refusal::disabled, off.detail, now()));
        return;
    }
    // What was begun in time is brought to its end: the unit itself is read again just before.
    if (!running.begun && grown_old(running)) {
        return;
    }
    running.stage = Stage::acting;
    running.action.acting = true;
    running.awaited = true;
    note(running, Tone::plain, "started", "started");
    running.execution->run(back_to(id, &Impl::ended));
}

void Runner::Impl::queued(const std::string& id, const std::string& job) {
    find(id)->action.job = job;
    if (const auto store = parts_.store.get()) {
        // Only helps a later run to find the job again; without it the unit itself tells.
        static_cast<void>((*store)->note_job(id, job));
    }
}

void Runner::Impl::ended(const std::string& id, const remedy::Report& report) {
    auto& running = *find(id);
    if (!running.awaited) {
        return;
    }
    running.awaited = false;
    auto end = end_of_report(running.action, report, now());
    if (running.recovered) {
        end.detail = "the actuator ended while it ran; " + end.detail;
    }
    finish(id, std::move(end));
}

void Runner::Impl::arm_timeout(Running& running) {
    // The clock of an earlier boot says nothing now.
    const bool this_boot = running.action.boot_id == parts_.store.boot_id();
    const auto from = this_boot ? running.action.started.t : now().t;
    running.timeout = parts_.loop.at(from + running.action.timeout,
                                     [this, id = running.action.id] { time_out(id); });
}

void Runner::Impl::time_out(const std::string& id) {
    auto* running = find(id);
    if (running == nullptr || running->end.has_value()) {
        return;
    }
    running->stopping = true;
    // A stopped execution may tell its end at once, and then is there no more.
    const bool follows = running->execution != nullptr && running->execution->stop();
    running = find(id);
    if (running == nullptr || running->end.has_value()) {
        return;
    }
    if (follows) {
        running->timeout =
            parts_.loop.at(now().t + remedy::stop_within, [this, id] { give_up(id); });
    } else {
        give_up(id);
    }
}

void Runner::Impl::give_up(const std::string& id) {
    const auto* running = find(id);
    if (running == nullptr || running->end.has_value()) {
        return;
    }
    if (running->stage != Stage::acting) {
        finish(id, nothing_done(Refusal::too_late, "not ready within its timeout", now()));
        return;
    }
    finish(id,
           {ActionResult::ambiguous,
            Refusal::none,
            {},
            "not over within its timeout; what is left of it is left alone",
            now(),
            running->action.facts});
}

void Runner::Impl::finish(const std::string& id, ActionEnd end) {
    auto* running = find(id);
    if (running == nullptr) {
        return;
    }
    running->timeout.reset();
    running->retry.reset();
    if (running->timed_out) {
        finish_late(*running, end);
        return;
    }
    if (end.refusal != Refusal::none) {
        end.facts = running->action.facts;
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
    forget(running.action.id);
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
    event.facts = end.facts;
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
        running->retry = parts_.loop.at(now().t + retry_after, [this, id] { save_end(id); });
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
        forget(id);
    }
}

void Runner::Impl::forget(const std::string& id) {
    over_.push_back(std::move(find(id)->execution));
    running_.erase(id);
    sweep_ = parts_.loop.soon([this] { over_.clear(); });
}

void Runner::Impl::recover() {
    const auto store = parts_.store.get();
    const auto left = store.has_value()
                          ? (*store)->unfinished()
                          : StoreResult<std::vector<StoredAction>>{fail(store.error())};
    if (!left.has_value()) {
        // Nothing is started before the database is there; what was left is judged then.
        hooks_.note({true, false, left.error().message, {}, {}, {}, "storage"});
        reopen_ = parts_.loop.at(now().t + retry_after, [this] { recover(); });
        return;
    }
    for (const auto& action : *left) {
        const auto [entry, fresh] = running_.try_emplace(action.id);
        if (fresh) {
            entry->second.action = action;
            entry->second.order = order_of(action);
            entry->second.stage = Stage::acting;
            entry->second.recovered = true;
            judge(action.id);
        }
    }
}

// Finds out what became of an action that an earlier run has started.
void Runner::Impl::judge(const std::string& id) {
    const auto& action = find(id)->action;
    const bool this_boot = action.boot_id == parts_.store.boot_id();
    if (!action.acting && this_boot && parts_.ports.take_back_preparation) {
        parts_.ports.take_back_preparation(find(id)->order);
    }
    if (auto end = end_without_a_look(action, parts_.store.boot_id(), now()); end.has_value()) {
        finish(id, std::move(*end));
    } else if (action.unit.empty()) {
        found_unit(id, systemd::UnitFacts{});
    } else {
        look_after(id);
    }
}

void Runner::Impl::look_after(const std::string& id) {
    const auto* running = find(id);
    if (running != nullptr) {
        parts_.ports.facts(running->action.unit, back_to(id, &Impl::found_unit));
    }
}

void Runner::Impl::found_unit(const std::string& id,
                              const systemd::ManagerResult<systemd::UnitFacts>& facts) {
    auto* running = find(id);
    if (running->end.has_value() || running->awaited) {
        return;
    }
    if (!facts.has_value()) {
        if (now().t > running->action.started.t + running->action.timeout) {
            finish(id, end_in_silence(running->action, now()));
        } else {
            running->retry = parts_.loop.at(now().t + retry_after, [this, id] { look_after(id); });
        }
        return;
    }
    const auto way_back = way_back_of(running->action);
    running->awaited = true;
    arm_timeout(*running);
    parts_.ports.judge_left(running->order, way_back, *facts, back_to(id, &Impl::ended));
}

Runner::Runner(RunnerParts parts, std::vector<std::string> off_switch, RunnerHooks hooks)
    : impl_(std::make_shared<Impl>(parts, std::move(off_switch), std::move(hooks))) {}

Runner::~Runner() = default;

StoreResult<void> Runner::start(Admission admission, std::uint64_t asker) {
    return impl_->start(std::move(admission), asker);
}

bool Runner::busy_with(const std::string& unit, const std::string& target) const {
    return impl_->busy_with(unit, target);
}

bool Runner::idle() const {
    return impl_->idle();
}

bool Runner::attach(const std::string& id, std::uint64_t asker) {
    return impl_->attach(id, asker);
}

void Runner::recover() {
    impl_->recover();
}

}  // namespace primum::actuator

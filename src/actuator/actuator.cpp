// SPDX-License-Identifier: MIT
#include "actuator/actuator.hpp"

#include <primum/names.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace primum::actuator {
namespace {

constexpr std::size_t max_id_bytes = 128;
// What has ended so long ago is forgotten; no budget and no way back looks further back.
constexpr Duration keep_actions = std::chrono::hours{24 * 90};
static_assert(keep_actions > way_back_kept);
constexpr Duration tidy_every = std::chrono::hours{24};
constexpr Duration tidy_later = std::chrono::minutes{1};

Ask ask_of(const remedy::PreflightRequest& request) {
    Ask ask;
    ask.target = request.target;
    ask.level = request.level;
    ask.index = request.index;
    ask.candidate = request.candidate;
    ask.plan_digest = request.plan_digest;
    ask.dry_run = request.dry_run;
    ask.forced = request.operator_uid != UINT32_MAX;
    return ask;
}

Ask ask_of(const remedy::ExecuteRequest& request) {
    Ask ask;
    ask.target = request.target;
    ask.level = request.level;
    ask.index = request.index;
    ask.candidate = request.candidate;
    ask.plan_digest = request.plan_digest;
    ask.forced = request.operator_uid != UINT32_MAX;
    ask.not_after = request.not_after;
    return ask;
}

bool is_id(const std::string& id) {
    return !id.empty() && id.size() <= max_id_bytes;
}

// What is known of an action, as the answer to `settle`.
ActionEvent settled(const StoredAction& action) {
    ActionEvent event;
    event.action = action.id;
    event.phase = ActionPhase::settled;
    event.detail = action.detail;
    event.refusal = action.refusal;
    if (action.state == StoredState::tombstone || action.refusal != Refusal::none) {
        event.settled_as = SettledAs::not_started;
        event.result = ActionResult::failed;
        return event;
    }
    if (action.state == StoredState::started) {
        event.settled_as = SettledAs::running;  // left by an earlier run, to be judged yet
        return event;
    }
    event.settled_as = action.result == ActionResult::done     ? SettledAs::done
                       : action.result == ActionResult::failed ? SettledAs::failed
                                                               : SettledAs::ambiguous;
    event.result = action.result;
    event.facts = action.facts;
    event.took = action.finished.t - action.started.t;
    return event;
}

}  // namespace

Actuator::Actuator(systemd::EventLoop& loop,
                   const Clock& clock,
                   Ports ports,
                   RulesCache& rules,
                   const ActuatorOptions& options,
                   ActuatorHooks hooks)
    : loop_(loop),
      clock_(clock),
      ports_(std::move(ports)),
      rules_(rules),
      hooks_(std::move(hooks)),
      store_(options.database, options.boot_id, options.vfs),
      admitter_({loop, clock, ports_, rules, store_}, options.off_switch),
      runner_({loop, clock, store_, ports_},
              options.off_switch,
              {[this](std::uint64_t asker, const ActionEvent& event) {
                   hooks_.reply(asker, remedy::Reply{event});
               },
               [this](const Note& note) { hooks_.note(note); }}),
      rollbacks_({loop, clock, store_, ports_},
                 {[this](std::uint64_t asker, const ActionEvent& event) {
                      hooks_.reply(asker, remedy::Reply{event});
                  },
                  [this](const Note& note) { hooks_.note(note); },
                  [this](const std::string& unit, const std::string& target) {
                      return runner_.busy_with(unit, target);
                  }}),
      prober_(loop,
              clock,
              ports_,
              rules,
              {[this](std::uint64_t asker, const remedy::ProbeReply& reply) {
                   hooks_.reply(asker, remedy::Reply{reply});
               },
               [this] { return !rollbacks_.idle(); }}),
      notifier_(
          clock, ports_, rules, [this](std::uint64_t asker, const remedy::NotifyReply& reply) {
              hooks_.reply(asker, remedy::Reply{reply});
          }) {}

void Actuator::recover() {
    runner_.recover();
    rollbacks_.recover();
    tidying_ = loop_.at(clock_.now().t + tidy_later, [this] { tidy_up(); });
}

// Never while something is at work: what it has just kept is not in the database yet.
void Actuator::tidy_up() {
    const bool idle = runner_.idle() && rollbacks_.idle();
    const auto store = store_.get();
    if (!idle || !store.has_value()) {
        tidying_ = loop_.at(clock_.now().t + tidy_later, [this] { tidy_up(); });
        return;
    }
    tidying_ = loop_.at(clock_.now().t + tidy_every, [this] { tidy_up(); });
    const Stamp now = clock_.now();
    static_cast<void>((*store)->prune(keep_actions, now));
    const auto needed = (*store)->needed_snapshots(now);
    if (!needed.has_value() || !needed->has_value() || !ports_.collect) {
        return;
    }
    const auto collected = ports_.collect(**needed);
    if (!collected.has_value()) {
        hooks_.note({true,
                     false,
                     "snapshots cannot be tidied up, ignoring: " + collected.error().message,
                     {},
                     {},
                     {},
                     "storage"});
    }
}

bool Actuator::busy_with(const std::string& unit, const std::string& target) const {
    return runner_.busy_with(unit, target) || rollbacks_.busy_with(unit, target);
}

void Actuator::handle(std::uint64_t asker, const remedy::Request& request) {
    std::visit(
        [&](const auto& typed) {
            using T = std::decay_t<decltype(typed)>;
            if constexpr (std::is_same_v<T, remedy::PreflightRequest>) {
                preflight(asker, typed);
            } else if constexpr (std::is_same_v<T, remedy::ExecuteRequest>) {
                execute(asker, typed);
            } else if constexpr (std::is_same_v<T, remedy::SettleRequest>) {
                settle(asker, typed.action);
            } else if constexpr (std::is_same_v<T, remedy::RollbackRequest>) {
                rollback(asker, typed.action);
            } else if constexpr (std::is_same_v<T, remedy::EvidenceRequest>) {
                evidence(asker, typed.target);
            } else if constexpr (std::is_same_v<T, remedy::PointerRequest>) {
                pointer(asker, typed.provider);
            } else if constexpr (std::is_same_v<T, remedy::NotifyRequest>) {
                notifier_.notify(asker, typed);
            } else {
                static_assert(std::is_same_v<T, remedy::ProbeRequest>);
                prober_.probe(asker, typed.source);
            }
        },
        request);
}

void Actuator::fail_request(std::uint64_t asker, Refusal code, std::string detail) {
    hooks_.reply(asker, remedy::Reply{remedy::ErrorReply{code, std::move(detail)}});
}

void Actuator::refuse(std::uint64_t asker,
                      const std::string& id,
                      Refusal code,
                      std::string detail) {
    hooks_.note(
        {false, false, "action refused: " + detail, id, {}, {}, std::string(name_of(code))});
    ActionEvent event;
    event.action = id;
    event.phase = ActionPhase::finished;
    event.result = ActionResult::failed;
    event.refusal = code;
    event.detail = std::move(detail);
    hooks_.reply(asker, remedy::Reply{event});
}

void Actuator::preflight(std::uint64_t asker, const remedy::PreflightRequest& request) {
    admitter_.admit(ask_of(request), false, [this, asker, request](const Admitted& admitted) {
        PreflightEvent reply;
        reply.ticket = request.ticket;
        reply.current = admitted.current;
        reply.answer = admitted.answer.answer;
        reply.code = admitted.answer.code;
        reply.detail = admitted.answer.detail;
        reply.blast_radius = admitted.blast_radius;
        if (admitted.answer.can() && busy_with(admitted.unit, request.target)) {
            reply.answer = Preflight::not_now;
            reply.code = Refusal::foreign_job;
            reply.detail = "another action is at work on " + request.target;
        }
        hooks_.reply(asker, remedy::Reply{reply});
    });
}

void Actuator::execute(std::uint64_t asker, const remedy::ExecuteRequest& request) {
    if (!is_id(request.action)) {
        refuse(
            asker, request.action, Refusal::bad_request, "an action needs an id, and a short one");
        return;
    }
    const auto store = store_.get();
    if (!store.has_value()) {
        refuse(asker, request.action, Refusal::storage, store.error().message);
        return;
    }
    const auto known = (*store)->find(request.action);
    if (!known.has_value()) {
        refuse(asker, request.action, Refusal::storage, known.error().message);
        return;
    }
    if (known->has_value()) {
        refuse(asker, request.action, Refusal::seen_before, "this id was used before");
        return;
    }
    admitter_.admit(ask_of(request), true, [this, asker, request](const Admitted& admitted) {
        start(asker, request, admitted);
    });
}

void Actuator::start(std::uint64_t asker,
                     const remedy::ExecuteRequest& request,
                     const Admitted& admitted) {
    const auto& id = request.action;
    const Stamp now = clock_.now();
    if (!admitted.answer.can()) {
        refuse(asker, id, admitted.answer.code, admitted.answer.detail);
        return;
    }
    if (busy_with(admitted.unit, request.target)) {
        refuse(asker, id, Refusal::foreign_job, "another action is at work on " + request.target);
        return;
    }
    if (now.t > request.not_after) {
        refuse(asker, id, Refusal::too_late, "the plan grew too old");
        return;
    }
    Admission admission;
    auto& action = admission.action;
    action.id = id;
    action.target = request.target;
    action.unit = admitted.unit;
    action.level = request.level;
    action.kind = admitted.remedy.kind;
    action.operator_uid = request.operator_uid;
    action.boot_id = store_.boot_id();
    action.started = now;
    action.timeout = admitted.remedy.timeout;
    action.invocation_before = admitted.invocation;
    auto& order = admission.order;
    order.action = id;
    order.target = request.target;
    order.unit = admitted.unit;
    order.level = request.level;
    order.rule = admitted.remedy;
    order.provider = admitted.provider;
    order.candidate = request.candidate;
    order.user = admitted.user;
    order.invocation = admitted.invocation;
    admission.not_after = request.not_after;
    const auto started = runner_.start(std::move(admission), asker);
    if (!started.has_value()) {
        // The id may have been asked after (and so buried) while systemd was looked at.
        refuse(asker,
               id,
               started.error().contradicts ? Refusal::seen_before : Refusal::storage,
               started.error().message);
    }
}

void Actuator::settle(std::uint64_t asker, const std::string& id) {
    if (!is_id(id)) {
        fail_request(asker, Refusal::bad_request, "an action needs an id, and a short one");
        return;
    }
    if (runner_.attach(id, asker)) {
        ActionEvent event;
        event.action = id;
        event.phase = ActionPhase::settled;
        event.settled_as = SettledAs::running;
        hooks_.reply(asker, remedy::Reply{event});
        return;
    }
    const auto store = store_.get();
    if (!store.has_value()) {
        fail_request(asker, Refusal::storage, store.error().message);
        return;
    }
    const auto before = (*store)->find(id);
    if (before.has_value() && !before->has_value()) {
        const auto buried = (*store)->count_buried(std::chrono::hours{1}, clock_.now());
        if (buried.has_value() && *buried >= max_buried_an_hour) {
            fail_request(asker, Refusal::budget, "too many unknown ids were asked after");
            return;
        }
    }
    // First what makes sure that an unknown id can never start, then the look.
    const auto buried = (*store)->bury(id, clock_.now());
    if (!buried.has_value()) {
        fail_request(asker, Refusal::storage, buried.error().message);
        return;
    }
    const auto known = (*store)->find(id);
    if (!known.has_value() || !known->has_value()) {
        fail_request(asker,
                     Refusal::storage,
                     known.has_value() ? "what was written cannot be read" : known.error().message);
        return;
    }
    hooks_.reply(asker, remedy::Reply{settled(**known)});
    rollbacks_.tell_end(asker, id);
}

void Actuator::rollback(std::uint64_t asker, const std::string& id) {
    if (!is_id(id)) {
        fail_request(asker, Refusal::bad_request, "an action needs an id, and a short one");
        return;
    }
    rollbacks_.roll_back(asker, id);
}

void Actuator::evidence(std::uint64_t asker, const std::string& target) {
    const auto read = rules_.get();
    if (!read.has_value()) {
        fail_request(asker, Refusal::rules_unreadable, read.error().message);
        return;
    }
    Ask ask;
    ask.target = target;
    const auto* rule = find_plan(ask, **read).target;
    if (rule == nullptr || rule->unit.empty()) {
        fail_request(asker, Refusal::unit_missing, "the rules have no such target with a unit");
        return;
    }
    const Instant now = clock_.now().t;
    while (!evidence_taken_.empty() && evidence_taken_.front() <= now - std::chrono::minutes{1}) {
        evidence_taken_.pop_front();
    }
    if (!ports_.evidence || evidence_taken_.size() >= max_evidence_a_minute) {
        fail_request(
            asker,
            ports_.evidence ? Refusal::budget : Refusal::not_available,
            ports_.evidence ? "enough evidence for this minute" : "evidence is not available yet");
        return;
    }
    evidence_taken_.push_back(now);
    ports_.evidence(
        target,
        rule->unit,
        evidence_takes,
        [this, asker, alive = std::weak_ptr<bool>(alive_)](const remedy::EvidenceReply& reply) {
            if (!alive.expired()) {
                hooks_.reply(asker, remedy::Reply{reply});
            }
        });
}

void Actuator::pointer(std::uint64_t asker, const std::string& provider) {
    ProviderEvent reply;
    reply.provider = provider;
    const auto read = rules_.get();
    if (!read.has_value()) {
        reply.detail = read.error().message;
    } else if (!ports_.pointer) {
        reply.detail = "pointers cannot be read";
    } else {
        reply.detail = "the rules have no such provider";
        for (const auto& rule : (*read)->providers) {
            if (rule.name == provider) {
                reply = ports_.pointer(rule);
            }
        }
    }
    hooks_.reply(asker, remedy::Reply{reply});
}

}  // namespace primum::actuator

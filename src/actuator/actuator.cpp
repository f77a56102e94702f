// SPDX-License-Identifier: MIT
#include "actuator/actuator.hpp"

#include <primum/names.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace primum::actuator {
namespace {

constexpr std::size_t max_id_bytes = 128;

Ask ask_of(const remedy::PreflightRequest& request) {
    Ask ask;
    ask.target = request.target;
    ask.level = request.level;
    ask.index = request.index;
    ask.plan_digest = request.plan_digest;
    ask.dry_run = request.dry_run;
    return ask;
}

Ask ask_of(const remedy::ExecuteRequest& request) {
    Ask ask;
    ask.target = request.target;
    ask.level = request.level;
    ask.index = request.index;
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
    event.took = action.finished.t - action.started.t;
    return event;
}

}  // namespace

Actuator::Actuator(systemd::EventLoop& loop,
                   const Clock& clock,
                   systemd::Manager& manager,
                   RulesCache& rules,
                   const ActuatorOptions& options,
                   ActuatorHooks hooks)
    : clock_(clock),
      hooks_(std::move(hooks)),
      store_(options.database, options.boot_id),
      admitter_({loop, clock, manager, rules, store_}, options.off_switch),
      runner_({loop, clock, manager, store_},
              options.off_switch,
              {[this](std::uint64_t asker, const ActionEvent& event) {
                   hooks_.reply(asker, remedy::Reply{event});
               },
               [this](const Note& note) { hooks_.note(note); }}) {}

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
            } else {
                fail_request(
                    asker, Refusal::not_available, "evidence and probe are not available yet");
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
    admitter_.admit(
        ask_of(request), false, [this, asker, ticket = request.ticket](const Admitted& admitted) {
            PreflightEvent reply;
            reply.ticket = ticket;
            reply.answer = admitted.answer.answer;
            reply.code = admitted.answer.code;
            reply.detail = admitted.answer.detail;
            reply.blast_radius = admitted.blast_radius;
            if (admitted.answer.can() && runner_.busy_with(admitted.unit)) {
                reply.answer = Preflight::not_now;
                reply.code = Refusal::foreign_job;
                reply.detail = "another action is at work on " + admitted.unit;
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
    if (runner_.busy_with(admitted.unit)) {
        refuse(asker, id, Refusal::foreign_job, "another action is at work on " + admitted.unit);
        return;
    }
    if (now.t > request.not_after) {
        refuse(asker, id, Refusal::too_late, "the plan grew too old");
        return;
    }
    StoredAction action;
    action.id = id;
    action.target = request.target;
    action.unit = admitted.unit;
    action.level = request.level;
    action.kind = admitted.kind;
    action.operator_uid = request.operator_uid;
    action.boot_id = store_.boot_id();
    action.started = now;
    action.timeout = admitted.timeout;
    action.invocation_before = admitted.invocation;
    const auto started = runner_.start(action, asker);
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
}

void Actuator::rollback(std::uint64_t asker, const std::string& id) {
    ActionEvent event;
    event.action = id;
    event.phase = ActionPhase::rollback_failed;
    event.result = ActionResult::failed;
    const auto store = store_.get();
    const auto known = store.has_value()
                           ? (*store)->find(id)
                           : StoreResult<std::optional<StoredAction>>{fail(store.error())};
    if (!known.has_value()) {
        event.refusal = Refusal::storage;
        event.detail = known.error().message;
    } else if (!known->has_value() || (**known).state == StoredState::tombstone) {
        event.refusal = Refusal::unknown_action;
        event.detail = "no action of this id was ever started";
    } else {
        event.refusal = Refusal::no_way_back;
        event.detail = std::string(name_of((**known).kind)) + " has no way back";
    }
    hooks_.reply(asker, remedy::Reply{event});
}

}  // namespace primum::actuator

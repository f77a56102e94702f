// SPDX-License-Identifier: MIT
// What a person asks for.
#include "core/engine_impl.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace primum {
namespace {

std::string whom(const std::string& target) {
    return target.empty() ? "all targets" : target;
}

}  // namespace

void Engine::Impl::take(const OperatorEvent& event) {
    if (event.reason.empty()) {
        reply(event, false, "no_reason", "say why: every command is recorded with its reason");
        return;
    }
    const bool names_target = event.verb != OperatorVerb::acknowledge && !event.target.empty();
    if (names_target && !targets_.contains(event.target)) {
        reply(event,
              false,
              "unknown_target",
              "there is no target \"" + event.target + "\"; the list verb shows them");
        return;
    }
    switch (event.verb) {
        case OperatorVerb::hold:
            hold(event, false);
            break;
        case OperatorVerb::disable:
            hold(event, true);
            break;
        case OperatorVerb::release:
            release(event, false);
            break;
        case OperatorVerb::enable:
            release(event, true);
            break;
        case OperatorVerb::acknowledge:
            acknowledge(event);
            break;
        case OperatorVerb::reset_breaker:
        case OperatorVerb::rollback:
            reply(event, false, "not_available", "this version cannot do it");
            break;
    }
}

void Engine::Impl::hold(const OperatorEvent& event, bool disable) {
    const std::string verb = disable ? "disable" : "hold";
    const Duration max = world_.rules->settings.max_hold;
    if (event.length <= Duration::zero()) {
        reply(event, false, "no_length", "a " + verb + " needs an end, such as 30m");
        return;
    }
    if (event.length > max) {
        reply(event,
              false,
              "too_long",
              "at most " + core::duration_text(max) + " at a time (hold.max in the settings)");
        return;
    }
    if (world_.holds.full(world_.now.t)) {
        reply(event,
              false,
              "bound_reached",
              "too many holds are in force; release some, or hold all targets with one");
        return;
    }
    HoldRecord record;
    record.id = world_.next_hold++;
    record.target = event.target;
    record.disable = disable;
    record.uid = event.uid;
    record.reason = event.reason;
    record.from = world_.now;
    record.until = {world_.now.t + event.length, world_.now.wall + event.length};
    world_.holds.add(record);
    const std::uint64_t id = record.id;
    const std::string what = disable ? "disabled " : "holding ";
    world_.record(std::move(record));
    world_.look_at_all_ill();
    reply(event,
          true,
          "ok",
          what + whom(event.target) + " for " + core::duration_text(event.length) +
              (world_.ledger_healthy ? ""
                                     : "; it cannot be recorded now: a restart of primumd "
                                       "would end it"),
          id);
}

void Engine::Impl::release(const OperatorEvent& event, bool disable) {
    const auto released = world_.holds.release(event.target, disable);
    if (released.empty()) {
        reply(event,
              false,
              disable ? "not_disabled" : "not_held",
              "nothing to end: no " + std::string{disable ? "disable" : "hold"} + " of exactly " +
                  whom(event.target) + " is in force");
        return;
    }
    for (const HoldRecord& hold : released) {
        world_.record(hold);
    }
    world_.look_at_all_ill();
    const auto* other =
        event.target.empty() ? nullptr : world_.holds.covering(world_.now.t, event.target, disable);
    reply(event,
          true,
          "ok",
          (disable ? "enabled " : "released ") + whom(event.target) +
              (other != nullptr ? "; one on all targets is still in force" : ""));
}

void Engine::Impl::acknowledge(const OperatorEvent& event) {
    for (const auto key : world_.ill) {
        TargetState& target = *target_by_key_.at(key);
        if (target.incident->id != event.incident) {
            continue;
        }
        const bool rearmed = ladder(target).acknowledge(event.reason);
        reply(event,
              true,
              "ok",
              rearmed ? "acknowledged; the ladder of " + target.rule->name + " is armed again"
                      : "acknowledged; it is not exhausted, so nothing changes");
        return;
    }
    reply(event,
          false,
          "unknown_incident",
          "no open incident " + std::to_string(event.incident) +
              " of a target; the incidents verb shows them");
}

void Engine::Impl::reply(const OperatorEvent& event,
                         bool accepted,
                         std::string code,
                         std::string message,
                         std::uint64_t hold) {
    OperatorRecord record;
    record.at = world_.now;
    record.verb = name_of(event.verb);
    record.target = event.target;
    record.incident = event.incident;
    record.uid = event.uid;
    record.reason = event.reason;
    record.accepted = accepted;
    record.message = message;
    world_.record(std::move(record));
    world_.emit(OperatorReply{event.ticket, accepted, std::move(code), std::move(message), hold});
}

}  // namespace primum

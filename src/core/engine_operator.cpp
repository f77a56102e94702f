// SPDX-License-Identifier: MIT
// What a person asks for.
#include "core/engine_impl.hpp"
#include "core/operator_reply.hpp"
#include "core/text.hpp"
#include "core/way_back.hpp"

#include <primum/precision.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace primum {
namespace {

std::string whom(const std::string& target) {
    return target.empty() ? "all targets" : target;
}

// Whether `id` can be the id of an action of this ledger: its uuid, '-', a sequence in use.
bool is_ours(const std::string& id, const std::string& uuid, std::uint64_t next) {
    const std::string prefix = uuid + '-';
    if (uuid.empty() || !id.starts_with(prefix)) {
        return false;
    }
    std::uint64_t sequence = 0;
    const char* const end = id.data() + id.size();
    const auto [parsed, error] = std::from_chars(id.data() + prefix.size(), end, sequence);
    return error == std::errc{} && parsed == end && sequence > 0 && sequence < next &&
           std::to_string(sequence) == id.substr(prefix.size());
}

std::string no_way_back_text(const RemedyRule* remedy) {
    return (remedy == nullptr ? "it" : "a " + std::string{name_of(remedy->kind)}) +
           " has no way back";
}

}  // namespace

void Engine::Impl::take(const OperatorEvent& event) {
    if (event.reason.empty()) {
        reply(event, false, "no_reason", "say why: every command is recorded with its reason");
        return;
    }
    const bool of_provider = event.verb == OperatorVerb::mark || event.verb == OperatorVerb::note;
    const bool names_target =
        event.verb != OperatorVerb::acknowledge && event.verb != OperatorVerb::rollback &&
        event.verb != OperatorVerb::label && !of_provider && !event.target.empty();
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
        case OperatorVerb::rollback:
            roll_back(event);
            break;
        case OperatorVerb::reset_breaker:
            reset_breaker(event);
            break;
        case OperatorVerb::mark:
        case OperatorVerb::note:
            mark_or_note(event);
            break;
        case OperatorVerb::force:
            force(event);
            break;
        case OperatorVerb::label:
            label(event);
            break;
        case OperatorVerb::promote:
        case OperatorVerb::demote:
            reply(event, !event.refused, event.refused ? "not_promoted" : "", event.detail);
            break;
    }
}

bool Engine::Impl::refuses_length(const OperatorEvent& event, const std::string& verb) {
    const Duration max = world_.rules->settings.max_hold;
    if (event.length <= Duration::zero()) {
        reply(event, false, "no_length", "a " + verb + " needs an end, such as 30m");
        return true;
    }
    if (event.length > max) {
        reply(event,
              false,
              "too_long",
              "at most " + core::duration_text(max) + " at a time (hold.max in the settings)");
        return true;
    }
    return false;
}

void Engine::Impl::hold(const OperatorEvent& event, bool disable) {
    if (refuses_length(event, disable ? "disable" : "hold")) {
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
        const bool rearmed = ladder(target).acknowledge(event);
        reply(event,
              true,
              "ok",
              rearmed ? "acknowledged; the ladder of " + target.rule->name + " is armed again"
                      : "acknowledged; it is not exhausted, so nothing changes");
        return;
    }
    if (acknowledge_source(event)) {
        reply(event, true, "ok", "acknowledged; the source is asked on as before");
        return;
    }
    reply(event,
          false,
          "unknown_incident",
          "no open incident " + std::to_string(event.incident) + "; the incidents verb shows them");
}

// Answered by the ladder, now or when the actuator has been asked.
void Engine::Impl::force(const OperatorEvent& event) {
    const auto found = targets_.find(event.target);
    if (found == targets_.end()) {
        reply(event, false, "unknown_target", "a level is forced of one target: say of which");
        return;
    }
    ladder(*found->second).force(event);
}

// The way back of any real action of this ledger, at any time: no guard is asked.
void Engine::Impl::roll_back(const OperatorEvent& command) {
    if (TargetState* target = flying_target(command.action)) {
        roll_back_flight(command, *target);
        return;
    }
    OperatorEvent event = command;  // its record names the target and incident of the action
    const auto* action = world_.actions.find(event.action);
    if (action != nullptr) {
        event.target = action->target;
        event.incident = action->incident;
    }
    if (const auto refusal = refuse_roll_back(event.action, action)) {
        reply(event, false, refusal->first, refusal->second);
        return;
    }
    if (world_.asked_back.contains(event.action)) {
        reply(event, true, "ok", "action " + event.action + " is being rolled back already");
        return;
    }
    core::AskedBack asked;
    asked.action = event.action;
    asked.uid = event.uid;
    asked.reason = event.reason;
    asked.answer_by = world_.now.t + core::undo_patience;
    asked.incident = event.incident;
    asked.target = event.target;
    asked.level = action == nullptr ? Level::steady : action->level;
    core::ask_back(world_, std::move(asked));
    reply(event, true, "ok", "action " + event.action + " is being rolled back");
}

std::optional<std::pair<std::string, std::string>> Engine::Impl::refuse_roll_back(
    const std::string& id, const core::RememberedAction* action) const {
    if (action == nullptr && !is_ours(id, world_.ledger_uuid, world_.next_action)) {
        return std::pair{"unknown_action",
                         "there is no action \"" + id + "\"; the actions verb shows them"};
    }
    if (action != nullptr && action->dry_run) {
        return std::pair{"dry_run", "it was never carried out: there is nothing to undo"};
    }
    if (action != nullptr && action->way_back == WayBack::none) {
        return std::pair{"no_way_back", no_way_back_text(remedy_of(*action))};
    }
    if (world_.asked_back.size() >= core::max_asked_back && !world_.asked_back.contains(id)) {
        return std::pair{"bound_reached", "too many rollbacks are under way; ask again later"};
    }
    return std::nullopt;
}

void Engine::Impl::roll_back_flight(const OperatorEvent& command, TargetState& target) {
    const core::Flight& flight = *target.flight;
    OperatorEvent event = command;
    event.target = target.rule->name;
    event.incident = flight.record.incident;
    if (flight.record.dry_run) {
        reply(event, false, "dry_run", "it is not carried out: there is nothing to undo");
    } else if (flight.remedy().way_back == WayBack::none) {
        reply(event, false, "no_way_back", no_way_back_text(&flight.remedy()));
    } else {
        reply(event, true, "ok", ladder(target).ask_undo(event.reason));
    }
}

void Engine::Impl::label(const OperatorEvent& command) {
    OperatorEvent event = command;  // its record names the target and incident of the action
    const auto* action = world_.actions.find(event.action);
    const auto* known = world_.precision.judgement(event.action);
    if (known != nullptr) {
        event.target = known->target;
        event.incident = known->incident;
    } else if (action != nullptr) {
        event.target = action->target;
        event.incident = action->incident;
    } else if (!is_ours(event.action, world_.ledger_uuid, world_.next_action)) {
        reply(event,
              false,
              "unknown_action",
              "there is no action \"" + event.action + "\"; the actions verb shows them");
        return;
    }
    if (event.label == ActionLabel::none) {
        reply(event, false, "no_label", "an action is justified or unjustified");
        return;
    }
    const bool is_news =
        known != nullptr && (known->by != JudgedBy::person || known->judged != event.label);
    if (auto judged = world_.precision.label(event.action, event.label, event.uid, world_.now)) {
        world_.record(std::move(judged->judgement));
        if (judged->counts) {
            world_.record(std::move(*judged->counts));
        }
    }
    reply(event,
          true,
          "ok",
          "action " + event.action + " is labelled " + std::string{name_of(event.label)} +
              (known != nullptr && !is_news ? " already" : "") + figure_of(known));
}

// What the label comes to, for the person who gave it.
std::string Engine::Impl::figure_of(const JudgementRecord* labelled) const {
    if (labelled == nullptr) {
        return "; it is too old to move a count";
    }
    if (labelled->digest.empty()) {
        return "; it counts for no rule: a person forced it, or it was never begun";
    }
    const auto* counts = world_.precision.counts_of(*labelled);
    if (counts == nullptr) {
        return "; the rule has changed since, and its counts begin anew: it moves none";
    }
    return "; " + counts->target + " at " + std::string{name_of(counts->level)} + ": " +
           precision_text(*counts);
}

// As the rules in force have it; null when they do not have it any more.
const RemedyRule* Engine::Impl::remedy_of(const core::RememberedAction& action) const {
    const auto target = targets_.find(action.target);
    if (target == targets_.end()) {
        return nullptr;
    }
    const auto& remedies = target->second->rung(action.level).remedies;
    return action.index < remedies.size() &&
                   remedies[action.index].plan_digest == action.plan_digest
               ? &remedies[action.index]
               : nullptr;
}

void Engine::Impl::reset_breaker(const OperatorEvent& event) {
    const std::string whose = event.target.empty() ? "the host" : event.target;
    const BreakerRecord* tripped = world_.breakers.tripped(event.target);
    if (tripped == nullptr) {
        reply(event, false, "not_tripped", "the breaker of " + whose + " is not tripped");
        return;
    }
    BreakerRecord record;
    record.target = event.target;
    record.reason = event.reason;
    record.uid = event.uid;
    record.incident = tripped->incident;
    record.at = world_.now;
    world_.breakers.reset(record, world_.now.t);
    for (const auto& [name, target] : targets_) {
        if (target->incident && target->incident->id == record.incident) {
            ladder(*target).note_reset(event.reason);
        }
        if (event.target.empty() || event.target == name) {
            ladder(*target).start_anew();
        }
    }
    world_.record(std::move(record));
    const auto* host = world_.breakers.tripped("");
    reply(event,
          true,
          "ok",
          "the breaker of " + whose + " is reset; what waited behind it begins anew" +
              (host != nullptr ? "; the host's is still tripped" : ""));
}

void Engine::Impl::reply(const OperatorEvent& event,
                         bool accepted,
                         std::string code,
                         std::string message,
                         std::uint64_t hold) {
    core::reply(world_, event, accepted, std::move(code), std::move(message), hold);
}

}  // namespace primum

// SPDX-License-Identifier: MIT
#include "bus/manager.hpp"

#include <fmt/format.h>

#include <limits>

namespace primum::bus {
namespace {

// What polkit is asked about, per verb: see org.primum.Primum1.policy.
constexpr const char* action_hold = "org.primum.hold";
constexpr const char* action_release = "org.primum.release";
constexpr const char* action_disable = "org.primum.disable";
constexpr const char* action_enable = "org.primum.enable";
constexpr const char* action_acknowledge = "org.primum.acknowledge";
constexpr const char* action_rollback = "org.primum.rollback";
constexpr const char* action_reset_breaker = "org.primum.reset-breaker";
constexpr const char* action_force = "org.primum.force";
constexpr const char* action_label = "org.primum.label";
constexpr const char* action_mark = "org.primum.mark-provider";
constexpr const char* action_note = "org.primum.note-provider";
constexpr const char* action_promote = "org.primum.promote";
constexpr const char* action_demote = "org.primum.demote";
constexpr const char* action_reload = "org.primum.reload";

constexpr std::size_t max_detail_bytes = 2000;

std::string told(const ReloadStatus& status) {
    return status.unchanged ? std::string{"the rules are the same as before; nothing was changed"}
                            : fmt::format("the rules {} are in force", status.digest.substr(0, 12));
}

// What is beyond the range is beyond any permitted maximum too; the engine refuses it.
Duration length_of(std::uint64_t usec) {
    constexpr auto most = std::uint64_t{std::numeric_limits<Duration::rep>::max()} / 2;
    return Duration{static_cast<Duration::rep>(std::min(usec, most))};
}

}  // namespace

void Manager::hold(const SharedCall& call) {
    std::string target;
    *call >> target;
    start_hold(call, OperatorVerb::hold, target);
}

void Manager::disable(const SharedCall& call) {
    std::string target;
    *call >> target;
    start_hold(call, OperatorVerb::disable, target);
}

void Manager::release(const SharedCall& call) {
    std::string target;
    *call >> target;
    end_hold(call, OperatorVerb::release, target);
}

void Manager::enable(const SharedCall& call) {
    std::string target;
    *call >> target;
    end_hold(call, OperatorVerb::enable, target);
}

void Manager::reset_breaker(const SharedCall& call) {
    std::string target;
    *call >> target;
    end_hold(call, OperatorVerb::reset_breaker, target);
}

void Manager::acknowledge(const SharedCall& call) {
    std::uint64_t id = 0;
    *call >> id;
    acknowledge_incident(call, id);
}

void Manager::acknowledge_incident(const SharedCall& call, std::uint64_t id) {
    OperatorEvent command;
    command.verb = OperatorVerb::acknowledge;
    command.incident = id;
    *call >> command.reason;
    submit(call, std::move(command), action_acknowledge);
}

void Manager::rollback(const SharedCall& call) {
    OperatorEvent command;
    command.verb = OperatorVerb::rollback;
    *call >> command.action >> command.reason;
    if (const auto error = check_action(command.action)) {
        call->refuse(*error);
        return;
    }
    submit(call, std::move(command), action_rollback);
}

void Manager::force(const SharedCall& call) {
    std::string target;
    *call >> target;
    if (target.empty()) {
        call->refuse({error_name::invalid_argument, "a level is forced of one target: name it"});
        return;
    }
    force_level(call, target);
}

void Manager::force_level(const SharedCall& call, const std::string& target) {
    OperatorEvent command;
    command.verb = OperatorVerb::force;
    command.target = target;
    std::string level;
    *call >> level >> command.reason;
    const auto named = from_name<Level>(level);
    if (!named || *named < Level::retry) {
        call->refuse({error_name::invalid_argument,
                      "a level to force is retry, failover, restart or fallback"});
        return;
    }
    command.level = *named;
    submit(call, std::move(command), action_force);
}

void Manager::label(const SharedCall& call) {
    OperatorEvent command;
    command.verb = OperatorVerb::label;
    std::string label;
    *call >> command.action >> label >> command.reason;
    const auto named = from_name<ActionLabel>(label);
    if (!named || *named == ActionLabel::none) {
        call->refuse({error_name::invalid_argument, "an action is justified or unjustified"});
        return;
    }
    if (const auto error = check_action(command.action)) {
        call->refuse(*error);
        return;
    }
    command.label = *named;
    submit(call, std::move(command), action_label);
}

// The gate is primumctl's; what it said is recorded here.
void Manager::promote(const SharedCall& call) {
    OperatorEvent command;
    command.verb = OperatorVerb::promote;
    std::string level;
    std::string verdict;
    *call >> command.target >> level >> verdict >> command.detail >> command.reason;
    if (verdict != "promoted" && verdict != "refused") {
        call->refuse({error_name::invalid_argument, "a verdict is promoted or refused"});
        return;
    }
    command.refused = verdict == "refused";
    submit_promotion(call, std::move(command), level, action_promote);
}

void Manager::demote(const SharedCall& call) {
    OperatorEvent command;
    command.verb = OperatorVerb::demote;
    std::string level;
    *call >> command.target >> level >> command.detail >> command.reason;
    submit_promotion(call, std::move(command), level, action_demote);
}

void Manager::submit_promotion(const SharedCall& call,
                               OperatorEvent command,
                               const std::string& level,
                               const char* action) {
    const auto named = from_name<Level>(level);
    if (!named || *named < Level::retry || command.target.empty()) {
        call->refuse({error_name::invalid_argument,
                      "a target and its level are named: retry, failover, restart or fallback"});
        return;
    }
    if (command.detail.size() > max_detail_bytes) {
        call->refuse({error_name::invalid_argument,
                      fmt::format("a detail has at most {} bytes", max_detail_bytes)});
        return;
    }
    command.level = *named;
    submit(call, std::move(command), action);
}

void Manager::mark_provider(const SharedCall& call) {
    OperatorEvent command;
    command.verb = OperatorVerb::mark;
    std::string state;
    std::uint64_t usec = 0;
    *call >> command.provider >> command.candidate >> state >> usec >> command.reason;
    const auto named = from_name<CandidateState>(state);
    if (!named) {
        call->refuse({error_name::invalid_argument,
                      "a candidate is healthy, degraded, rate_limited, dead or unknown"});
        return;
    }
    if (usec == 0) {
        call->refuse(no_length());
        return;
    }
    command.state = *named;
    command.length = length_of(usec);
    submit(call, std::move(command), action_mark);
}

void Manager::note_provider(const SharedCall& call) {
    OperatorEvent command;
    command.verb = OperatorVerb::note;
    *call >> command.provider >> command.candidate >> command.reason;
    submit(call, std::move(command), action_note);
}

void Manager::start_hold(const SharedCall& call, OperatorVerb verb, const std::string& target) {
    OperatorEvent command;
    command.verb = verb;
    command.target = target;
    std::uint64_t usec = 0;
    *call >> usec >> command.reason;
    if (usec == 0) {
        call->refuse(no_length());
        return;
    }
    command.length = length_of(usec);
    submit(call, std::move(command), verb == OperatorVerb::hold ? action_hold : action_disable);
}

// What takes a target and a reason.
void Manager::end_hold(const SharedCall& call, OperatorVerb verb, const std::string& target) {
    OperatorEvent command;
    command.verb = verb;
    command.target = target;
    *call >> command.reason;
    submit(call,
           std::move(command),
           verb == OperatorVerb::release  ? action_release
           : verb == OperatorVerb::enable ? action_enable
                                          : action_reset_breaker);
}

void Manager::submit(const SharedCall& call, OperatorEvent command, const char* action) {
    for (const std::string& name : {command.target, command.provider, command.candidate}) {
        if (const auto error = check_name(name)) {
            call->refuse(*error);
            return;
        }
    }
    authorise(
        call, command.reason, action, [this, command](const SharedCall& kept, const Identity& who) {
            OperatorEvent authorised = command;
            authorised.uid = who.uid;
            authorised.caller = who.caller;
            run(kept, std::move(authorised));
        });
}

void Manager::authorise(const SharedCall& call,
                        const std::string& reason,
                        const char* action,
                        Authorised then) {
    if (const auto error = check_reason(reason, options_.max_reason_bytes)) {
        call->refuse(*error);
        return;
    }
    if (!waiting_.keep(call)) {
        return;
    }
    authority_.ask({call->sender(), action, call->allows_interaction()},
                   [waiting = std::weak_ptr<Call>{call},
                    then = std::move(then)](const Result<Identity, CallError>& who) {
                       const SharedCall kept = waiting.lock();
                       if (kept == nullptr) {
                           return;
                       }
                       if (!who.has_value()) {
                           kept->refuse(who.error());
                           return;
                       }
                       guarded(kept, [&] { then(kept, *who); });
                   });
}

void Manager::run(const SharedCall& call, OperatorEvent command) {
    const bool makes_hold =
        command.verb == OperatorVerb::hold || command.verb == OperatorVerb::disable;
    backend_.command(std::move(command),
                     [waiting = std::weak_ptr<Call>{call}, makes_hold](const OperatorReply& reply) {
                         const SharedCall kept = waiting.lock();
                         if (kept == nullptr) {
                             return;
                         }
                         if (!reply.accepted) {
                             kept->refuse(refusal(reply));
                         } else if (makes_hold) {
                             kept->answer(reply.hold, reply.message);
                         } else {
                             kept->answer(reply.message);
                         }
                     });
}

void Manager::reload(const SharedCall& call) {
    std::string reason;
    *call >> reason;
    authorise(
        call, reason, action_reload, [this, reason](const SharedCall& kept, const Identity& who) {
            backend_.reload(
                who.uid, reason, [waiting = std::weak_ptr<Call>{kept}](const ReloadStatus& status) {
                    const SharedCall answered = waiting.lock();
                    if (answered == nullptr) {
                        return;
                    }
                    if (status.ok) {
                        answered->answer(told(status));
                    } else {
                        answered->refuse(reload_refusal(status));
                    }
                });
        });
}

}  // namespace primum::bus

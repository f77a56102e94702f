// SPDX-License-Identifier: MIT
#pragma once

#include <primum/names.hpp>

#include <array>
#include <cstdint>
#include <string_view>

// The words of primum, each with its one spelling.
namespace primum {

// The step of the ladder. A target's own step is its rung.
enum class Level : std::uint8_t { steady, observe, retry, failover, restart, fallback };
template <>
inline constexpr std::array<std::string_view, 6> enum_names<Level>{
    "steady", "observe", "retry", "failover", "restart", "fallback"};
inline constexpr std::size_t level_count = 6;

constexpr std::size_t index_of(Level level) {
    return static_cast<std::size_t>(level);
}

// How ill an indicator says a target is. `unknown` compares below all others and is neither
// healthy nor ill: code that asks for health must ask for `ok` and above explicitly.
enum class Severity : std::uint8_t { unknown, ok, info, warning, error, critical };
template <>
inline constexpr std::array<std::string_view, 6> enum_names<Severity>{
    "unknown", "ok", "info", "warning", "error", "critical"};
inline constexpr std::size_t severity_count = 6;

// What primum may do to a target; also the daemon's own ceiling for all of them.
enum class Mode : std::uint8_t { observe, dry_run, enforce };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Mode>{"observe", "dry_run", "enforce"};

// Reasons not to act now, in the order in which they are asked; the first veto is the reason.
enum class Guard : std::uint8_t {
    disabled,       // the off switch is on, or the target is disabled
    held,           // an operator's hold covers the target
    breaker,        // remedies did harm; latched until a person resets it
    warming_up,     // boot, start, resume, clock jump or a changed rule was too recent
    no_data,        // the rung's condition cannot be decided from what is known
    flapping,       // the state changes too often to be trusted
    recovering,     // it is getting better by itself
    dependency,     // something it depends on is ill
    common_cause,   // most targets are ill at once: it is not they
    foreign_actor,  // somebody else is at work on the unit, or has stopped it
    host_busy,      // boot, shutdown or the package manager is at work
    start_limit,    // the unit's own StartLimit budget is nearly spent
    cooldown,       // the last action at this rung was too recent
    target_budget,  // the target's actions in its window are used up
    host_budget,    // the host's (or the level's) actions in its window are used up
    in_flight,      // another action of this target, or of this host, is not verified yet
    blast_radius,   // too many units, or a protected one, would go down with it
    ledger,         // what cannot be recorded is not done
    preflight,      // the actuator says not now
    fleet_slot,     // no slot of the fleet is free
    dry_run,        // the level is not enforced: this would have been done
};
template <>
inline constexpr std::array<std::string_view, 21> enum_names<Guard>{
    "disabled",   "held",          "breaker",      "warming_up",    "no_data",      "flapping",
    "recovering", "dependency",    "common_cause", "foreign_actor", "host_busy",    "start_limit",
    "cooldown",   "target_budget", "host_budget",  "in_flight",     "blast_radius", "ledger",
    "preflight",  "fleet_slot",    "dry_run"};
inline constexpr std::size_t guard_count = 21;

// What a guard answered.
enum class Verdict : std::uint8_t { pass, veto, not_asked };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Verdict>{"pass", "veto", "not_asked"};

// Where a target stands between two events.
enum class Phase : std::uint8_t {
    steady,         // level 0, no incident
    waiting,        // on a rung: for its time, its condition, or a guard
    asking,         // preflight asked, no answer yet
    intending,      // the intent is being made durable
    running,        // the actuator has it
    settling,       // finished; `settle` not over yet
    verifying,      // watching for `verify`
    awaiting_data,  // verified inconclusive; judged when data return
    rolling_back,   // the way back is being taken
    soaking,        // better; closes after `soak`
    exhausted,      // nothing more until a person acknowledges
};
template <>
inline constexpr std::array<std::string_view, 11> enum_names<Phase>{"steady",
                                                                    "waiting",
                                                                    "asking",
                                                                    "intending",
                                                                    "running",
                                                                    "settling",
                                                                    "verifying",
                                                                    "awaiting_data",
                                                                    "rolling_back",
                                                                    "soaking",
                                                                    "exhausted"};

// The life of one action; each transition is durable before the next step.
enum class ActionState : std::uint8_t {
    intended,
    started,
    finished,
    verified,
    rolled_back,
    rollback_failed,
    kept
};
template <>
inline constexpr std::array<std::string_view, 7> enum_names<ActionState>{
    "intended", "started", "finished", "verified", "rolled_back", "rollback_failed", "kept"};

// How an action finished. `ambiguous`: nobody can say whether it took effect; never re-run.
enum class ActionResult : std::uint8_t { none, done, failed, ambiguous };
template <>
inline constexpr std::array<std::string_view, 4> enum_names<ActionResult>{
    "none", "done", "failed", "ambiguous"};

// What verification found. `recovered_anyway`: a dry-run action, and the target got better alone.
enum class Outcome : std::uint8_t {
    none,
    improved,
    unchanged,
    worse,
    inconclusive,
    recovered_anyway
};
template <>
inline constexpr std::array<std::string_view, 6> enum_names<Outcome>{
    "none", "improved", "unchanged", "worse", "inconclusive", "recovered_anyway"};

// One line of an incident's story.
enum class DecisionKind : std::uint8_t {
    opened,       // the target left level 0
    entered,      // a rung was entered
    waited,       // wanted to act, a guard vetoed (reason = its code)
    would_act,    // the only veto is dry_run
    acted,        // an intent was made
    spent,        // a rung has nothing left (reason: unnamed, no_remedy, attempts_used, worse, ...)
    passed_over,  // a rung cannot be used (reason = the preflight code)
    verified,     // reason = the outcome
    soaking,      // better, watching
    relapsed,     // ill again within `relapse`
    recovered,    // the incident closed
    exhausted,    // nothing left to try (reason: ladder_spent or the code that held it back)
    stalled,      // ill for max_wait without meeting the next rung's condition
    acknowledged,  // a person re-armed the ladder
    abandoned,     // the target is gone from the rules
    source_failed,
    source_recovered,
    rolling_back,     // the way back is being taken (reason: outcome, or operator)
    rolled_back,      // it was taken
    rollback_failed,  // it could not be taken: a person is needed
    breaker_tripped,  // remedies do harm (reason: worse, no_effect, new_illness)
    breaker_reset,    // by a person
    demoted,          // a remedy does not beat waiting
};
template <>
inline constexpr std::array<std::string_view, 23> enum_names<DecisionKind>{
    "opened",          "entered",          "waited",       "would_act",    "acted",
    "spent",           "passed_over",      "verified",     "soaking",      "relapsed",
    "recovered",       "exhausted",        "stalled",      "acknowledged", "abandoned",
    "source_failed",   "source_recovered", "rolling_back", "rolled_back",  "rollback_failed",
    "breaker_tripped", "breaker_reset",    "demoted"};

// What the actuator says before it acts: it can, it should be asked again, it never can.
enum class Preflight : std::uint8_t { can, not_now, cannot };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Preflight>{"can", "not_now", "cannot"};

// Why the actuator refused. Stable codes, shared by log, metric, ledger and D-Bus.
enum class Refusal : std::uint8_t {
    none,
    bad_request,        // not a request it understands
    not_permitted,      // the peer may not ask
    stale_plan,         // the compiled remedy differs from what the actuator reads
    too_late,           // past not_after
    disabled,           // an off switch file is there (or cannot be ruled out)
    not_enforced,       // mode or enforce_up_to does not allow this level
    protected_unit,     // the unit, or one it would take down, is never touched
    masked,             // the unit is masked
    budget,             // the actuator's own budget is used up
    seen_before,        // this action id was used or tombstoned
    foreign_job,        // a job that is not ours is queued on the unit
    stopped_by_person,  // the unit is inactive, and we did not make it so
    unit_missing,       // systemd does not know the unit
    blast_radius,       // more units would go down than the rule allows
    unknown_action,     // settle or rollback of an id it never saw
    no_way_back,        // rollback of an action that has none
    rules_unreadable,   // the actuator cannot read its rules, or does not trust their files
    storage,            // its own database failed
    bus,                // systemd did not answer
    unreachable,        // primumd could not reach the actuator
    not_available,      // a kind that this version does not have
    not_applicable,     // the unit cannot take this remedy: no reload, not running, refuses it
    untrusted,          // a file or program is not root's alone, or not what it was
    unsafe_path,        // a link or a mount stands in the way of a declared path
    too_large,          // what must be kept first is over the size limit
    check_failed,       // the `check` of a fallback did not pass: nothing was changed
    hook_failed,        // the `save` hook failed: nothing was restarted
    conflict,           // somebody changed it since: nothing was overwritten
    expired,            // the way back is too old
    undone_before,      // a rollback was made, or begun, already
    no_provider,        // no other candidate is healthy
    points_there,       // the pointer names that candidate already
};
template <>
inline constexpr std::array<std::string_view, 33> enum_names<Refusal>{
    "none",           "bad_request",   "not_permitted",     "stale_plan",   "too_late",
    "disabled",       "not_enforced",  "protected_unit",    "masked",       "budget",
    "seen_before",    "foreign_job",   "stopped_by_person", "unit_missing", "blast_radius",
    "unknown_action", "no_way_back",   "rules_unreadable",  "storage",      "bus",
    "unreachable",    "not_available", "not_applicable",    "untrusted",    "unsafe_path",
    "too_large",      "check_failed",  "hook_failed",       "conflict",     "expired",
    "undone_before",  "no_provider",   "points_there"};

// How a provider's candidate stands. Never fail over to what is rate_limited, dead or unknown.
enum class CandidateState : std::uint8_t { unknown, healthy, degraded, rate_limited, dead };
template <>
inline constexpr std::array<std::string_view, 5> enum_names<CandidateState>{
    "unknown", "healthy", "degraded", "rate_limited", "dead"};

// Who made a unit run anew.
enum class StartedBy : std::uint8_t {
    us,        // an action of ours
    systemd,   // its own Restart=
    somebody,  // a job that is not ours, or nobody knows
};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<StartedBy>{"us", "systemd", "somebody"};

// What a page is about. One page per incident and kind.
enum class PageKind : std::uint8_t {
    exhausted,
    stalled,
    ambiguous,
    rollback_failed,
    breaker,
    awaiting_data,
    source_failed,
    demoted,  // a remedy that does not beat waiting is not used any more
    overdue,  // nobody has acknowledged the incident within its response target
};
template <>
inline constexpr std::array<std::string_view, 9> enum_names<PageKind>{"exhausted",
                                                                      "stalled",
                                                                      "ambiguous",
                                                                      "rollback_failed",
                                                                      "breaker",
                                                                      "awaiting_data",
                                                                      "source_failed",
                                                                      "demoted",
                                                                      "overdue"};

// How grave an incident is for people, the gravest first; it only ever rises. See ResponseRule.
enum class Sev : std::uint8_t { sev1, sev2, sev3 };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Sev>{"SEV-1", "SEV-2", "SEV-3"};

// A person's word on an action, after the fact.
enum class ActionLabel : std::uint8_t { none, justified, unjustified };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<ActionLabel>{
    "none", "justified", "unjustified"};

// Whose word a judgement on an action is. A person's replaces the comparison's.
enum class JudgedBy : std::uint8_t {
    comparison,  // what verification found, against what waiting does
    person,      // a label
};
template <>
inline constexpr std::array<std::string_view, 2> enum_names<JudgedBy>{"comparison", "person"};

// Why a collection of a source failed: SourceEvent::error_class in its one spelling.
enum class SourceFailure : std::uint8_t {
    none,
    timeout,          // no whole answer in time
    refused,          // nobody listens there
    unreachable,      // no way to connect
    resolve,          // the name has no address
    tls,              // no trusted connection
    http_status,      // an answer, but not 200
    closed,           // the connection ended before the answer did
    too_large,        // more than the size limit
    too_many_series,  // more wanted series than max_series
    parse,            // not what the format allows
    protocol,         // not HTTP, or a URL that cannot be asked
    bus,              // systemd did not answer
    partial,          // the answer says itself that it is not whole
    missing,          // no such file, unit or journal
    denied,           // primum may not read it
    actuator,         // the probe could not be run
    disagreement,     // too few vantage points say the same
    silent,           // nobody has sent anything for too long
    other,
};
template <>
inline constexpr std::array<std::string_view, 20> enum_names<SourceFailure>{
    "none",    "timeout",   "refused",         "unreachable",  "resolve",  "tls",  "http_status",
    "closed",  "too_large", "too_many_series", "parse",        "protocol", "bus",  "partial",
    "missing", "denied",    "actuator",        "disagreement", "silent",   "other"};

}  // namespace primum

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/remedy.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What the ledger keeps, and what it gives back at start. The core writes records as data; the
// ledger makes them durable in their order.
namespace primum {

// One guard's answer. `detail` is for people: "until 12:03:04", "2 of 2 used".
struct GuardVerdict {
    Guard guard = Guard::disabled;
    Verdict verdict = Verdict::pass;
    std::string detail;
    bool operator==(const GuardVerdict&) const = default;
};

// One indicator as it stood when something was decided.
struct EvidenceItem {
    std::string indicator;
    Severity severity = Severity::unknown;
    std::string value;  // shortest round-trip number, unit state, or "no data"
    std::string why;    // "above 0.25 in 3 of 5", "unit failed (signal)"
    bool operator==(const EvidenceItem&) const = default;
};

// The whole durable state of one incident; written again whenever any of it changes.
struct IncidentRecord {
    std::uint64_t id = 0;
    std::string target;  // or "source:NAME" for an incident of a source
    Stamp opened;
    Stamp updated;
    Stamp closed;  // zero while open
    bool open = true;
    bool dry_run = false;  // no enforced action so far
    Level level = Level::observe;
    Level peak = Level::observe;
    Phase phase = Phase::waiting;
    std::string reason;            // why it opened; when closed, how it ended
    std::uint8_t spent = 0;        // bit per Level: spent or passed over
    Level helped = Level::steady;  // the rung whose action was verified `improved`
    std::array<std::uint32_t, level_count> attempts{};      // enforced, since armed
    std::array<std::uint32_t, level_count> dry_attempts{};  // dry-run, since armed
    std::string exhausted_code;
    std::uint32_t paged = 0;      // bit per PageKind: told to a person already
    bool in_other_hands = false;  // somebody else stopped the unit; nothing has started it since
    Stamp held_back_since;        // a guard has held the rung back since; zero: none does
    std::uint32_t changes = 0;    // how often it got ill and well, for the guard `flapping`
    Sev sev = Sev::sev3;
    Stamp sev_since;     // since when it is so grave; zero: since it was opened
    Stamp acknowledged;  // by the first person; zero: by nobody
    std::uint32_t acknowledged_by = UINT32_MAX;  // uid
    std::uint32_t overdue = 0;                   // pages for want of an acknowledgement, so far
    bool operator==(const IncidentRecord&) const = default;
};

// One decision; made only when it differs from the one before.
struct DecisionRecord {
    std::uint64_t incident = 0;
    std::string target;
    Stamp at;
    DecisionKind kind = DecisionKind::waited;
    Level level = Level::steady;
    std::string reason;  // a stable code
    std::string detail;  // for people
    bool dry_run = false;
    std::string action;  // the action's id, where there is one
    std::vector<GuardVerdict> guards;
    std::vector<EvidenceItem> evidence;
};

// A new action, before anything is done. Must be durable before RunAction.
struct ActionRecord {
    std::string id;  // ledger uuid, '-', sequence
    std::uint64_t sequence = 0;
    std::uint64_t incident = 0;
    std::string target;
    std::string unit;
    Level level = Level::retry;
    std::uint32_t index = 0;  // which of the rung's remedies
    std::string kind;         // name of the RemedyKind
    std::string provider;     // of a failover: whose pointer it moves,
    std::string from;         // the candidate that the pointer named then (empty: none of them),
    std::string candidate;    // and the one it is to name
    WayBack way_back = WayBack::none;
    std::string plan_digest;
    bool dry_run = false;
    std::uint32_t streak = 1;  // how many in a row at this (target, level): sets the cooldown
    std::uint32_t operator_uid = UINT32_MAX;  // the person who forced it, or none
    Stamp intended;
    std::vector<GuardVerdict> guards;
    std::vector<EvidenceItem> evidence;
};

inline constexpr std::uint32_t not_counted = UINT32_MAX;

// What the actuator found and kept while it acted.
struct ActionFacts {
    std::string evidence;                // id of the evidence taken just before, or empty
    std::vector<std::string> snapshots;  // ids of what was kept, in the order of the files
    // File descriptors in the unit's store before and after a restart.
    std::uint32_t stored_before = not_counted;
    std::uint32_t stored_after = not_counted;
    bool lost_state = false;  // fewer came back than went
    std::string conflict;     // of a rollback: what somebody changed since, as a diff; bounded
    bool operator==(const ActionFacts&) const = default;
};

// One step in an action's life. Append-only in the ledger.
struct TransitionRecord {
    std::string action;
    Stamp at;
    ActionState state = ActionState::started;
    ActionResult result = ActionResult::none;  // of finished
    Outcome outcome = Outcome::none;           // of verified
    std::string reason;                        // a stable code: refusal, outcome, who
    std::string detail;
    Duration took{0};
    ActionFacts facts;
};

// "Hands off until": one row an owner, ended by time or by release.
struct HoldRecord {
    std::uint64_t id = 0;
    std::string target;    // empty: all
    bool disable = false;  // a `disable` rather than a hold
    std::uint32_t uid = 0;
    std::string reason;
    Stamp from;
    Stamp until;
    bool released = false;
};

// Who a command came from, beside the uid; as the bus and the kernel know it, for the record.
struct Caller {
    std::uint32_t pid = 0;  // 0: not known
    std::string unit;       // the systemd unit the process runs in, or empty
    std::string session;    // the logind session, or empty
    bool operator==(const Caller&) const = default;
};

// What a person asked for, and what came of it.
struct OperatorRecord {
    Stamp at;
    std::string verb;
    std::string target;
    std::uint64_t incident = 0;
    std::uint32_t uid = 0;
    std::string reason;
    bool accepted = false;
    std::string message;
    std::string action;                     // of rollback and label
    Level level = Level::steady;            // of force
    ActionLabel label = ActionLabel::none;  // of label
    Caller caller;
};

// What an indicator has learnt to be normal; written again now and then, and at most hourly.
struct BaselineRecord {
    std::string target;
    std::string indicator;
    std::string digest;  // of the target's rule: another meaning learns anew
    std::uint64_t samples = 0;
    std::string state;  // as Baseline::save gives it
    Stamp at;
    bool operator==(const BaselineRecord&) const = default;
};

// A breaker as it was left: tripped until a person resets it. The row of a reset stays, for what
// happened before it does not count again.
struct BreakerRecord {
    std::string target;  // empty: the host's
    bool tripped = false;
    std::string reason;          // worse, no_effect, new_illness; of a reset: what the person said
    std::string detail;          // for people: which actions
    std::uint32_t uid = 0;       // of a reset
    std::uint64_t incident = 0;  // in which it tripped, 0: none
    Stamp at;
    bool operator==(const BreakerRecord&) const = default;
};

// How often something was tried on a target and what came of it. `level` steady counts doing
// nothing: improved = recovered alone, unchanged = did not.
struct TrialRecord {
    std::string target;
    Level level = Level::steady;
    std::uint32_t index = 0;  // which of the rung's remedies
    std::string plan_digest;  // another plan is tried anew; empty for doing nothing
    std::uint32_t improved = 0;
    std::uint32_t unchanged = 0;
    std::uint32_t worse = 0;
    bool demoted = false;
    Stamp at;
    bool operator==(const TrialRecord&) const = default;
};

// The uid of no person: what stands there is primum's own word.
inline constexpr std::uint32_t nobody = UINT32_MAX;

// Whether an action, dry-run or real, was called for. The first of an action is made with it, and
// judges nothing yet (`none`, reason `decided`); the newest is the one that holds. Append-only in
// the ledger.
//
// Reasons of the comparison: `recovered_anyway`, `no_better_than_waiting`, `worse` (unjustified);
// `still_ill`, `improved` (justified). Of a person: `label`.
struct JudgementRecord {
    std::string action;
    std::uint64_t sequence = 0;  // of the action
    std::uint64_t incident = 0;
    std::string target;
    Level level = Level::retry;
    bool dry_run = false;
    // What the rung meant when it was decided (TargetRule::level_digests). Empty: a person forced
    // it, and it counts for no rule.
    std::string digest;
    ActionLabel judged = ActionLabel::none;
    JudgedBy by = JudgedBy::comparison;
    std::string reason;          // a stable code
    std::uint32_t uid = nobody;  // who labelled it
    Stamp at;
    bool operator==(const JudgementRecord&) const = default;
};

// How often a rung was right, as long as it has meant the same; written again whenever a count
// moves. primum/precision.hpp makes a share and words of it.
struct PrecisionRecord {
    std::string target;
    Level level = Level::observe;
    std::string digest;                  // another meaning counts anew
    std::uint64_t first_action = 1;      // actions with a smaller sequence do not count in it
    std::uint32_t detected = 0;          // incidents that entered it because its condition was met
    std::uint32_t would_act = 0;         // decisions that only dry_run kept back
    std::uint32_t acted = 0;             // intents, but for those that a person forced
    std::uint32_t justified = 0;         // of would_act and acted,
    std::uint32_t unjustified = 0;       // as judged; both together are at most as many
    std::uint32_t recovered_anyway = 0;  // of would_act: what it recovered without
    std::uint32_t labelled = 0;          // of justified and unjustified: by a person
    Stamp since;                         // counted since
    Stamp at;
    bool operator==(const PrecisionRecord&) const = default;
};

// How one candidate of a provider stands; written when it changes.
struct ProviderRecord {
    std::string provider;
    std::string candidate;
    CandidateState state = CandidateState::unknown;
    std::string note;              // by hand, or what its indicator says
    bool current = false;          // the pointer names it
    bool marked = false;           // by hand, until `until`
    std::uint32_t uid = nobody;    // who marked or noted it
    std::uint32_t fell_again = 0;  // failbacks to it in a row that did not last
    Stamp until;
    Stamp last_checked;
    Stamp at;
    bool operator==(const ProviderRecord&) const = default;
};

using Record = std::variant<IncidentRecord,
                            DecisionRecord,
                            ActionRecord,
                            TransitionRecord,
                            HoldRecord,
                            OperatorRecord,
                            BaselineRecord,
                            BreakerRecord,
                            TrialRecord,
                            ProviderRecord,
                            JudgementRecord,
                            PrecisionRecord>;

// A stamp and the boot it belongs to.
struct StoredStamp {
    Stamp at;
    std::string boot_id;
};

// An action as the ledger knows it.
struct RestoredAction {
    ActionRecord action;
    ActionState state = ActionState::intended;
    ActionResult result = ActionResult::none;
    Outcome outcome = Outcome::none;
    StoredStamp intended;
    StoredStamp ended;  // of the finished transition; zero before
    // The newest, where a list of actions was asked for; its `action` is empty where there is none.
    // A start has them in RestoredState::judgements.
    JudgementRecord judgement;
};

struct RestoredIncident {
    IncidentRecord incident;
    StoredStamp opened;
    StoredStamp updated;
    StoredStamp closed;
};

struct RestoredHold {
    HoldRecord hold;
    StoredStamp from;
    StoredStamp until;
};

struct RestoredBreaker {
    BreakerRecord breaker;
    StoredStamp at;
};

struct RestoredProvider {
    ProviderRecord provider;
    StoredStamp until;
    StoredStamp at;
};

// What a start knows of the past. Windows and trip counts are not in it: they start empty.
struct RestoredState {
    std::string boot_id;              // of now
    bool clock_synchronised = false;  // else time passed since another boot counts as 0
    std::string ledger_uuid;
    std::uint64_t next_action = 1;
    std::uint64_t next_incident = 1;
    std::uint64_t next_hold = 1;
    bool ledger_healthy = true;
    bool disabled = false;  // the off switch files, as read at start
    // All open incidents; closed ones for as long as a relapse can re-open them.
    std::vector<RestoredIncident> incidents;
    // All unfinished or unverified actions, and those that a budget or a cooldown still needs;
    // sorted by sequence.
    std::vector<RestoredAction> actions;
    std::vector<RestoredHold> holds;  // not released, not past
    std::vector<BaselineRecord> baselines;
    std::vector<RestoredBreaker> breakers;
    std::vector<TrialRecord> trials;
    std::vector<RestoredProvider> providers;
    // The newest of each action, of the newest actions; by sequence. A later label needs them.
    std::vector<JudgementRecord> judgements;
    std::vector<PrecisionRecord> precision;
    // The whole engine as Engine::save gave it, where this is no start but the middle of a run;
    // then nothing else of the above counts.
    std::string engine;
};

}  // namespace primum

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// Everything the core asks of the world. Effects of one step are carried out in their order; all
// records of one step go into one transaction.
namespace primum {

// Make this durable. An ActionRecord that is not dry-run is answered by a LedgerEvent
// (committed or failed) that names the action; nothing else is.
struct RecordEffect {
    Record record;
};

// Ask the actuator whether it could. Answered by a PreflightEvent with the same ticket.
struct AskPreflight {
    std::uint64_t ticket = 0;
    std::string target;
    std::string unit;
    Level level = Level::retry;
    std::uint32_t index = 0;
    std::string candidate;  // of a failover; else empty
    std::string plan_digest;
    bool dry_run = false;                     // only what starts no process may be asked
    std::uint32_t operator_uid = UINT32_MAX;  // the person who forces it, or none
};

// Do it. Answered by ActionEvents `started` and `finished`.
struct RunAction {
    std::string action;
    std::string target;
    std::string unit;
    Level level = Level::retry;
    std::uint32_t index = 0;
    std::string candidate;  // of a failover; else empty
    std::string plan_digest;
    Instant not_after;                        // later than this it is not to be started
    Duration timeout{0};                      // bounds the effect, from its start
    std::uint32_t operator_uid = UINT32_MAX;  // the person who forced it, or none
};

// Find out what became of an action. Answered by an ActionEvent `settled`.
struct SettleAction {
    std::string action;
};

// Take the stored way back. Answered by an ActionEvent rolled_back or rollback_failed.
struct RollBack {
    std::string action;
};

// Find out what a provider's pointer names. Answered by a ProviderEvent.
struct AskPointer {
    std::string provider;
};

// Tell a person. At most one per incident and kind, but for `overdue` (ResponseRule).
struct Notify {
    PageKind kind = PageKind::exhausted;
    std::uint64_t incident = 0;
    std::string target;
    Level level = Level::steady;
    std::string reason;
    std::string text;
};

// A target moved on its ladder (always by one, but for the fall to 0 and a relapse).
struct LevelChanged {
    std::string target;
    std::uint64_t incident = 0;
    Level from = Level::steady;
    Level to = Level::steady;
    std::string reason;
};

// An indicator changed its confirmed severity.
struct SeverityChanged {
    std::string target;
    std::string indicator;
    Severity from = Severity::unknown;
    Severity to = Severity::unknown;
    std::string value;
};

// A watched unit runs anew.
struct UnitStarted {
    std::string unit;
    StartedBy by = StartedBy::somebody;
    std::string detail;  // the job, the invocation
};

// The answer to an OperatorEvent.
struct OperatorReply {
    std::uint64_t ticket = 0;
    bool accepted = false;
    std::string code;  // ok, unknown_target, no_reason, too_long, no_length, unknown_incident, ...
    std::string message;  // for people; says what to do next when refused
    std::uint64_t hold = 0;
};

// The event was not taken. It changed nothing.
struct Rejected {
    std::string
        reason;  // time_went_back, no_rules, unknown_source, unknown_series, bound_reached, ...
    std::string detail;
};

using Effect = std::variant<RecordEffect,
                            AskPreflight,
                            RunAction,
                            SettleAction,
                            RollBack,
                            AskPointer,
                            Notify,
                            LevelChanged,
                            SeverityChanged,
                            UnitStarted,
                            OperatorReply,
                            Rejected>;

}  // namespace primum

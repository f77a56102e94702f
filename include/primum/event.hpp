// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>
#include <primum/rules.hpp>
#include <primum/series.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// Everything that can reach the core. Whoever has these events in their order can make every
// decision again. docs/event-format.md gives each one as a JSON line.
namespace primum {

// A series of a source, seen for the first time; later samples name it by `id`.
struct SeriesEvent {
    std::string source;
    SeriesId id = 0;
    std::string name;  // as exposed: `http_requests_total{code="500"}`
    SeriesName parsed;
    bool gone = false;  // nobody has seen it for long: its id means nothing any more
};

// One value, outside a collection. `id` refers to a SeriesEvent of the same source.
struct SampleEvent {
    std::string source;
    SeriesId id = 0;
    double value = 0;
};

struct SampleValue {
    SeriesId id = 0;
    double value = 0;
};

// One successful collection of a source, whole: a declared series that is not in it has vanished.
struct SamplesEvent {
    std::string source;
    std::vector<SampleValue> values;
};

// A collection failed (ok = false), or a failed source answers again. Never evidence on a target.
struct SourceEvent {
    std::string source;
    bool ok = false;
    std::string
        error_class;  // timeout, refused, http_status, parse, too_large, ... ; empty when ok
    std::string detail;
};

// A unit's state as systemd tells it, sent on every change and once when it is first watched.
struct UnitEvent {
    std::string unit;
    std::string load_state;    // loaded, not-found, masked, ...
    std::string active_state;  // active, inactive, failed, activating, deactivating, reloading, ...
    std::string sub_state;     // running, dead, auto-restart, start-limit-hit's "failed", ...
    std::string result;        // success, exit-code, signal, start-limit-hit, ...
    std::string invocation_id;            // hex; one run of the unit
    std::string restart;                  // Restart= : no, always, on-failure, ...
    Duration restart_delay{0};            // RestartSec=
    std::uint32_t restarts = 0;           // NRestarts: not monotonic
    std::uint32_t job_id = 0;             // the job queued on it, 0 for none
    std::string exit_status;              // how its main process ended: "203", "KILL"; or empty
    std::uint32_t start_limit_burst = 0;  // StartLimitBurst=, 0: no limit
    Duration start_limit_interval{0};     // StartLimitIntervalSec=
};

// A job of a watched unit came or went.
struct JobEvent {
    std::string unit;
    std::uint32_t id = 0;
    // start, stop, restart, try-restart, reload, ...; empty when it was gone before it could be
    // asked
    std::string type;
    bool removed = false;
    std::string result;  // when removed: done, canceled, timeout, failed, dependency, skipped, ...
    bool ours = false;   // the actuator said that this job is its own
};

// A watched file changed on disk, by somebody else.
struct FileEvent {
    std::string target;
    std::string path;
};

// What a provider's pointer was found to name.
struct ProviderEvent {
    std::string provider;
    std::string candidate;  // empty: none of them
    std::string detail;     // what it names instead, or why it cannot be read
};

enum class OperatorVerb : std::uint8_t {
    hold,
    release,
    disable,
    enable,
    acknowledge,
    reset_breaker,
    rollback,
    mark,     // a candidate's state, by hand
    note,     // of a candidate
    force,    // a rung of an ill target, now
    label,    // an action: was it justified?
    promote,  // a target, to enforce one level more: what the gate said
    demote    // a target, to enforce less
};
template <>
inline constexpr std::array<std::string_view, 13> enum_names<OperatorVerb>{"hold",
                                                                           "release",
                                                                           "disable",
                                                                           "enable",
                                                                           "acknowledge",
                                                                           "reset_breaker",
                                                                           "rollback",
                                                                           "mark",
                                                                           "note",
                                                                           "force",
                                                                           "label",
                                                                           "promote",
                                                                           "demote"};

// A person's command, already authorised. Answered by an OperatorReply effect with the same ticket.
struct OperatorEvent {
    std::uint64_t ticket = 0;
    OperatorVerb verb = OperatorVerb::hold;
    std::string target;  // empty: all targets (hold, release, disable, enable), the host's breaker
    std::uint64_t incident = 0;                      // of acknowledge
    std::string action;                              // of rollback and label
    Level level = Level::steady;                     // of force
    ActionLabel label = ActionLabel::none;           // of label
    std::string provider;                            // of mark and note
    std::string candidate;                           // of mark and note
    CandidateState state = CandidateState::unknown;  // of mark
    Duration length{0};    // of hold, disable and mark: how long; mandatory
    bool refused = false;  // of promote: the gate stayed shut
    std::string detail;    // of promote and demote: what stood for it, and what was missing
    std::string reason;    // mandatory
    std::uint32_t uid = 0;
    Caller caller;
};

enum class HostChange : std::uint8_t {
    off_switch,    // `disabled` says how the off switch files stand now
    resumed,       // the host woke from suspend
    clock_jumped,  // the wall clock moved against the monotonic one by over a second
    busy,          // `busy` says whether boot, shutdown or the package manager is at work
};
template <>
inline constexpr std::array<std::string_view, 4> enum_names<HostChange>{
    "off_switch", "resumed", "clock_jumped", "busy"};

struct HostEvent {
    HostChange change = HostChange::off_switch;
    bool disabled = false;
    bool busy = false;
    std::string detail;  // which file, by how much, what is at work
};

// A rule set takes effect. The first one must come before anything is decided.
struct RulesEvent {
    std::string digest;
    std::string text;                         // the files, for recordings
    std::shared_ptr<const RuleSet> compiled;  // never null when it reaches the core
};

// The first event of every run: what the ledger gave back. See RestoredState in record.hpp.
struct RestoreEvent {
    RestoredState state;
};

// The answer to AskPreflight.
struct PreflightEvent {
    std::uint64_t ticket = 0;
    Preflight answer = Preflight::not_now;
    Refusal code = Refusal::none;
    std::string detail;
    std::vector<std::string> blast_radius;  // units that would go down with it
    std::string current;  // of a failover: the candidate that the pointer names; empty: none
};

enum class ActionPhase : std::uint8_t {
    started,      // the actuator has recorded its start
    finished,     // `result` and `refusal` say how
    settled,      // the answer to SettleAction: `settled_as` says what is known
    rolled_back,  // the answer to RollBack: ok
    rollback_failed,
};
template <>
inline constexpr std::array<std::string_view, 5> enum_names<ActionPhase>{
    "started", "finished", "settled", "rolled_back", "rollback_failed"};

enum class SettledAs : std::uint8_t { not_started, running, done, failed, ambiguous };
template <>
inline constexpr std::array<std::string_view, 5> enum_names<SettledAs>{
    "not_started", "running", "done", "failed", "ambiguous"};

// News of an action from the actuator.
struct ActionEvent {
    std::string action;
    ActionPhase phase = ActionPhase::started;
    ActionResult result = ActionResult::none;
    Refusal refusal = Refusal::none;  // finished(failed) without an effect: why
    SettledAs settled_as = SettledAs::not_started;
    std::string detail;  // job result, invocation before and after
    Duration took{0};
    ActionFacts facts;
};

enum class LedgerNews : std::uint8_t { committed, failed, healthy, unhealthy };
template <>
inline constexpr std::array<std::string_view, 4> enum_names<LedgerNews>{
    "committed", "failed", "healthy", "unhealthy"};

// committed/failed answer one intent (`action` set); healthy/unhealthy are the ledger's own state.
struct LedgerEvent {
    LedgerNews news = LedgerNews::committed;
    std::string action;
    std::string detail;
};

// An answer about a fleet slot.
struct SlotEvent {
    std::uint64_t ticket = 0;
    bool granted = false;
    std::string detail;
};

// Nothing happened but time.
struct TickEvent {};

using EventBody = std::variant<SeriesEvent,
                               SampleEvent,
                               SamplesEvent,
                               SourceEvent,
                               UnitEvent,
                               JobEvent,
                               FileEvent,
                               ProviderEvent,
                               OperatorEvent,
                               HostEvent,
                               RulesEvent,
                               RestoreEvent,
                               PreflightEvent,
                               ActionEvent,
                               LedgerEvent,
                               SlotEvent,
                               TickEvent>;

struct Event {
    Stamp at;
    EventBody body;
};

}  // namespace primum

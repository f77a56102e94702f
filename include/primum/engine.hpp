// SPDX-License-Identifier: MIT
#pragma once

#include <primum/effect.hpp>
#include <primum/event.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum {

// What an indicator says now, for people.
struct IndicatorView {
    EvidenceItem evidence;
    std::string source;           // empty for unit_state
    std::optional<Instant> last;  // of the last evaluation that knew something
    std::string baseline;         // "normal 0.12 ± 0.02 (500 samples)", or empty
};

// One rung of a target's ladder, as it stands.
struct RungView {
    Level level = Level::observe;
    bool named = false;
    bool enforced = false;
    bool spent = false;
    std::uint32_t attempts_used = 0;
    std::uint32_t attempts = 0;
    std::string condition;  // "error on 1 indicator for 30s"
    std::string remedy;     // "reload, restart" or empty
    std::string precision;  // precision_text() of primum/precision.hpp, or empty
    std::string trials;     // "improved 8 of 10 (49..94 %); alone 2 of 9 (6..55 %)", or empty
    std::optional<Instant> cooldown_until;
};

// A target in one line.
struct TargetSummary {
    std::string name;
    std::string unit;
    Mode mode = Mode::dry_run;  // as in force, under the daemon's ceiling
    Level enforce_up_to = Level::retry;
    Level level = Level::steady;
    Phase phase = Phase::steady;
    Severity severity = Severity::unknown;  // of the worst indicator
    std::uint64_t incident = 0;             // 0: none
    std::string reason;                     // of the latest decision
    bool held = false;
    bool disabled = false;
    bool flapping = false;
    bool breaker = false;  // its own is tripped
    Sev sev = Sev::sev3;   // of the incident, where there is one
    bool acknowledged = false;
    // Why it enforces less than its rules ask for, in words; empty where it does not.
    std::string held_back;
};

// Everything that answers "why did you act" and "why did you not".
struct Explanation {
    TargetSummary target;
    Instant at;
    std::vector<IndicatorView> evidence;
    std::vector<RungView> rungs;
    std::optional<DecisionRecord> last_decision;
    std::vector<GuardVerdict> guards;  // as they would answer now
    std::string next;                  // what comes next, in words
    std::optional<Instant> next_at;    // and when at the earliest
    std::string action;                // the action under way or the last one
    std::string undo;                  // the command that undoes it, or why there is none
    std::string stop;                  // the command that keeps primum off this target
};

struct HoldView {
    HoldRecord hold;
    Instant until;
};

struct SourceView {
    std::string name;
    bool ok = false;
    bool ever = false;  // has answered at least once
    std::string error_class;
    std::string error_detail;
    std::optional<Instant> last;  // of the last successful collection
    std::uint64_t incident = 0;
    std::optional<WallTime> since;  // when that incident was opened
    std::uint32_t series = 0;
};

struct CandidateView {
    ProviderRecord record;
    std::optional<Instant> marked_until;
};

struct ProviderView {
    std::string name;
    Pointer pointer;
    std::string current;  // candidate; empty: the pointer names none of them, or is not known
    std::vector<CandidateView> candidates;  // in the order in which they are preferred
    std::string next;                       // what comes next, in words
    std::optional<Instant> failback_at;     // at the earliest
};

// The host in one screen.
struct HostView {
    Mode mode = Mode::dry_run;
    bool disabled = false;
    bool ledger_healthy = true;
    std::string rules_digest;
    std::optional<Instant> warm_up_until;
    std::uint32_t in_flight = 0;
    std::uint32_t host_actions_used = 0;  // within the host budget's window
    Budget host_budget;
    std::vector<HoldView> holds;
    std::vector<BreakerRecord> breakers;  // tripped
    std::string busy;                     // what is at work on the host; empty: nothing
};

// Bounds of the core; at a bound it refuses with a reason and counts, it never grows.
struct EngineLimits {
    std::uint32_t series_per_source = 1'000'000;  // the rule's max_series may be less
    std::uint32_t samples_per_window = 1'024;
    std::uint32_t holds = 256;
    std::uint32_t series_name_bytes = 4'096;
    std::uint32_t remembered_actions = 4'096;
    std::uint32_t remembered_judgements = 4'096;  // the newest; older actions take no label's count
    std::uint32_t precision_rows = 20'000;
};

// The decision core: events in, effects out. The same events give byte-identical effects.
//
// It reads no clock, draws no random number, does no I/O and does not log. Not thread-safe: one
// thread owns it. Views are as of the last event; they change nothing.
class Engine {
public:
    explicit Engine(EngineLimits limits = {});
    ~Engine();
    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Takes one event, gives what is to be done. The first events of a run are `restore`, then
    // `rules`; anything else before them is rejected. Cost is in proportion to what the event
    // changes, not to how many targets or series there are.
    [[nodiscard]] std::vector<Effect> advance(const Event& event);

    // When a tick is needed at the latest, or nothing while nothing is pending.
    [[nodiscard]] std::optional<Instant> next_deadline() const;

    // Everything it is, as one line of printable text: an engine that is given it back in a
    // `restore` (RestoredState::engine), and then the same `rules`, goes on with the same effects,
    // byte for byte. Of no use to another version.
    [[nodiscard]] std::string save() const;

    [[nodiscard]] HostView host() const;
    [[nodiscard]] std::vector<TargetSummary> targets() const;
    [[nodiscard]] std::vector<SourceView> sources() const;
    [[nodiscard]] std::vector<ProviderView> providers() const;
    // Of targets and of sources, by id.
    [[nodiscard]] std::vector<IncidentRecord> open_incidents() const;
    // nullopt: it is not open.
    [[nodiscard]] std::optional<IncidentRecord> open_incident(std::uint64_t id) const;
    // Of every rung that the rules name, by target and level; of one that nothing has come to yet
    // all counts are 0.
    [[nodiscard]] std::vector<PrecisionRecord> precision() const;
    // nullopt: no such target.
    [[nodiscard]] std::optional<TargetSummary> target(std::string_view name) const;
    [[nodiscard]] std::optional<Explanation> explain(std::string_view name) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace primum

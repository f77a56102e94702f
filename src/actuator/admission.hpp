// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/manager.hpp"

#include <primum/rules.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// May this be executed? Pure: everything that the answer depends on is passed in. What is in doubt
// is refused.
namespace primum::actuator {

// What is asked for.
struct Ask {
    std::string target;
    Level level = Level::retry;
    std::uint32_t index = 0;
    std::string candidate;  // of a failover
    std::string plan_digest;
    bool dry_run = false;              // only asked about, for a level that is not enforced
    bool forced = false;               // by an operator
    std::optional<Instant> not_after;  // of an execute
};

struct Answer {
    Preflight answer = Preflight::can;
    Refusal code = Refusal::none;
    std::string detail;
    bool operator==(const Answer&) const = default;
    [[nodiscard]] bool can() const { return answer == Preflight::can; }
};

// What the actuator counts in its own database.
struct Used {
    std::uint32_t last_hour = 0;  // over all targets
    std::uint32_t host = 0;       // within the host budget's window
    std::uint32_t level = 0;      // within the level's
    std::uint32_t target = 0;     // within the target's
};

// What is known before systemd is asked.
struct PlanFacts {
    const RuleSet* rules = nullptr;  // nullptr: not readable or not trusted
    std::string rules_trouble;
    bool disabled = false;  // an off switch file is there, or cannot be ruled out
    std::string disabled_detail;
    Instant now;
    WallTime wall;
    Used used;
};

// What the ask names; nullptr where the rules have no such thing.
struct Plan {
    const TargetRule* target = nullptr;
    const RungRule* rung = nullptr;
    const RemedyRule* remedy = nullptr;
    const ProviderRule* provider = nullptr;    // of a failover
    const CandidateRule* candidate = nullptr;  // the one that is asked for
};
[[nodiscard]] Plan find_plan(const Ask& ask, const RuleSet& rules);

// Rules, kind, plan, candidate, off switch, mode, protected units, files and names, age and budget,
// in this order.
//
// An operator's force passes mode, enforce_up_to and the budgets of the settings and the rules,
// but never the ceiling of rules::max_actions_per_hour.
[[nodiscard]] Answer admit_plan(const Ask& ask, const PlanFacts& facts);

// When our own last action on the unit was at work; nothing when there was none in this boot.
struct OwnAction {
    Instant from;
    Instant until;
};

// What a remedy asks of the target's unit.
struct UnitNeeds {
    bool unit = false;     // there must be one
    bool running = false;  // a signal
    bool failed = false;   // reset_failed
    bool reload = false;   // itself, or afterwards
    bool restart = false;  // itself, or afterwards: others may go down with it
};
[[nodiscard]] UnitNeeds needs_of(const RemedyRule& remedy);

// The unit's state: missing, masked, protected under another name, a job queued, stopped on
// purpose, cannot take the remedy.
[[nodiscard]] Answer admit_unit(const UnitNeeds& needs,
                                const systemd::UnitFacts& unit,
                                const std::optional<OwnAction>& own);

// The programs and files that must be root's alone before the remedy may use them: absolute paths.
[[nodiscard]] std::vector<std::string> trusted_paths(const Plan& plan);

// The units that would go down with it. With `most` (an execute) there may be so many; a preflight
// only looks for protected ones and leaves the count to the asker.
[[nodiscard]] Answer admit_blast(const std::vector<std::string>& units,
                                 std::optional<std::uint32_t> most);

// Whether a unit that is inactive or failed was brought there on purpose, as far as systemd can
// tell; true in doubt.
//
// A main process that ended by itself did so before its unit left the active state; one that was
// told to stop, after. So an end (ExecMainExitTimestamp) after ActiveExitTimestamp means a stop
// job or somebody's hand. Results that only systemd itself brings about (watchdog, oom-kill,
// start-limit-hit, protocol, resources) and a start that never became active are no stop. A unit
// that never ran, has no main process, may be active without one, or was unloaded tells nothing:
// inactive counts as stopped, failed does not.
[[nodiscard]] bool stopped_on_purpose(const systemd::UnitFacts& unit);

}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#pragma once

#include "replay/audit_figures.hpp"

#include <primum/record.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What an audit found.
namespace primum::replay {

inline constexpr std::size_t outcome_count = enum_names<Outcome>.size();
inline constexpr std::size_t result_count = enum_names<ActionResult>.size();

// What became of the actions of one rung, or of many.
struct AuditCounts {
    std::uint64_t detected = 0;   // incidents that entered it because its condition was met
    std::uint64_t would_act = 0;  // dry-run actions
    std::uint64_t acted = 0;      // intents, but for those that a person forced
    std::uint64_t forced = 0;     // intents of a person
    std::array<std::uint64_t, result_count> results{};        // of real actions, as they finished
    std::array<std::uint64_t, outcome_count> outcomes{};      // of real actions, as last verified
    std::array<std::uint64_t, outcome_count> dry_outcomes{};  // of dry-run actions
    std::uint64_t rolled_back = 0;
    std::uint64_t rollback_failed = 0;
    std::uint64_t justified = 0;  // of would_act and acted, as judged last
    std::uint64_t unjustified = 0;
    std::uint64_t labelled = 0;  // of both: by a person
    bool operator==(const AuditCounts&) const = default;

    void add(const AuditCounts& other);
    [[nodiscard]] Share precision() const { return {justified + unjustified, justified}; }
    // Real actions with a verdict, and those that improved.
    [[nodiscard]] Share improved() const;
    // Dry-run actions with a verdict, and those whose target recovered anyway.
    [[nodiscard]] Share recovered_anyway() const;
};

// How often each guard held something back: as the reason, and as any of the vetoes.
struct AuditGuards {
    std::array<std::uint64_t, guard_count> first{};
    std::array<std::uint64_t, guard_count> all{};
    bool operator==(const AuditGuards&) const = default;

    void add(const AuditGuards& other);
    [[nodiscard]] std::uint64_t total() const;
};

// Times of incidents: `acted` are those with at least one real action, `waited` those without
// (observed, dry-run, or held back all along): doing nothing.
struct AuditTimes {
    Spread detect;         // from the first sign of illness until the incident was opened
    Spread decide;         // from then until the first action, real or not, was decided
    Spread recover_acted;  // from the opening until the target was better for good
    Spread recover_waited;
    bool operator==(const AuditTimes&) const = default;
};

// By how much the counter of what users paid grew.
struct AuditCost {
    double during = 0;             // from the intent until the verdict
    std::optional<double> before;  // in the same span just before; nothing: not on record
    Duration span{0};
    bool operator==(const AuditCost&) const = default;
};

struct AuditAction {
    std::string id;
    std::uint64_t incident = 0;
    Level level = Level::retry;
    std::string kind;
    std::string candidate;  // of a failover
    bool dry_run = false;
    bool forced = false;
    WallTime intended;
    WallTime verified;  // zero: it was not
    ActionResult result = ActionResult::none;
    Outcome outcome = Outcome::none;
    ActionState state = ActionState::intended;  // the last one
    ActionLabel judged = ActionLabel::none;
    bool by_person = false;            // the judgement
    std::string judged_for;            // its reason
    std::vector<EvidenceItem> before;  // at the intent
    std::vector<EvidenceItem> after;   // at the verdict
    std::optional<AuditCost> cost;
    bool operator==(const AuditAction&) const = default;
};

// A target's level from then on.
struct AuditStep {
    WallTime at;
    Level level = Level::steady;
    bool operator==(const AuditStep&) const = default;
};

// What stands for itself beside the counts, of which there may be too many.
struct AuditCuts {
    std::uint64_t targets = 0;    // beyond the limit: counted in the totals only
    std::uint64_t incidents = 0;  // without times
    std::uint64_t actions = 0;    // without a row of their own
    std::uint64_t steps = 0;
    bool operator==(const AuditCuts&) const = default;
    [[nodiscard]] bool any() const { return targets + incidents + actions + steps > 0; }
};

struct AuditTarget {
    std::string host;  // empty: there is one host only, and nothing says its name
    std::string name;
    std::uint64_t incidents = 0;
    std::uint64_t open = 0;       // of them, still
    std::uint64_t exhausted = 0;  // decisions
    std::uint64_t stalled = 0;
    std::uint64_t relapsed = 0;
    Level peak = Level::steady;
    Duration ill{0};  // from openings to closings, within the range
    std::array<AuditCounts, level_count> rungs{};
    AuditGuards guards;
    AuditTimes times;
    bool has_cost = false;             // a series says what its users pay
    std::vector<AuditStep> steps;      // in their order
    std::vector<AuditAction> actions;  // in their order
    AuditCuts cut;
    bool operator==(const AuditTarget&) const = default;

    [[nodiscard]] AuditCounts counts() const;
};

struct AuditReport {
    WallTime from;  // of what is on record, within the range that was asked for
    WallTime to;
    std::uint64_t decisions = 0;
    std::uint64_t breaker_trips = 0;
    std::uint64_t holds = 0;  // holds and disables that people asked for
    std::uint64_t sources_failed = 0;
    std::vector<AuditTarget> targets;  // by host and name
    AuditCounts total;
    AuditGuards guards;
    AuditTimes times;
    std::uint64_t incidents = 0;
    std::array<AuditCounts, level_count> rungs{};
    AuditCuts cut;
};

}  // namespace primum::replay

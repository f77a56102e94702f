// SPDX-License-Identifier: MIT
#pragma once

#include "core/deadlines.hpp"
#include "core/flapping.hpp"
#include "core/health_census.hpp"
#include "core/indicator.hpp"
#include "core/response.hpp"

#include <primum/engine.hpp>
#include <primum/record.hpp>
#include <primum/rules.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::core {

// Three-valued: whether enough indicators are ill enough.
enum class Condition : std::uint8_t { no, yes, undecidable };

// A preflight that is being asked.
struct Asking {
    std::uint64_t ticket = 0;
    std::uint32_t index = 0;
    Instant answer_by;
    std::string candidate;  // of a failover

    static void members(auto& archive, auto& it) {
        archive.whole(it, it.ticket, it.index, it.answer_by, it.candidate);
    }
};

// A person's force of a rung, while the actuator is asked whether it can.
struct Forcing {
    OperatorEvent command;
    Asking asking;

    static void members(auto& archive, auto& it) { archive.whole(it, it.command, it.asking); }
};

// What preflight said last, while it still holds the rung back.
struct HeldBack {
    Guard guard = Guard::preflight;  // or blast_radius
    std::string detail;
    Instant ask_again;

    static void members(auto& archive, auto& it) {
        archive.whole(it, it.guard, it.detail, it.ask_again);
    }
};

// The action under way, real or dry-run, with the rung as it was compiled when it began.
struct Flight {
    ActionRecord record;
    RungRule rung;
    Instant not_after;
    Instant answer_by;  // while running: later than this it is ambiguous
    Instant settle_until;
    Instant verify_until;
    Instant data_by;                        // while awaiting data
    Instant undone_by;                      // while rolling back: later than this it has failed
    std::string undo_reason;                // worse, unchanged, operator
    bool back_wanted = false;               // a person wants it undone once it has finished
    std::string back_detail;                // and why
    std::vector<std::string> blast_radius;  // units that go down with it
    ActionFacts facts;   // of the news being taken, until a transition tells them
    std::string harmed;  // what turned ill since and depends on it, or went down with it

    static void members(auto& archive, auto& it) {
        archive.whole(it,
                      it.record,
                      it.rung,
                      it.not_after,
                      it.answer_by,
                      it.settle_until,
                      it.verify_until,
                      it.data_by,
                      it.undone_by,
                      it.undo_reason,
                      it.back_wanted,
                      it.back_detail,
                      it.blast_radius,
                      it.facts,
                      it.harmed);
        archive.require(it.record.index < it.rung.remedies.size());
    }

    [[nodiscard]] const RemedyRule& remedy() const { return rung.remedies[record.index]; }
};

// A closed incident that a relapse can re-open.
struct ClosedIncident {
    IncidentRecord record;
    Instant closed;

    static void members(auto& archive, auto& it) { archive.whole(it, it.record, it.closed); }
};

// Somebody else changed a watched file of the target.
struct Edit {
    std::string path;
    Instant at;

    static void members(auto& archive, auto& it) { archive.whole(it, it.path, it.at); }
};

// Everything the core knows of one target. `rules` keeps `rule` alive.
struct TargetState {
    TargetState(Deadlines::Key number,
                std::shared_ptr<const RuleSet> set,
                const TargetRule& target,
                const EngineLimits& limits);

    Deadlines::Key key;
    std::shared_ptr<const RuleSet> rules;
    const TargetRule* rule;
    std::vector<IndicatorState> indicators;
    std::vector<bool> was_ill;  // by indicator: ill at any time of the open incident, and not
                                // known to be well since
    bool gone = false;          // no longer in the rules; lives until its action has ended

    TargetHealth health = TargetHealth::unknown;  // as last noted
    bool was_in_trouble = false;                  // as last noted
    Flapping flapping;
    std::uint32_t changes = 0;  // `flapping` as it was saved at the last note

    Level level = Level::steady;
    Phase phase = Phase::steady;
    std::optional<IncidentRecord> incident;
    std::optional<IncidentRecord> written;  // the incident as last given to the ledger
    ResponseClock response;                 // of the incident
    std::optional<ClosedIncident> last_closed;
    bool fresh =
        true;  // level 0 had lasted `relapse` when the incident opened: cooldowns start anew

    Instant warm_up_until;
    Instant rung_entered;
    std::array<std::optional<Instant>, level_count> condition_since;
    std::optional<Instant> stuck_since;    // waiting for a condition
    std::optional<Instant> waiting_since;  // held back by a guard
    std::optional<Instant> soak_until;
    std::string soak_reason;  // how the incident will have ended
    std::optional<Asking> asking;
    std::optional<Forcing> forcing;
    std::optional<HeldBack> held_back;
    std::optional<Flight> flight;
    std::optional<DecisionRecord> last_decision;
    std::optional<Edit> edited;  // the latest

    [[nodiscard]] const RungRule& rung(Level at) const { return rule->rungs[index_of(at)]; }
    // Whether any of its remedies would really be carried out under this ceiling.
    [[nodiscard]] bool enforces_anything(Mode ceiling, WallTime now) const;
    [[nodiscard]] bool spent(Level at) const {
        return incident && (incident->spent >> index_of(at) & 1U) != 0;
    }
    // The worst of what is known.
    [[nodiscard]] Severity severity() const;
    // Whether what it shows now may be learnt as its normal: it is at level 0, nothing known of it
    // is ill, and it has warmed up.
    [[nodiscard]] bool is_well(Instant now) const {
        return level == Level::steady && now >= warm_up_until && severity() < Severity::warning;
    }
    // Whether at least `count` indicators are at `when` or above. A failed unit satisfies any
    // count; an indicator that was ill and about which nothing is known now is in doubt.
    [[nodiscard]] Condition condition(Severity when, std::uint32_t count) const;
    // The condition of a rung; of `observe` the default one where the rules do not name it.
    [[nodiscard]] Condition condition_of(Level at) const;
    [[nodiscard]] std::vector<EvidenceItem> evidence() const;
    // Brings was_ill up to date with the indicators. A deliberate unknown is no doubt.
    void note_illness(bool unit_is_deliberate);
    void forget_illness();

    // All but what it is of: `key`, `rules` and `rule`.
    static void members(auto& archive, auto& it) {
        archive.each_of(it.indicators, [&](auto& indicator) { archive(indicator); });
        archive(it.was_ill);
        archive.require(it.was_ill.size() == it.indicators.size());
        archive.up_to(it.health, TargetHealth::ill);
        archive(it.gone,
                it.was_in_trouble,
                it.flapping,
                it.changes,
                it.level,
                it.phase,
                it.incident,
                it.written,
                it.response,
                it.last_closed,
                it.fresh,
                it.warm_up_until,
                it.rung_entered,
                it.condition_since,
                it.stuck_since,
                it.waiting_since,
                it.soak_until,
                it.soak_reason,
                it.asking,
                it.forcing,
                it.held_back,
                it.flight,
                it.last_decision,
                it.edited);
        archive.require(it.is_possible());
    }
    // Whether its phase has what belongs to it.
    [[nodiscard]] bool is_possible() const;
};

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include "core/action_book.hpp"
#include "core/breaker.hpp"
#include "core/deadlines.hpp"
#include "core/health_census.hpp"
#include "core/hold_book.hpp"
#include "core/precision_book.hpp"
#include "core/provider_state.hpp"
#include "core/trial_book.hpp"
#include "core/unit_book.hpp"

#include <primum/effect.hpp>
#include <primum/engine.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace primum::core {

struct TargetState;

// How many flights are open, real and dry-run apart.
struct FlightCount {
    std::uint32_t real = 0;
    std::uint32_t dry = 0;

    static void members(auto& archive, auto& it) { archive.whole(it, it.real, it.dry); }
};

// A rollback of an action that is not under way: a person asked for it, or it is a failback.
struct AskedBack {
    std::string action;
    std::uint64_t incident = 0;  // 0: the action is too old to be remembered
    std::string target;
    Level level = Level::steady;
    std::uint32_t uid = 0;
    std::string code = "operator";     // or failback, or what verification found before a restart
    std::string reason;                // what the person said
    std::vector<GuardVerdict> guards;  // of a failback
    Instant answer_by;

    static void members(auto& archive, auto& it) {
        archive.whole(it,
                      it.action,
                      it.incident,
                      it.target,
                      it.level,
                      it.uid,
                      it.code,
                      it.reason,
                      it.guards,
                      it.answer_by);
    }
};

// What all targets share: the present, the rules, the books, and the effects being collected.
struct World {
    explicit World(const EngineLimits& bounds)
        : limits(bounds),
          actions(bounds.remembered_actions),
          precision(bounds.precision_rows, bounds.remembered_judgements),
          holds(bounds.holds) {}

    EngineLimits limits;
    Stamp now;
    std::shared_ptr<const RuleSet> rules;

    std::string boot_id;
    bool clock_synchronised = false;
    std::string ledger_uuid;
    std::uint64_t next_action = 1;
    std::uint64_t next_incident = 1;
    std::uint64_t next_hold = 1;
    std::uint64_t next_ticket = 1;

    bool disabled = false;  // the off switch
    std::string disabled_by;
    std::string busy;  // what is at work on the host, or empty
    bool ledger_healthy = true;
    std::string ledger_detail;

    UnitBook units;
    ActionBook actions;
    BreakerBook breakers;
    TrialBook trials;
    PrecisionBook precision;
    HoldBook holds;
    HealthCensus census;
    Deadlines deadlines;
    FlightCount flights;
    std::map<std::string, Deadlines::Key, std::less<>> flying;  // action id -> target
    std::map<std::string, TargetState*, std::less<>> targets;   // owned by the engine
    std::map<std::string, std::unique_ptr<ProviderState>, std::less<>> providers;
    std::set<std::string> in_doubt;  // actions that ended ambiguous; their late news is recorded
    std::map<std::string, AskedBack> asked_back;  // by action: waiting for the actuator's answer
    std::map<std::string, AskedBack> late_back;   // nobody waits for these any more
    Deadlines::Key own_key = 0;                   // of deadlines that are no target's
    bool any_gone = false;             // some target left the rules and waits for its action to end
    std::set<Deadlines::Key> ill;      // targets with an open incident
    std::set<Deadlines::Key> changed;  // targets to look at before this step ends
    // Providers, which come first: a target that fails over is to know how they stand now.
    std::set<Deadlines::Key> changed_providers;
    std::vector<Effect> effects;

    void emit(Effect effect) { effects.push_back(std::move(effect)); }
    void record(Record record) {
        effects.emplace_back(std::in_place_type<RecordEffect>, std::move(record));
    }
    // All but `limits`, of which it is made, and what the engine makes anew: `rules`, `targets`,
    // `providers`.
    static void members(auto& archive, auto& it) {
        archive(it.now,
                it.boot_id,
                it.clock_synchronised,
                it.ledger_uuid,
                it.next_action,
                it.next_incident,
                it.next_hold,
                it.next_ticket);
        archive(it.disabled, it.disabled_by, it.busy, it.ledger_healthy, it.ledger_detail);
        archive(it.units,
                it.actions,
                it.breakers,
                it.trials,
                it.precision,
                it.holds,
                it.census,
                it.deadlines);
        archive(it.flights, it.flying, it.in_doubt, it.asked_back, it.late_back);
        archive(it.own_key, it.any_gone, it.ill, it.changed);
    }

    // Something that all ill targets wait for may have changed.
    void look_at_all_ill() { changed.insert(ill.begin(), ill.end()); }
};

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include "core/action_book.hpp"
#include "core/deadlines.hpp"
#include "core/health_census.hpp"
#include "core/hold_book.hpp"
#include "core/unit_book.hpp"

#include <primum/effect.hpp>
#include <primum/engine.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace primum::core {

struct TargetState;

// How many flights are open, real and dry-run apart.
struct FlightCount {
    std::uint32_t real = 0;
    std::uint32_t dry = 0;
};

// What all targets share: the present, the rules, the books, and the effects being collected.
struct World {
    explicit World(const EngineLimits& bounds)
        : limits(bounds), actions(bounds.remembered_actions), holds(bounds.holds) {}

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
    HoldBook holds;
    HealthCensus census;
    Deadlines deadlines;
    FlightCount flights;
    std::map<std::string, Deadlines::Key, std::less<>> flying;  // action id -> target
    std::map<std::string, TargetState*, std::less<>> targets;   // owned by the engine
    std::set<std::string> in_doubt;    // actions that ended ambiguous; their late news is recorded
    bool any_gone = false;             // some target left the rules and waits for its action to end
    std::set<Deadlines::Key> ill;      // targets with an open incident
    std::set<Deadlines::Key> changed;  // targets to look at before this step ends
    std::vector<Effect> effects;

    void emit(Effect effect) { effects.push_back(std::move(effect)); }
    void record(Record record) { emit(RecordEffect{std::move(record)}); }
    // Something that all ill targets wait for may have changed.
    void look_at_all_ill() { changed.insert(ill.begin(), ill.end()); }
};

}  // namespace primum::core

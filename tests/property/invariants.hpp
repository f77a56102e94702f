// SPDX-License-Identifier: MIT
#pragma once

#include "property/guard_invariants.hpp"
#include "property/precision_invariants.hpp"
#include "support/world.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace primum::property {

// Watches a run for breaches of the invariants of DESIGN.md section 11 that effects can show.
class Invariants {
public:
    explicit Invariants(const support::World& world) : world_(world), guards_(world) {}

    // Before the next turn is looked at.
    void see(const support::Turn& turn);
    // To be called just before primumd restarts: what is not durable is gone.
    void restarted();
    // Every fault has ended long ago.
    void at_the_end();

    [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }

private:
    struct Intent {
        ActionRecord record;
        bool durable = false;
        bool ran = false;
        bool flying = true;
        std::optional<Instant> ended;
        int outcomes = 0;
        int ends = 0;  // kept, rolled back or not, but for what a person asked for later
        bool record_lost = false;  // a crash took some of what the ledger had not made durable
    };

    void see_event(const support::Turn& turn);
    void see_host(const HostEvent& event);
    void see(const ActionRecord& record);
    void see(const TransitionRecord& record);
    void see(const DecisionRecord& record);
    void see(const HoldRecord& record);
    void see(const IncidentRecord& record);
    void see(const RunAction& run);
    void see(const BreakerRecord& record);
    void see(const RollBack& back);
    void see_restore(const RestoredState& state);
    void see(const LevelChanged& change);
    void see(const Notify& page);
    void check_budget(const ActionRecord& record,
                      const Budget& budget,
                      const std::string& whose,
                      bool of_target,
                      bool of_level);
    void check_unforced(const ActionRecord& record, const TargetRule& rule_of);
    void check_in_flight(const ActionRecord& record);
    void check_cooldown(const ActionRecord& record);
    void check_evidence(const ActionRecord& record);
    [[nodiscard]] bool is_latched(const std::string& target) const;
    void check_untouchable(const std::string& target, const std::string& what);
    void breach(const std::string& what);
    [[nodiscard]] const TargetRule* rule(const std::string& target) const;

    const support::World& world_;
    GuardInvariants guards_;
    PrecisionInvariants precision_;
    Stamp now_;
    std::map<std::string, Intent> intents_;
    std::map<std::uint64_t, HoldRecord> holds_;
    std::map<std::uint64_t, std::set<Level>> spent_;
    std::map<std::uint64_t, IncidentRecord> incidents_;
    std::set<std::pair<std::uint64_t, PageKind>> pages_;
    std::map<std::uint64_t, std::uint32_t> overdue_;
    std::set<std::string> tripped_;  // breakers; "" is the host's
    bool records_lost_ = false;      // by the last restart
    bool off_ = false;
    bool ledger_healthy_ = true;
    std::optional<Instant> warming_since_;
    std::vector<std::string> breaches_;
};

}  // namespace primum::property

// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_world.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::replay {

// Looks at every step of a world for breaches of the invariants that the core owns:
// docs/simulation.md lists them. What it knows it has from events and effects alone, and from the
// world what is true.
class SimInvariants final : public SimObserver {
public:
    explicit SimInvariants(const SimWorld& world);

    void see(const SimStep& step) override;
    // Once every fault has ended long ago: nothing may still be under way.
    void at_the_end();
    // Every incident is over, or waits for a person, or for what only a person can change.
    [[nodiscard]] bool is_settled() const;

    // The first of them, in words, with the time.
    [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }
    void breach(const std::string& what);

private:
    struct Intent {
        std::string id;
        std::uint32_t target = 0;
        Level level = Level::retry;
        std::uint64_t incident = 0;
        WayBack way_back = WayBack::none;
        Duration at{0};
        Instant not_after;
        Duration answer_by{0};  // later than this its outcome is overdue
        std::optional<Duration> ended;
        bool dry_run = false;
        bool durable = false;
        bool ran = false;
        bool flying = true;
        bool taken_back = false;   // a rollback was asked for
        bool record_lost = false;  // a crash took some of what was known of it
        std::uint32_t outcomes = 0;
    };
    struct Patient {
        std::optional<IncidentRecord> incident;  // open
        std::uint8_t spent = 0;
        bool in_doubt = false;  // an action of the open incident ended ambiguous
        bool breaker = false;
        Duration warm_from{0};
    };
    struct Standing {
        CandidateState state = CandidateState::unknown;
        bool current = false;
        Instant since;  // in this state, as it is known
    };
    struct Hold {
        std::uint32_t target = 0;  // UINT32_MAX: all
        std::uint64_t id = 0;
        Duration until{0};
    };

    void see_event(const SimStep& step);
    void see_restore(const RestoredState& state);
    void see_rules(const RuleSet& rules);
    void see_effect(const Effect& effect, const SimStep& step);
    void see_reply(const OperatorReply& reply, const SimStep& step);
    void see(const ActionRecord& record);
    void see(const TransitionRecord& record);
    void see(const DecisionRecord& record);
    void see(const IncidentRecord& record);
    void see(const HoldRecord& record);
    void see(const BreakerRecord& record);
    void see(const ProviderRecord& record);
    void see(const RunAction& run);
    void see_rollback(const RollBack& back, bool by_person);
    void see(const LevelChanged& change);
    void see(const Notify& page);
    void check_candidate(const ActionRecord& record, const char* what);
    void remember_failover(const ActionRecord& record);
    void check_failback(const RollBack& back);
    void forget_candidates(const RestoredState& state);
    void check_intent(const ActionRecord& record, std::uint32_t target);
    void check_budget(const ActionRecord& record, const Budget& budget, std::string_view whose);
    void check_in_flight(const Intent& intent);
    void check_cooldown(const Intent& intent);
    void check_evidence(const ActionRecord& record, std::uint32_t target);
    void check_untouchable(std::uint32_t target, std::string_view what);
    void check_overdue();
    void check_pages();
    [[nodiscard]] bool is_stuck_for_good(std::uint32_t target) const;
    [[nodiscard]] bool is_held(std::uint32_t target) const;
    [[nodiscard]] const TargetRule& rule(std::uint32_t target) const;
    Intent* find(std::string_view action);

    const SimWorld& world_;
    Duration now_{0};
    Duration passed_{0};  // with what the host has slept: by this budgets and cooldowns are checked
    Stamp stamp_;
    std::map<std::uint64_t, Intent> intents_;    // by sequence
    std::vector<Intent> failbacks_;              // of the last day: they use budgets
    std::map<std::string, ActionRecord> moved_;  // failovers by action
    std::map<std::pair<std::string, std::string>, Standing> standings_;
    bool goes_back_ = false;  // a failback was decided in this step
    std::vector<Patient> patients_;
    std::vector<Hold> holds_;
    std::set<std::pair<std::uint64_t, PageKind>> pages_;
    std::vector<std::string> digests_;  // of the targets, as in force
    std::optional<Duration> overdue_at_;
    std::vector<std::pair<std::uint64_t, std::string>>
        reasons_;                                              // decided in this step, by incident
    std::vector<std::pair<std::uint64_t, std::string>> told_;  // and told to a person
    bool started_ = false;
    bool off_ = false;
    bool host_breaker_ = false;
    bool ledger_healthy_ = true;
    std::vector<std::string> breaches_;
};

// A second engine that is given the same events, across crashes too: its effects must be the same,
// byte for byte.
class SimTwin final : public SimObserver {
public:
    explicit SimTwin(SimInvariants& invariants) : invariants_(invariants) {}
    void see(const SimStep& step) override;

private:
    SimInvariants& invariants_;
    std::optional<Engine> engine_;
};

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include "replay/audit_report.hpp"

#include <primum/record.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::replay {

// What an audit looks at. An incident counts by when it was opened, an action with all that became
// of it by when it was intended, a decision by when it was made; `from` is in the range, `to` not.
struct AuditScope {
    WallTime from = WallTime::min();
    WallTime to = WallTime::max();
    std::string target;  // empty: all

    [[nodiscard]] bool has(WallTime at) const { return at >= from && at < to; }
};

struct AuditLimits {
    std::size_t targets = 5'000;
    std::size_t incidents = 50'000;
    std::size_t actions = 50'000;         // whose outcome is followed
    std::size_t actions_of_target = 500;  // with evidence and a row of their own
    std::size_t steps_of_target = 4'000;
    std::size_t evidence = 64;  // items of one action
};

// Counts what the records of one or more hosts say, whether they come from a ledger or are made
// again from a recording. Records of one kind must come in their order; those of several kinds may
// come one kind after the other. Memory is bounded by the limits; beyond them it counts on, and
// says what it has left out.
class Audit {
public:
    explicit Audit(AuditScope scope, AuditLimits limits = {});

    // Whose records come next: what was begun before is complete. Empty: nobody says.
    void begin_host(std::string host);
    void take(const Record& record);

    // What a recording knows beside its records. All are of incidents and actions that take() was
    // given, else nothing.
    void note_first_sign(std::uint64_t incident, WallTime at);
    void note_cost(const std::string& action, const AuditCost& cost);
    void note_cost_series(const std::string& target);

    [[nodiscard]] AuditReport report() const;

private:
    static constexpr std::size_t none = SIZE_MAX;  // no target that is looked at

    struct Incident {
        std::size_t target = none;
        WallTime opened;
        WallTime closed;
        WallTime better;      // the last time it began to soak
        WallTime first_sign;  // zero: not known
        WallTime decided;     // on the first action; zero: on none
        bool open = true;
        bool acted = false;
        bool recovered = false;
    };
    struct Action {
        std::size_t target = none;  // none: its intent was not seen, or is out of the scope
        AuditAction row;
    };
    struct Times {
        SpreadOf detect;
        SpreadOf decide;
        SpreadOf recover_acted;
        SpreadOf recover_waited;

        void add(const Incident& incident);
        [[nodiscard]] AuditTimes spreads() const;
    };

    void take_one(const IncidentRecord& record);
    void take_one(const DecisionRecord& record);
    void take_one(const ActionRecord& record);
    void take_one(const TransitionRecord& record);
    void take_one(const JudgementRecord& record);
    void take_one(const OperatorRecord& record);
    template <class T>
    void take_one(const T& /*record*/) {}

    void note_step(const DecisionRecord& record, AuditTarget& target);
    void note_waited(const DecisionRecord& record, AuditTarget& target);
    // The target's place in targets_, which is made where there is room; the last place is that of
    // all others together.
    std::size_t place_of(const std::string& name);
    // Null: there is no room for more.
    Incident* incident_of(std::uint64_t id);
    Action* action_of(const std::string& id);
    void saw(WallTime at);
    void count_incidents(AuditReport& report) const;
    void count_actions(AuditReport& report) const;

    AuditScope scope_;
    AuditLimits limits_;
    std::string host_;
    std::map<std::pair<std::string, std::string>, std::size_t> places_;  // by host and target
    std::vector<AuditTarget> targets_;  // without what report() works out
    std::map<std::pair<std::string, std::uint64_t>, Incident> incidents_;
    std::map<std::pair<std::string, std::string>, Action> actions_;
    AuditReport seen_;  // without targets, and what report() works out
};

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include "support/world.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace primum::property {

// What a guard should have held back, told from the events alone: a second reckoning beside the
// engine's own, coarser, and never stricter than the guard.
class GuardInvariants {
public:
    explicit GuardInvariants(const support::World& world) : world_(world) {}

    // The breaches of one turn, in words. Turns that the engine rejected are not to be shown.
    [[nodiscard]] std::vector<std::string> see(const support::Turn& turn);

private:
    struct Unit {
        std::optional<std::string> invocation;
        UnitEvent state;
        std::deque<Instant> starts;
        std::optional<Instant> started_by_somebody;
    };

    void see_event(const EventBody& body);
    void see(const UnitEvent& event);
    void check(const ActionRecord& record);
    void check_verdicts(const ActionRecord& record);
    void check_dependencies(const TargetRule& target);
    void check_common_cause();
    void check_start_limit(const Unit& unit);
    [[nodiscard]] bool is_ill(const TargetRule& target) const;

    const support::World& world_;
    Instant now_;
    bool busy_ = false;
    bool reloaded_ = false;
    std::map<std::string, Unit> units_;
    std::map<std::string, Instant> edits_;             // by target
    std::map<std::string, IncidentRecord> incidents_;  // the latest of each target
    std::map<std::pair<std::string, std::string>, Severity> severities_;
    std::vector<std::string> breaches_;
};

}  // namespace primum::property

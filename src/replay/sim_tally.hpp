// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_world.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace primum::replay {

// What was done to one target in a run.
struct SimCount {
    std::array<std::uint32_t, level_count> acted{};       // actions that were run, by level
    std::array<std::uint32_t, level_count> would_act{};   // dry-run ones
    std::array<std::uint32_t, level_count> worse{};       // outcomes, of enforced actions
    std::array<std::uint32_t, level_count> taken_back{};  // rolled back
    std::array<std::uint32_t, enum_names<PageKind>.size()> pages{};
    std::uint32_t waited = 0;  // a bit per Guard that held something back
    std::uint32_t opened = 0;
    std::uint32_t rollbacks_by_hand = 0;  // that a person asked for and got
    std::optional<Duration> first;        // when anything was done, or would have been
    Level peak = Level::steady;
    bool breaker = false;   // its own is tripped
    std::string exhausted;  // the code, of the open incident
    bool open = false;      // an incident is
    std::string last;       // the latest decision's kind

    [[nodiscard]] std::uint32_t actions() const;
    [[nodiscard]] std::uint32_t would_acts() const;
    [[nodiscard]] bool was_held_back_by(Guard guard) const {
        return (waited >> static_cast<unsigned>(guard) & 1U) != 0;
    }
};

// Counts what an engine does to every target of a world.
class SimTally final : public SimObserver {
public:
    explicit SimTally(const SimWorld& world);

    void see(const SimStep& step) override;

    [[nodiscard]] const std::vector<SimCount>& counts() const { return counts_; }
    [[nodiscard]] std::uint32_t source_incidents() const { return source_incidents_; }
    [[nodiscard]] bool host_breaker() const { return host_breaker_; }

private:
    struct Known {
        std::uint32_t target = 0;
        Level level = Level::retry;
    };

    void see(const Record& record);
    SimCount* count(const std::string& target);

    const SimWorld& world_;
    std::vector<SimCount> counts_;
    std::unordered_map<std::string, Known> actions_;  // of the latest ones
    std::uint32_t source_incidents_ = 0;
    bool host_breaker_ = false;
};

// How it stands with a target at the end: "untouched", "recovered", "exhausted (ladder_spent)",
// "breaker", "ill".
[[nodiscard]] std::string outcome_text(const SimCount& count);

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include "replay/audit.hpp"
#include "replay/audit_cost.hpp"
#include "replay/player.hpp"
#include "replay/replay_error.hpp"

#include <primum/event.hpp>
#include <primum/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace primum::replay {

// Gives an audit the decisions of a recording, made again as they were, and what only a recording
// knows: first signs of illness, and what users paid.
class RecordingAudit {
public:
    // `incident`: only what belongs to this one.
    explicit RecordingAudit(Audit& audit, std::optional<std::uint64_t> incident = std::nullopt)
        : audit_(audit), incident_(incident) {}

    [[nodiscard]] Result<void, ReplayError> play(const Event& event);

private:
    struct Intent {
        std::string target;
        Instant at;
    };

    void take(const Record& record);
    void look_at(const DecisionRecord& decision);
    void look_at(const TransitionRecord& transition);
    [[nodiscard]] Duration made_sure(const std::string& target, const std::string& indicator) const;
    // Whether it belongs to what is audited.
    [[nodiscard]] bool is_meant(const Record& record) const;

    Audit& audit_;
    std::optional<std::uint64_t> incident_;
    Player player_;
    CostCounters costs_;
    std::string rules_;                      // digest of those that costs_ has
    std::map<std::string, Intent> intents_;  // of actions without a verdict
};

}  // namespace primum::replay

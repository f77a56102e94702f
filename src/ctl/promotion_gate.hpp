// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/run.hpp"
#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <primum/rules.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What must hold before a level of a target may be enforced.
namespace primum::ctl {

struct Condition {
    std::string name;
    bool met = false;
    bool waived = false;
    std::string figure;   // what was found
    std::string missing;  // what is missing, and what to do; empty where it is met

    [[nodiscard]] bool passes() const { return met || waived; }
};

// A person's word in the place of a condition.
struct Waiver {
    std::vector<std::string> conditions;
    std::string owner;
    std::string reason;
    WallTime until;
};

// What is asked for, and what it is asked of.
struct PromotionCase {
    const rules::RulesLoad& load;
    const rules::Settings& settings;
    const TargetRule& target;
    Level level = Level::retry;
    const std::optional<Waiver>& waiver;
};

struct GateReport {
    std::string target;
    Level level = Level::retry;
    std::string digest;  // of the level
    std::vector<Condition> conditions;

    [[nodiscard]] bool open() const;
    // All of it in one line, for the record.
    [[nodiscard]] std::string summary() const;
};

// Whether that condition may be waived.
[[nodiscard]] bool is_waivable(std::string_view condition);

// Whether the promotion of `level` stands now.
[[nodiscard]] bool is_promoted(const TargetRule& target, Level level, WallTime now);

// The lowest level with remedies that is not promoted; nothing: all are.
[[nodiscard]] std::optional<Level> next_level(const TargetRule& target, WallTime now);

// Tries every condition, here and now: it simulates and drills.
[[nodiscard]] GateReport try_gate(const PromotionCase& asked, Surroundings& world);

// The gate to rules that have mistakes: one condition, that is not met.
[[nodiscard]] GateReport mistaken_gate(const rules::RulesLoad& load,
                                       const std::string& target,
                                       Level level);

[[nodiscard]] std::string gate_text(const GateReport& report, const Painter& painter);

}  // namespace primum::ctl

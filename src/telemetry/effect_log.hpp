// SPDX-License-Identifier: MIT
#pragma once

#include "telemetry/action_index.hpp"
#include "telemetry/journal.hpp"

#include <primum/effect.hpp>
#include <primum/event.hpp>

#include <optional>

namespace primum::telemetry {

// Turns what the core decided into journal entries: decisions, changes of level and severity,
// actions and what became of them, pages, operators' commands, rejected events. Each is told once.
class EffectLog {
public:
    explicit EffectLog(Journal& journal) : journal_(journal) {}

    // The daemon calls it with every event (restored actions, rules, off switch and ledger health
    // matter here) and every effect, in their order.
    void observe(const Event& event);
    void observe(const Effect& effect);

private:
    Journal& journal_;
    ActionIndex actions_;
};

// The entry for one effect, or nothing where an effect has none. `actions` says to which target a
// transition belongs.
[[nodiscard]] std::optional<Entry> entry_of(const Effect& effect, const ActionIndex& actions);

// The entry for one event: rules in force, the off switch, the ledger's health; nothing for others.
[[nodiscard]] std::optional<Entry> entry_of(const Event& event);

}  // namespace primum::telemetry

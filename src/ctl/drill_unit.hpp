// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/drill_report.hpp"
#include "remedy/execution.hpp"
#include "systemd/bus.hpp"

#include <primum/rules.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

// What can be said of a remedy without an effect: by looking at its unit, its programs, its calls.
namespace primum::ctl {

// Turns the loop until an answer is there or a signal came.
void await(systemd::EventLoop& loop, const bool& interrupted, const std::function<bool()>& done);

// What systemd and the bus say; nothing is asked twice.
struct DrillSight {
    systemd::EventLoop& loop;
    systemd::Bus& bus;
    const bool& interrupted;
    std::optional<systemd::ManagerResult<systemd::UnitFacts>> unit;  // none: no systemd here
};

// That the unit can take this remedy, and what is not proved of it because only the real thing
// shows it.
[[nodiscard]] std::vector<Proof> prove_unit(const DrillSight& sight,
                                            const TargetRule& target,
                                            const RemedyRule& rule);

// The check of a fallback, run as the remedy runs it: shown the known-good files at their paths.
// `tools` keeps its copies in the private directory; nothing is replaced.
[[nodiscard]] Proof prove_check(const DrillSight& sight,
                                const remedy::Tools& tools,
                                remedy::Order order);

}  // namespace primum::ctl

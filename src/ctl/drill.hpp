// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/drill_directory.hpp"
#include "ctl/drill_report.hpp"
#include "ctl/run.hpp"

#include <primum/rules.hpp>

namespace primum::ctl {

// Tries a target's remedies without an effect: those that change files on private copies, all
// others as far as looking goes. For root, without primumd. Exit::breach where something failed.
// A SIGINT, SIGTERM or SIGHUP ends the program, once the copies are removed.
[[nodiscard]] Exit drill(const DrillOptions& options, bool json, Surroundings& world);

// The same of a target of rules that were read already, without a word.
[[nodiscard]] Result<DrillReport, DrillRefusal> drill_report(const TargetRule& target,
                                                             const RuleSet& rules,
                                                             const Surroundings& world);

}  // namespace primum::ctl

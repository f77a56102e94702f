// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/live_units.hpp"
#include "ctl/run.hpp"
#include "rules/error.hpp"
#include "rules/lint.hpp"
#include "rules/settings.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace primum::ctl {

// Whether the units of this host were asked for, which some lints need.
enum class UnitsAsked : std::uint8_t { yes, offline, no_systemd };

// What a check of rule files found.
struct RulesReport {
    std::vector<rules::RuleError> errors;  // of settings and rules, in order
    std::vector<rules::Lint> lints;        // only where there is no error
    UnitsAsked asked = UnitsAsked::offline;
    std::string digest;  // of the rule set, when there is no error
    std::size_t targets = 0;
    std::size_t sources = 0;
    std::size_t files = 0;
};

// Reads rules (and, where `settings` is not empty, that settings file, whose limits then hold)
// and finds every mistake and lint. Needs no primumd. Without `units` those lints that need the
// host's units are left out.
[[nodiscard]] RulesReport check_rules(const std::vector<std::string>& paths,
                                      const std::string& settings,
                                      const std::vector<std::string>& library = {},
                                      LiveUnits* units = nullptr);

// The settings with templates from these directories; none: from those that they name.
[[nodiscard]] rules::Settings with_library(rules::Settings settings,
                                           const std::vector<std::string>& library);

[[nodiscard]] std::string report_json(const RulesReport& report);
// One line for people when there is no mistake; and which lints are left out, and why.
[[nodiscard]] std::string report_text(const RulesReport& report);
// One line a mistake, `file:line:column: ...`, and a last one that counts them.
[[nodiscard]] std::string mistakes_text(const RulesReport& report);
// The same of lints; empty where there is none.
[[nodiscard]] std::string warnings_text(const RulesReport& report);

// Carries out `rules check`.
[[nodiscard]] Exit rules_check(const Command& command, Surroundings& world);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"
#include "rules/settings.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace primum::ctl {

// What a check of rule files found.
struct RulesReport {
    std::vector<rules::RuleError> errors;  // of settings and rules, in order
    std::string digest;                    // of the rule set, when there is no error
    std::size_t targets = 0;
    std::size_t sources = 0;
    std::size_t files = 0;
};

// Reads rules (and, where `settings` is not empty, that settings file, whose limits then hold)
// and finds every mistake. Needs no primumd.
[[nodiscard]] RulesReport check_rules(const std::vector<std::string>& paths,
                                      const std::string& settings,
                                      const std::vector<std::string>& library = {});

// The settings with templates from these directories; none: from those that they name.
[[nodiscard]] rules::Settings with_library(rules::Settings settings,
                                           const std::vector<std::string>& library);

[[nodiscard]] std::string report_json(const RulesReport& report);
// One line for people when all is well.
[[nodiscard]] std::string report_text(const RulesReport& report);
// One line a mistake, `file:line:column: ...`, and a last one that counts them.
[[nodiscard]] std::string mistakes_text(const RulesReport& report);

}  // namespace primum::ctl

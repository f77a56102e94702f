// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"
#include "rules/loader.hpp"
#include "rules/places.hpp"

#include <memory>
#include <string>
#include <vector>

namespace primum::ctl {

struct LoadedRules {
    std::shared_ptr<const RuleSet> rules;
    rules::Places places;
};

// Reads rules under the settings that the command names; without paths those that the settings
// name. Mistakes are told, and the exit code is the error.
[[nodiscard]] Result<LoadedRules, Exit> load_rules_of(const Command& command,
                                                      const std::vector<std::string>& paths,
                                                      Surroundings& world);

// A document of rules as JSON.
void write_json(std::string& json, const rules::Node& value);

// Carries out `rules show`.
[[nodiscard]] Exit rules_show(const Command& command, Surroundings& world);

}  // namespace primum::ctl

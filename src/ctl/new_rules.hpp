// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/listening.hpp"
#include "ctl/live_units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace primum::ctl {

// What a rule file for one unit is made of.
struct NewRule {
    UnitSight unit;
    std::optional<std::vector<Listening>> sockets;  // nothing: they could not be read
    std::string library_file;          // a template that is named as the unit is, or empty
    std::vector<std::string> configs;  // files below /etc that its command line names
    bool restarts = true;              // false: a restart does not go with the unit; see `why_not`
    std::string why_not;
};

// The target's name: the unit's without its suffix.
[[nodiscard]] std::string target_name(const std::string& unit);

// The file of a library template for the unit: of its name up to the first '@', or else '-'; empty
// where no directory has one.
[[nodiscard]] std::string library_file_of(const std::string& unit,
                                          const std::vector<std::string>& directories);

// The paths below /etc among the arguments of its programs, each once.
[[nodiscard]] std::vector<std::string> configs_of(const UnitSight& unit);

// A commented rule file in dry-run. Everything that was not read from the host is said to be a
// guess, and stands in a comment.
[[nodiscard]] std::string new_rule_text(const NewRule& rule);

}  // namespace primum::ctl

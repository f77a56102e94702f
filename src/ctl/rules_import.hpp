// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/monit_import.hpp"
#include "ctl/run.hpp"

#include <string>

namespace primum::ctl {

// The rules as a commented file.
[[nodiscard]] std::string monit_rules_text(const MonitRules& rules, const std::string& from);

// Files of this host; includes are expanded by glob(7), sorted, directories left out.
[[nodiscard]] MonitFiles host_files();

// Carries out `rules import monit`.
[[nodiscard]] Exit rules_import_monit(const Command& command, Surroundings& world);

}  // namespace primum::ctl

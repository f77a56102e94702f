// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/live_units.hpp"
#include "ctl/monit_file.hpp"
#include "rules/node.hpp"

#include <string>
#include <vector>

namespace primum::ctl {

// Rules made of monit's checks.
struct MonitRules {
    rules::Node document;         // tables `source` and `target`, as rules::rule_tree gives them
    std::vector<MonitLeft> left;  // what has no equivalent, in order of file and line
};

// Translates what has an equivalent, never further: every target is in dry-run (in `observe` where
// monit was passive or where there is no unit), nothing is run that monit would have run, and what
// is not translated, or only in part, is left over.
[[nodiscard]] MonitRules translate_monit(const MonitFile& file);

// The checks that would restart the unit, each with its period.
[[nodiscard]] std::vector<TimerSight> monit_watches(const MonitFile& file, const std::string& unit);

// The systemd unit that `program` (/etc/init.d/x start, systemctl start x, service x start) starts;
// empty where that is not to be told.
[[nodiscard]] std::string unit_of_program(const std::string& program);

}  // namespace primum::ctl

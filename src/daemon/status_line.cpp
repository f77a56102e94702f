// SPDX-License-Identifier: MIT
#include "daemon/status_line.hpp"

#include <fmt/format.h>

namespace primum::daemon {

std::string status_line(const StatusFacts& facts) {
    std::string line = fmt::format("{}: {} target{}, {} not steady, {} action{} in flight",
                                   name_of(facts.mode),
                                   facts.targets,
                                   facts.targets == 1 ? "" : "s",
                                   facts.ill,
                                   facts.in_flight,
                                   facts.in_flight == 1 ? "" : "s");
    if (facts.disabled) {
        line += "; switched off";
    }
    if (!facts.rules_loaded) {
        line += "; THE RULES ON DISK HAVE ERRORS (primumctl rules check)";
    }
    if (!facts.ledger_healthy) {
        line += "; no remedies: the ledger cannot be written";
    }
    return line;
}

}  // namespace primum::daemon

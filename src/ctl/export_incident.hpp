// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/bundle.hpp"
#include "ctl/command.hpp"
#include "ctl/json.hpp"
#include "ctl/run.hpp"

#include <string>
#include <vector>

namespace primum::ctl {

// Everything that a bundle tells, gathered.
struct BundleFacts {
    Document story;                      // Incident
    std::vector<Json> commands;          // of people, about this incident
    std::vector<std::string> impacted;   // other targets with an incident at the same time
    std::vector<std::string> decisions;  // on record and within the slice, canonical
    Slice slice;
    bool replays = false;               // the slice gives exactly these decisions
    std::string environment;            // JSON
    std::vector<std::string> suspects;  // lines of the rules that look as if they held a secret
    std::string name;                   // incident-7
};

// What kind of thing went wrong: "unit_failed", "indicator", "source", "common_cause", "unknown".
[[nodiscard]] std::string cause_class(const BundleFacts& facts);

// incident.json and report.md.
[[nodiscard]] std::string bundle_json(const BundleFacts& facts);
[[nodiscard]] std::string bundle_report(const BundleFacts& facts);

// `incidents export`.
[[nodiscard]] Exit export_incident(const Command& command, Surroundings& world);

}  // namespace primum::ctl

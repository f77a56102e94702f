// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"

#include <primum/engine.hpp>
#include <primum/record.hpp>
#include <primum/time.hpp>

#include <string>
#include <vector>

// The JSON documents that the reads of org.primum.Primum1.Manager answer, each one object with
// `"v":1` and `"now"`. docs/dbus.md gives their fields.
namespace primum::bus {

// Status: the host, the daemon, the holds, and the targets that are not at level 0.
[[nodiscard]] std::string status_document(const Backend& backend);
[[nodiscard]] std::string targets_document(const std::vector<TargetSummary>& targets, Stamp now);
[[nodiscard]] std::string explain_document(const Explanation& explanation, Stamp now);
[[nodiscard]] std::string sources_document(const std::vector<event::SourceReport>& sources,
                                           Stamp now);
[[nodiscard]] std::string source_document(const event::SourceStory& source, Stamp now);
// `target` empty: of all.
[[nodiscard]] std::string precision_document(const std::vector<PrecisionRecord>& counts,
                                             const std::string& target,
                                             Stamp now);
[[nodiscard]] std::string providers_document(const std::vector<ProviderView>& providers, Stamp now);
[[nodiscard]] std::string incidents_document(const std::vector<RestoredIncident>& incidents,
                                             Stamp now);
[[nodiscard]] std::string incident_document(const IncidentStory& story, Stamp now);
[[nodiscard]] std::string commands_document(const std::vector<OperatorRecord>& commands, Stamp now);
[[nodiscard]] std::string actions_document(const std::vector<RestoredAction>& actions, Stamp now);

}  // namespace primum::bus

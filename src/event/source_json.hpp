// SPDX-License-Identifier: MIT
#pragma once

#include <primum/engine.hpp>
#include <primum/rules.hpp>
#include <primum/source.hpp>
#include <primum/time.hpp>

#include <string>
#include <vector>

// JSON of sources, for D-Bus and CLI; instants and spans as in view_json.hpp.
namespace primum::event {

// A source as the core sees it, and what it did.
struct SourceReport {
    SourceView view;
    SourceKind kind = SourceKind::prometheus;
    SourceStats figures;
};

// An indicator that listens to a source: of a target, or a candidate of a provider.
struct SourceUse {
    std::string target;    // empty: of a provider
    std::string provider;  // empty: of a target
    std::string name;      // of the indicator or of the candidate
    std::string state;     // its severity, or the candidate's state
};

// Everything of one source.
struct SourceStory {
    SourceReport report;
    SourceRule rule;
    std::vector<SourceUse> used_by;
};

[[nodiscard]] std::string to_json(const SourceReport& report, Duration wall_minus_t);
// The same with `rule` and `used_by`.
[[nodiscard]] std::string to_json(const SourceStory& story, Duration wall_minus_t);

}  // namespace primum::event

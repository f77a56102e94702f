// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_scenario.hpp"

#include <optional>
#include <string>
#include <vector>

// The single scenarios of the library: of each its timeline and what of its expectation was unmet.
namespace primum::replay {

using Unmet = std::vector<std::string>;

[[nodiscard]] std::optional<Timeline> blip_timeline(const SimPlot& plot);
[[nodiscard]] Unmet blip_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> flap_timeline(const SimPlot& plot);
[[nodiscard]] Unmet flap_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> slow_leak_timeline(const SimPlot& plot);
[[nodiscard]] Unmet slow_leak_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> persistent_failure_timeline(const SimPlot& plot);
[[nodiscard]] Unmet persistent_failure_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> provider_outage_timeline(const SimPlot& plot);
[[nodiscard]] Unmet provider_outage_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> half_ill_providers_timeline(const SimPlot& plot);
[[nodiscard]] Unmet half_ill_providers_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> dead_source_timeline(const SimPlot& plot);
[[nodiscard]] Unmet dead_source_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> lying_source_timeline(const SimPlot& plot);
[[nodiscard]] Unmet lying_source_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> one_liar_timeline(const SimPlot& plot);
[[nodiscard]] Unmet one_liar_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> harmful_remedy_timeline(const SimPlot& plot);
[[nodiscard]] Unmet harmful_remedy_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> mass_failure_timeline(const SimPlot& plot);
[[nodiscard]] Unmet mass_failure_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> competing_healer_timeline(const SimPlot& plot);
[[nodiscard]] Unmet competing_healer_unmet(const SimPlot& plot, const SimSummary& summary);
[[nodiscard]] std::optional<Timeline> post_mortem_timeline(const SimPlot& plot);
[[nodiscard]] Unmet post_mortem_unmet(const SimPlot& plot, const SimSummary& summary);

}  // namespace primum::replay

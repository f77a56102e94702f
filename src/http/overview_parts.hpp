// SPDX-License-Identifier: MIT
#pragma once

#include "http/html.hpp"
#include "http/pages_html.hpp"

#include <primum/engine.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace primum::http {

// "enforce up to restart", "dry run", "observe"
[[nodiscard]] std::string mode_text(const TargetSummary& target);

// The heading: whether it acts, who is ill, how to stop it; then the facts of the host.
void put_state(Html& html, const OverviewData& data, std::size_t ill);
// Tripped breakers with the command that resets each; nothing where there is none.
void put_breakers(Html& html, std::span<const BreakerRecord> breakers, const Stamp& now);
// Holds with the time left and the command that releases each; nothing where there is none.
void put_holds(Html& html, std::span<const HoldView> holds, const Stamp& now);
// The sources, those that fail first, folded where none does.
void put_sources(Html& html, std::span<const SourceView> sources, const Stamp& now);
void put_providers(Html& html, std::span<const ProviderView> providers, const Stamp& now);
// The timeline with its choice of how far back; of one target only where `target` is not empty.
void put_happened(Html& html,
                  const Happened& happened,
                  std::chrono::minutes back,
                  WallTime to,
                  std::string_view target);

}  // namespace primum::http

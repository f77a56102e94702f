// SPDX-License-Identifier: MIT
#pragma once

#include "http/status_view.hpp"

#include <primum/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// What stands in each page, made of what is given: pure.
namespace primum::http {

// How much of the past a timeline may show, and does when nobody asks.
inline constexpr std::chrono::minutes timeline_choices[] = {
    std::chrono::minutes{15}, std::chrono::hours{1}, std::chrono::hours{6}, std::chrono::hours{24}};
inline constexpr std::chrono::minutes timeline_usual = std::chrono::hours{6};

// Healthy targets a page; ill ones that are explained.
inline constexpr std::size_t targets_per_page = 100;
inline constexpr std::size_t max_ill_shown = 100;
inline constexpr std::size_t max_ill_explained = 25;
inline constexpr std::uint32_t incidents_per_page = 50;

// The ledger's part of a page: what it said, or why it said nothing.
using Happened = Result<std::shared_ptr<const Happenings>, std::string>;

struct OverviewData {
    Stamp now;
    DaemonFacts facts;
    Health health;
    HostView host;
    std::vector<TargetSummary> targets;  // as the engine gives them
    std::vector<Explanation> explained;  // of the first ill ones
    std::vector<SourceView> sources;
    std::vector<ProviderView> providers;
    Happened happened;
    std::chrono::minutes back = timeline_usual;
    std::size_t page = 1;  // of the healthy targets
};

// The ill ones (not at level 0), the worst first.
[[nodiscard]] std::vector<TargetSummary> ill_of(const std::vector<TargetSummary>& targets);

[[nodiscard]] std::string overview_html(const OverviewData& data);

struct TargetData {
    Stamp now;
    HostView host;
    Explanation explanation;
    std::vector<IndicatorChart> charts;
    Happened happened;
    std::chrono::minutes back = timeline_usual;
};
[[nodiscard]] std::string target_html(const TargetData& data);

[[nodiscard]] std::string incidents_html(const std::vector<RestoredIncident>& rows,
                                         std::uint64_t before,
                                         const Stamp& now);
[[nodiscard]] std::string incident_html(const IncidentPage& incident, const Stamp& now);

}  // namespace primum::http

// SPDX-License-Identifier: MIT
#pragma once

#include "http/pages.hpp"

#include <primum/engine.hpp>
#include <primum/record.hpp>
#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::http {

// What of the daemon is not the engine's to know.
struct DaemonFacts {
    std::string hostname;
    std::string version;
    WallTime started;
    bool off_switch_run = false;  // /run/primum/disabled
    bool off_switch_etc = false;  // /etc/primum/disabled
    bool reload_ever = false;
    bool reload_ok = false;
    WallTime reload_at;
    std::vector<std::string> reload_errors;
};

// One indicator's values of late, oldest first; a value that was not known is NaN.
struct IndicatorChart {
    struct Point {
        WallTime at;
        double value = 0;
    };
    std::string indicator;
    std::vector<Point> points;
};

// An incident with all that the ledger still has of it.
struct IncidentPage {
    RestoredIncident incident;
    std::vector<DecisionRecord> decisions;
    std::vector<RestoredAction> actions;
    std::vector<TransitionRecord> transitions;
};

// What happened since an instant: the incidents that were open then or later, newest first, and
// what was decided, in its order; of too many decisions the newest.
struct Happenings {
    std::vector<RestoredIncident> incidents;
    std::vector<DecisionRecord> decisions;
    bool cut = false;  // there were more decisions
};

// The ledger's answer, or why there is none (for people).
template <class T>
using LedgerAnswer = std::function<void(Result<T, std::string>)>;

// What the pages ask of the daemon; reads only. All on the loop; none may block.
struct StatusPorts {
    std::function<Stamp()> now;
    std::function<DaemonFacts()> facts;
    std::function<Health()> health;
    std::function<HostView()> host;
    std::function<std::vector<TargetSummary>()> targets;
    std::function<std::vector<SourceView>()> sources;
    std::function<std::vector<ProviderView>()> providers;
    // nullopt: no such target.
    std::function<std::optional<Explanation>(std::string_view target)> explain;
    // Empty where nothing is kept of it.
    std::function<std::vector<IndicatorChart>(std::string_view target)> charts;

    // Answered once each, at once or later.
    std::function<void(WallTime since, LedgerAnswer<Happenings>)> happenings;
    // The newest of those with an id below `before` (0: of all), at most `limit`.
    std::function<void(
        std::uint32_t limit, std::uint64_t before, LedgerAnswer<std::vector<RestoredIncident>>)>
        incidents;
    std::function<void(std::uint64_t id, LedgerAnswer<std::optional<IncidentPage>>)> incident;
};

}  // namespace primum::http

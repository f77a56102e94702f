// SPDX-License-Identifier: MIT
#pragma once

#include "replay/audit_report.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>
#include <primum/series.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace primum::replay {

// Follows the counters that the targets' `cost` names through the samples of a recording. A counter
// that falls began again at 0; several series of one selector are added up.
class CostCounters {
public:
    // So many collections of a target are remembered to look back from an intent.
    static constexpr std::size_t most_points = 4'096;

    // A run begins: its series are told anew.
    void begin();
    // Counters of targets whose cost is what it was go on.
    void take_rules(const RuleSet& rules);
    void take(const SeriesEvent& event);
    void take(const SamplesEvent& event, Instant at);

    // Targets with a series that says what users pay.
    [[nodiscard]] bool has(const std::string& target) const;
    // What was paid from `intent` until the newest sample; nothing where no series says so, or none
    // has been collected by `intent`.
    [[nodiscard]] std::optional<AuditCost> between(const std::string& target,
                                                   Instant intent,
                                                   Instant verified) const;

private:
    struct Point {
        Instant at;
        double paid = 0;
    };
    // A series that counts, and its newest value.
    struct Voice {
        SeriesId id = 0;
        std::optional<double> last;
    };
    // Which voice of which counter a series is.
    struct Ear {
        std::size_t counter = 0;
        std::size_t voice = 0;
    };
    struct Counter {
        std::string target;
        std::string source;
        CostRule rule;
        std::vector<Voice> voices;
        double paid = 0;
        std::deque<Point> points;
    };

    void listen(std::size_t counter);
    void hear(std::size_t counter, SeriesId id);
    static std::optional<double> paid_at(const Counter& counter, Instant at);

    std::map<std::string, std::map<SeriesId, SeriesName>, std::less<>> series_;  // by source
    std::vector<Counter> counters_;
    // By source and id.
    std::map<std::string, std::vector<std::vector<Ear>>, std::less<>> heard_;
};

}  // namespace primum::replay

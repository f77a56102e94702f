// SPDX-License-Identifier: MIT
#pragma once

#include <primum/engine.hpp>
#include <primum/rules.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace primum::telemetry {

struct HistoryLimits {
    Duration step{std::chrono::seconds{5}};  // between two values of a target at least
    std::size_t points = 720;                // of an indicator: an hour of such steps
    std::size_t values = 720'000;            // of all targets together
    std::size_t per_event = 128;             // targets looked at for one collection
};

// The values of the targets' indicators of late, for charts. It looks when a source of a target
// has delivered, so what gets no evidence costs nothing; a unit's state is no number and not kept.
// Memory grows with what is kept, up to the limits; a target that does not fit any more is left
// out whole, and counted.
class IndicatorHistory {
public:
    struct Point {
        WallTime at;
        double value = 0;  // NaN: not known
    };
    struct Series {
        std::string indicator;
        std::vector<Point> points;  // oldest first
    };
    struct Figures {
        std::size_t kept = 0;      // values
        std::size_t left_out = 0;  // targets
    };

    explicit IndicatorHistory(HistoryLimits limits = {}) : limits_(limits) {}

    // The rules in force; what is known of a target whose rule has not changed stays.
    void follow(const RuleSet& rules);

    // The targets that a collection of `source` calls to be looked at, each at most once a step;
    // those that are left for a later collection come first then.
    [[nodiscard]] std::vector<std::string> due(std::string_view source, Instant now);

    // What the indicators of a target say now.
    void add(std::string_view target, WallTime at, std::span<const IndicatorView> evidence);

    // Empty where nothing is kept. Where values are missing for long there is one that is NaN.
    [[nodiscard]] std::vector<Series> of(std::string_view target) const;

    [[nodiscard]] Figures figures() const;

private:
    struct Kept {
        std::string digest;
        Instant next;           // not looked at before
        std::size_t first = 0;  // index of the oldest, once all places are taken
        std::vector<WallTime> at;
        std::vector<std::string> indicators;
        std::vector<std::vector<float>> values;  // by indicator, beside `at`
    };
    struct Feed {
        std::vector<std::string> targets;
        std::size_t cursor = 0;
        Instant next;  // nobody is due before
    };

    HistoryLimits limits_;
    std::map<std::string, Kept, std::less<>> targets_;
    std::map<std::string, Feed, std::less<>> feeds_;  // by source
    std::size_t left_out_ = 0;
};

}  // namespace primum::telemetry

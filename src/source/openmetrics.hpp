// SPDX-License-Identifier: MIT
#pragma once

#include "source/exposition.hpp"
#include "source/openmetrics_line.hpp"
#include "source/openmetrics_rules.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace primum::source {

// Reads the pages of one endpoint in OpenMetrics 1.0 text: the same contract as read_exposition(),
// with all rules of that format on metadata, names, grouping, values, timestamps and exemplars.
// Created times and exemplars are checked and otherwise passed over; of a series with several
// points on a page the last one counts.
//
// It remembers the lines of the latest page. A page with the same lines but other numbers is
// followed along that: no label is parsed, nothing is allocated, and of the rules only those on
// numbers are applied, for all others hold as they held before.
class OpenMetricsReader {
public:
    [[nodiscard]] Result<void, ExpositionError> read(std::string_view page,
                                                     Interner& interner,
                                                     std::vector<SampleValue>& values,
                                                     const ExpositionLimits& limits);

private:
    class Anew;

    // A line up to its value; of metadata the whole of it.
    struct Line {
        std::uint64_t hash = 0;
        double bound = 0;
        std::uint32_t bytes = 0;
        SeriesId id = 0;  // of a wanted series
        SampleRole role = SampleRole::metadata;
        bool histogram = false;
        bool starts_group = false;
        bool wanted = false;
    };

    [[nodiscard]] bool follow(std::string_view page,
                              std::vector<SampleValue>& values,
                              const ExpositionLimits& limits);

    std::vector<Line> lines_;
    std::uint64_t generation_ = 0;  // of the interner, when they were read
    std::vector<RawLabel> labels_;
};

}  // namespace primum::source

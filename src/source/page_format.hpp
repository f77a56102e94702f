// SPDX-License-Identifier: MIT
#pragma once

#include "source/openmetrics.hpp"

#include <primum/source.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// The Accept header of a scrape: all formats that may be read, OpenMetrics first as Prometheus has
// it, or the one that the rule names.
[[nodiscard]] std::string_view accept_header(PageFormat rule);

// What an answer is to be read as: what the rule names, else what its Content-Type says, else the
// older format. Never `automatic`. A reason for people where the answer is in neither format.
[[nodiscard]] Result<PageFormat, std::string> format_of_answer(PageFormat rule,
                                                               std::string_view content_type);

// Reads the pages of one endpoint, in whichever format each comes.
class ExpositionReader {
public:
    // The contract of read_exposition(). All pages must be given the same interner.
    [[nodiscard]] Result<void, ExpositionError> read(PageFormat format,
                                                     std::string_view page,
                                                     Interner& interner,
                                                     std::vector<SampleValue>& values,
                                                     const ExpositionLimits& limits);

private:
    OpenMetricsReader openmetrics_;
};

}  // namespace primum::source

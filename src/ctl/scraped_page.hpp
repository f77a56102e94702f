// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/text.hpp"
#include "source/page_format.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

struct ScrapedSeries {
    std::string text;  // as the page has it
    double value = 0;
};

// All series of one name, in the order of the page.
struct ScrapedMetric {
    std::string name;
    std::string type;  // of the family that it belongs to, as the page says; empty: it does not
    std::vector<ScrapedSeries> series;
};

// What primum takes of a page when rules want all of it.
struct ScrapedPage {
    PageFormat format = PageFormat::prometheus;
    std::size_t bytes = 0;
    std::size_t series = 0;
    std::vector<ScrapedMetric> metrics;  // in the order of the page
    std::vector<std::string> warnings;   // for people
};

// The format of a page that came without a Content-Type: OpenMetrics ends in "# EOF".
[[nodiscard]] PageFormat format_of_text(std::string_view page);

[[nodiscard]] Result<ScrapedPage, source::ExpositionError> read_page(std::string_view page,
                                                                     PageFormat format);

[[nodiscard]] std::string page_json(const ScrapedPage& page);
// A line for each metric, up to a bound that it names.
[[nodiscard]] std::string page_text(const ScrapedPage& page, const Painter& painter);

}  // namespace primum::ctl

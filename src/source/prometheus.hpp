// SPDX-License-Identifier: MIT
#pragma once

#include "source/http_client.hpp"
#include "source/page_format.hpp"
#include "source/polled.hpp"
#include "source/tools.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace primum::source {

// Scrapes one endpoint every interval. A page that cannot be read whole is a failure, and is not
// asked for again before the next interval.
class PrometheusSource : public PolledSource {
public:
    PrometheusSource(const Tools& tools, SourceRule rule, SeriesId first_id);

private:
    void attempt(Duration timeout) override;
    void answered(const HttpAnswer& answer);
    void read_page(const HttpAnswer& answer);

    PageFormat format_;
    ExpositionLimits limits_;
    ExpositionReader reader_;
    std::vector<SampleValue> values_;
    HttpGet get_;
};

[[nodiscard]] std::unique_ptr<Source> make_prometheus(const Tools& tools,
                                                      const SourceRule& rule,
                                                      SeriesId first_id);

}  // namespace primum::source

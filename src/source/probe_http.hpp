// SPDX-License-Identifier: MIT
#pragma once

#include "source/http_client.hpp"
#include "source/probe.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// What an answer lacks of what the rule expects, or empty.
[[nodiscard]] std::string mistake_in_answer(const HttpProbePlan& plan,
                                            long status,
                                            std::string_view body);

// Fetches a page over a new connection and looks at status and body.
class HttpProbe : public ProbeSource {
public:
    HttpProbe(const Tools& tools, const SourceRule& rule, SeriesId first_id);

private:
    void look(std::size_t vantage, Duration timeout) override;
    void answered(std::size_t vantage, const HttpAnswer& answer);
    [[nodiscard]] const HttpProbePlan& plan() const;

    const Clock& clock_;
    std::vector<std::unique_ptr<HttpGet>> gets_;
};

[[nodiscard]] std::unique_ptr<Source> make_http_probe(const Tools& tools,
                                                      const SourceRule& rule,
                                                      SeriesId first_id);

}  // namespace primum::source

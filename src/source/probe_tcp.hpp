// SPDX-License-Identifier: MIT
#pragma once

#include "source/http_client.hpp"
#include "source/probe.hpp"

#include <memory>
#include <vector>

namespace primum::source {

// Connects and lets go again. libcurl does it: names are resolved beside the loop, and each of a
// name's addresses is tried.
class TcpProbe : public ProbeSource {
public:
    TcpProbe(const Tools& tools, const SourceRule& rule, SeriesId first_id);

private:
    void look(std::size_t vantage, Duration timeout) override;
    void connected(std::size_t vantage, const HttpAnswer& answer);

    std::vector<std::unique_ptr<HttpGet>> connects_;
};

[[nodiscard]] std::unique_ptr<Source> make_tcp(const Tools& tools,
                                               const SourceRule& rule,
                                               SeriesId first_id);

}  // namespace primum::source

// SPDX-License-Identifier: MIT
#pragma once

#include "source/dns_query.hpp"
#include "source/probe.hpp"

#include <memory>
#include <vector>

namespace primum::source {

// Asks servers for a name.
class DnsProbe : public ProbeSource {
public:
    DnsProbe(const Tools& tools, const SourceRule& rule, SeriesId first_id);

private:
    void look(std::size_t vantage, Duration timeout) override;
    void answered(std::size_t vantage, const DnsAnswer& answer);
    [[nodiscard]] const DnsPlan& plan() const;

    std::vector<std::unique_ptr<DnsQuery>> queries_;
};

[[nodiscard]] std::unique_ptr<Source> make_dns(const Tools& tools,
                                               const SourceRule& rule,
                                               SeriesId first_id);

}  // namespace primum::source

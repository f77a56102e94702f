// SPDX-License-Identifier: MIT
#include "source/probe_tcp.hpp"

#include <utility>
#include <variant>

namespace primum::source {

TcpProbe::TcpProbe(const Tools& tools, const SourceRule& rule, SeriesId first_id)
    : ProbeSource(tools,
                  rule,
                  first_id,
                  std::get<TcpPlan>(rule.plan).addresses,
                  std::get<TcpPlan>(rule.plan).agree) {
    for (std::size_t i = 0; i < vantages().size(); ++i) {
        connects_.push_back(std::make_unique<HttpGet>(
            tools.http,
            HttpGet::Request{"http://" + vantages()[i] + "/", "", {}, HttpWay::connect},
            [this, i](const HttpAnswer& answer) { connected(i, answer); }));
    }
}

void TcpProbe::look(std::size_t vantage, Duration timeout) {
    connects_[vantage]->start(timeout);
}

void TcpProbe::connected(std::size_t vantage, const HttpAnswer& answer) {
    Vote vote;
    vote.verdict = verdict_of(answer.failure, std::get<TcpPlan>(rule().plan).timeout_means);
    vote.failure = answer.failure;
    vote.detail = answer.detail;
    if (answer.failure == SourceFailure::none) {
        vote.duration = std::chrono::duration<double>(answer.took).count();
    }
    voted(vantage, std::move(vote));
}

std::unique_ptr<Source> make_tcp(const Tools& tools, const SourceRule& rule, SeriesId first_id) {
    return std::make_unique<TcpProbe>(tools, rule, first_id);
}

}  // namespace primum::source

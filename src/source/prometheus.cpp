// SPDX-License-Identifier: MIT
#include "source/prometheus.hpp"

#include <string>
#include <utility>

namespace primum::source {
namespace {

constexpr std::string_view accepted = "text/plain;version=0.0.4;q=1,text/plain;q=0.5";

HttpGet::Request request_of(const SourceRule& rule) {
    return {rule.url, std::string{accepted}, ExpositionLimits{}.page_bytes};
}

}  // namespace

PrometheusSource::PrometheusSource(const Tools& tools, SourceRule rule, SeriesId first_id)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit),
      get_(tools.http, request_of(this->rule()), [this](const HttpAnswer& answer) {
          answered(answer);
      }) {}

void PrometheusSource::attempt(Duration timeout) {
    get_.start(timeout);
}

void PrometheusSource::answered(const HttpAnswer& answer) {
    if (answer.failure == SourceFailure::none) {
        figures().bytes += answer.body.size();
        read_page(answer.body);
        return;
    }
    missed(answer.failure, answer.detail);
}

void PrometheusSource::read_page(std::string_view page) {
    auto read = read_exposition(page, names(), values_);
    collected();
    if (!read) {
        fail(read.error().failure, format_error(read.error()));
        return;
    }
    succeed(values_);
}

std::unique_ptr<Source> make_prometheus(const Tools& tools,
                                        const SourceRule& rule,
                                        SeriesId first_id) {
    return std::make_unique<PrometheusSource>(tools, rule, first_id);
}

}  // namespace primum::source

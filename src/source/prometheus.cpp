// SPDX-License-Identifier: MIT
#include "source/prometheus.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace primum::source {
namespace {

const PrometheusPlan& plan_of(const SourceRule& rule) {
    static const PrometheusPlan defaults;
    const auto* plan = std::get_if<PrometheusPlan>(&rule.plan);
    return plan != nullptr ? *plan : defaults;
}

HttpGet::Request request_of(const SourceRule& rule) {
    const auto& plan = plan_of(rule);
    return {rule.url, std::string{accept_header(plan.format)}, plan.access};
}

// A page may be as large as the rule lets an answer be, and each of its lines takes some bytes.
ExpositionLimits limits_of(const SourceRule& rule) {
    constexpr std::size_t shortest_line = 4;
    ExpositionLimits limits;
    limits.page_bytes = plan_of(rule).access.max_bytes;
    limits.samples = std::max(limits.samples, limits.page_bytes / shortest_line);
    return limits;
}

}  // namespace

PrometheusSource::PrometheusSource(const Tools& tools, SourceRule rule, SeriesId first_id)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit),
      format_(plan_of(this->rule()).format),
      limits_(limits_of(this->rule())),
      get_(tools.http, request_of(this->rule()), [this](const HttpAnswer& answer) {
          answered(answer);
      }) {}

void PrometheusSource::attempt(Duration timeout) {
    get_.start(timeout);
}

void PrometheusSource::answered(const HttpAnswer& answer) {
    if (answer.failure == SourceFailure::none) {
        figures().bytes += answer.body.size();
        read_page(answer);
        return;
    }
    missed(answer.failure, answer.detail);
}

void PrometheusSource::read_page(const HttpAnswer& answer) {
    const auto format = format_of_answer(format_, answer.content_type);
    if (!format) {
        collected();
        fail(SourceFailure::parse, format.error());
        return;
    }
    auto read = reader_.read(*format, answer.body, names(), values_, limits_);
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

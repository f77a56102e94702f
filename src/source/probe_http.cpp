// SPDX-License-Identifier: MIT
#include "source/probe_http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include <simdjson.h>

namespace primum::source {
namespace {

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

// What stands at the pointer: a string's characters, any other value as JSON.
std::string mistake_in_json(const JsonExpectation& expected, std::string_view body) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) {
        return "the body is no JSON";
    }
    simdjson::dom::element element;
    if (root.at_pointer(expected.pointer).get(element) != simdjson::SUCCESS) {
        return fmt::format("nothing stands at {}", expected.pointer);
    }
    std::string_view text;
    const auto found =
        element.get(text) == simdjson::SUCCESS ? std::string{text} : simdjson::minify(element);
    return found == expected.equals
               ? std::string{}
               : fmt::format("{} is not {}", expected.pointer, expected.equals);
}

}  // namespace

std::string mistake_in_answer(const HttpProbePlan& plan, long status, std::string_view body) {
    if (std::find(plan.statuses.begin(), plan.statuses.end(), status) == plan.statuses.end()) {
        return fmt::format("HTTP status {}", status);
    }
    if (plan.body && *plan.body != body) {
        return "the body is another one";
    }
    return plan.json ? mistake_in_json(*plan.json, body) : std::string{};
}

HttpProbe::HttpProbe(const Tools& tools, const SourceRule& rule, SeriesId first_id)
    : ProbeSource(tools,
                  rule,
                  first_id,
                  std::get<HttpProbePlan>(rule.plan).urls,
                  std::get<HttpProbePlan>(rule.plan).agree),
      clock_(tools.clock) {
    for (std::size_t i = 0; i < vantages().size(); ++i) {
        gets_.push_back(std::make_unique<HttpGet>(
            tools.http,
            HttpGet::Request{vantages()[i], "*/*", plan().access, HttpWay::probe},
            [this, i](const HttpAnswer& answer) { answered(i, answer); }));
    }
}

const HttpProbePlan& HttpProbe::plan() const {
    return std::get<HttpProbePlan>(rule().plan);
}

void HttpProbe::look(std::size_t vantage, Duration timeout) {
    gets_[vantage]->start(timeout);
}

void HttpProbe::answered(std::size_t vantage, const HttpAnswer& answer) {
    Vote vote;
    vote.verdict = verdict_of(answer.failure, plan().timeout_means);
    vote.failure = answer.failure;
    vote.detail = answer.detail;
    figures().bytes += answer.body.size();
    if (answer.failure == SourceFailure::none) {
        vote.detail = mistake_in_answer(plan(), answer.status, answer.body);
        vote.verdict = vote.detail.empty() ? Verdict::good : Verdict::bad;
        vote.duration = seconds(answer.took);
        vote.status = static_cast<double>(answer.status);
    }
    if (answer.tls_expiry) {
        vote.tls_expiry = seconds(*answer.tls_expiry - clock_.now().wall);
    }
    voted(vantage, std::move(vote));
}

std::unique_ptr<Source> make_http_probe(const Tools& tools,
                                        const SourceRule& rule,
                                        SeriesId first_id) {
    return std::make_unique<HttpProbe>(tools, rule, first_id);
}

}  // namespace primum::source

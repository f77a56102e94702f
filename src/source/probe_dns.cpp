// SPDX-License-Identifier: MIT
#include "source/probe_dns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::source {
namespace {

bool has_expected(const DnsPlan& plan, const std::vector<std::string>& addresses) {
    return plan.expect.empty() ||
           std::any_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
               return std::find(plan.expect.begin(), plan.expect.end(), address) !=
                      plan.expect.end();
           });
}

}  // namespace

DnsProbe::DnsProbe(const Tools& tools, const SourceRule& rule, SeriesId first_id)
    : ProbeSource(tools,
                  rule,
                  first_id,
                  std::get<DnsPlan>(rule.plan).servers,
                  std::get<DnsPlan>(rule.plan).agree) {
    for (std::size_t i = 0; i < vantages().size(); ++i) {
        queries_.push_back(std::make_unique<DnsQuery>(
            tools.loop,
            tools.clock,
            vantages()[i],
            plan().name,
            plan().type,
            [this, i](const DnsAnswer& answer) { answered(i, answer); }));
    }
}

const DnsPlan& DnsProbe::plan() const {
    return std::get<DnsPlan>(rule().plan);
}

void DnsProbe::look(std::size_t vantage, Duration timeout) {
    queries_[vantage]->start(timeout);
}

void DnsProbe::answered(std::size_t vantage, const DnsAnswer& answer) {
    Vote vote;
    vote.verdict = verdict_of(answer.failure, plan().timeout_means);
    vote.failure = answer.failure;
    vote.detail = answer.detail;
    if (answer.failure == SourceFailure::none) {
        vote.duration = std::chrono::duration<double>(answer.took).count();
        if (answer.addresses.empty()) {
            vote.verdict = Verdict::bad;
        } else if (!has_expected(plan(), answer.addresses)) {
            vote.verdict = Verdict::bad;
            vote.detail = fmt::format("{} is not expected", answer.addresses.front());
        }
    }
    voted(vantage, std::move(vote));
}

std::unique_ptr<Source> make_dns(const Tools& tools, const SourceRule& rule, SeriesId first_id) {
    return std::make_unique<DnsProbe>(tools, rule, first_id);
}

}  // namespace primum::source

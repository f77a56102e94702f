// SPDX-License-Identifier: MIT
#include "source/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace primum::source {
namespace {

// One line of who says what, as far as it is not good.
std::string reasons(const std::vector<std::string>& vantages, const std::vector<Vote>& votes) {
    constexpr std::size_t enough = 1'000;  // bytes
    std::string text;
    for (std::size_t i = 0; i < votes.size() && text.size() < enough; ++i) {
        if (votes[i].verdict != Verdict::good) {
            text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", vantages[i], votes[i].detail);
        }
    }
    return text;
}

std::string labelled(std::string_view name, std::string_view vantage) {
    std::string series = fmt::format("{}{{vantage=\"", name);
    for (const char c : vantage) {
        if (c == '"' || c == '\\') {
            series += '\\';
        }
        series += c;
    }
    return series + "\"}";
}

}  // namespace

Outcome judge(const std::vector<std::string>& vantages,
              const std::vector<Vote>& votes,
              const Agreement& agree) {
    const auto count = [&](Verdict verdict) {
        return std::count_if(
            votes.begin(), votes.end(), [&](const Vote& vote) { return vote.verdict == verdict; });
    };
    const auto good = count(Verdict::good);
    const auto bad = count(Verdict::bad);
    auto detail = reasons(vantages, votes);
    if (good >= agree.k) {
        return {true, SourceFailure::none, std::move(detail)};
    }
    if (bad >= agree.k) {
        return {false, SourceFailure::none, std::move(detail)};
    }
    const bool nobody_knows = good + bad == 0;
    const auto failure = nobody_knows ? votes.front().failure : SourceFailure::disagreement;
    return {std::nullopt, failure, std::move(detail)};
}

Verdict verdict_of(SourceFailure failure, TimeoutMeans timeout_means) {
    switch (failure) {
        case SourceFailure::none:
            return Verdict::good;
        case SourceFailure::refused:
        case SourceFailure::closed:
        case SourceFailure::protocol:
            return Verdict::bad;
        case SourceFailure::timeout:
            return timeout_means == TimeoutMeans::failure ? Verdict::bad : Verdict::unknown;
        default:
            return Verdict::unknown;
    }
}

ProbeSource::ProbeSource(const Tools& tools,
                         SourceRule rule,
                         SeriesId first_id,
                         std::vector<std::string> vantages,
                         const Agreement& agree)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit),
      vantages_(std::move(vantages)),
      agree_(agree),
      votes_(vantages_.size()) {}

void ProbeSource::attempt(Duration timeout) {
    votes_.assign(vantages_.size(), Vote{});
    pending_ = vantages_.size();
    for (std::size_t i = 0; i < vantages_.size(); ++i) {
        look(i, timeout);
    }
}

void ProbeSource::voted(std::size_t vantage, Vote vote) {
    votes_[vantage] = std::move(vote);
    if (--pending_ == 0) {
        finish();
    }
}

void ProbeSource::finish() {
    auto outcome = judge(vantages_, votes_, agree_);
    if (!outcome.success) {
        missed(outcome.failure, std::move(outcome.detail));
        return;
    }
    if (!*outcome.success && try_again()) {
        return;
    }
    figures().note = std::move(outcome.detail);
    collected();
    succeed_with(measured(*outcome.success));
}

std::vector<Measured> ProbeSource::measured(bool success) const {
    std::vector<Measured> all{{"probe_success", success ? 1.0 : 0.0}};
    for (std::size_t i = 0; i < votes_.size(); ++i) {
        const auto& vote = votes_[i];
        const auto add = [&](std::string_view name, const std::optional<double>& value) {
            if (value) {
                all.push_back({labelled(name, vantages_[i]), *value});
            }
        };
        if (vote.verdict != Verdict::unknown) {
            add("probe_vantage_success", vote.verdict == Verdict::good ? 1.0 : 0.0);
        }
        add("probe_duration_seconds", vote.duration);
        add("probe_http_status_code", vote.status);
        add("probe_tls_expiry_seconds", vote.tls_expiry);
    }
    return all;
}

}  // namespace primum::source

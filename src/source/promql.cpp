// SPDX-License-Identifier: MIT
#include "source/promql.hpp"

#include "source/series_reader.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::source {
namespace {

// RFC 3986: everything but unreserved characters is escaped.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = starts_label(c) || is_digit(c) || c == '-' || c == '.' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string url_of(const SourceRule& rule, std::string_view query) {
    std::string_view base{rule.url};
    while (base.ends_with('/')) {
        base.remove_suffix(1);
    }
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(rule.timeout).count();
    return fmt::format("{}/api/v1/query?query={}&timeout={}ms", base, escaped(query), ms);
}

}  // namespace

PromqlSource::PromqlSource(const Tools& tools, SourceRule rule, SeriesId first_id)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit) {
    const auto add = [&](const PromqlQuery& query, const std::string& text, Step step) {
        step.name = query.name;
        step.get = std::make_unique<HttpGet>(
            tools.http,
            HttpGet::Request{
                url_of(this->rule(), text), "application/json", plan().access, HttpWay::reply},
            [this](const HttpAnswer& answer) { answered(answer); });
        steps_.push_back(std::move(step));
    };
    for (const auto& query : plan().queries) {
        const bool plain = is_plain_selector(query.text);
        if (plain) {
            add(query, fmt::format("timestamp({})", query.text), {{}, true, false, nullptr});
        }
        add(query, query.text, {{}, false, plain, nullptr});
    }
    PRIMUM_CHECK(!steps_.empty());
}

const PromqlPlan& PromqlSource::plan() const {
    return std::get<PromqlPlan>(rule().plan);
}

void PromqlSource::attempt(Duration timeout) {
    deadline_ = now() + timeout;
    step_ = 0;
    stale_ = 0;
    measured_.clear();
    warning_.clear();
    ask();
}

void PromqlSource::ask() {
    steps_[step_].get->start(std::max(deadline_ - now(), Duration{1}));
}

void PromqlSource::answered(const HttpAnswer& answer) {
    const auto& name = steps_[step_].name;
    if (answer.failure != SourceFailure::none) {
        missed(answer.failure, fmt::format("query {}: {}", name, answer.detail));
        return;
    }
    figures().bytes += answer.body.size();
    const auto reply = reader_.read(answer.body, answer.status);
    if (!reply.has_value()) {
        missed(reply.error().failure, fmt::format("query {}: {}", name, reply.error().detail));
        return;
    }
    if (!reply->warning.empty()) {
        warning_ = fmt::format("query {}: {}", name, reply->warning);
        if (!plan().accept_partial) {
            ++figures().partial;
            missed(SourceFailure::partial, warning_);
            return;
        }
    }
    take(*reply);
    if (++step_ < steps_.size()) {
        ask();
    } else {
        finish();
    }
}

void PromqlSource::take(const PromqlReply& reply) {
    const auto& step = steps_[step_];
    if (step.times) {
        ages_.clear();
        for (const auto& sample : reply.samples) {
            // Of several under one set of labels the oldest counts.
            auto& age = ages_[sample.labels];
            const double one = sample.at - sample.value;
            age = one <= age ? age : one;
        }
        return;
    }
    const double most = std::chrono::duration<double>(plan().max_age).count();
    for (const auto& sample : reply.samples) {
        if (step.checked) {
            const auto age = ages_.find(sample.labels);
            // One that has come since is taken in the next collection.
            if (age == ages_.end() || !(age->second <= most)) {
                ++stale_;
                continue;
            }
        }
        measured_.push_back({step.name + sample.labels, sample.value});
    }
}

void PromqlSource::finish() {
    auto& stats = figures();
    stats.refused += stale_;
    stats.partial += warning_.empty() ? 0 : 1;
    stats.note = warning_;
    if (stale_ > 0) {
        stats.note = fmt::format("{}{}{} too old and left out",
                                 warning_,
                                 warning_.empty() ? "" : "; ",
                                 stale_ == 1 ? "one sample" : fmt::format("{} samples", stale_));
    }
    collected();
    succeed_with(measured_);
}

std::unique_ptr<Source> make_promql(const Tools& tools, const SourceRule& rule, SeriesId first_id) {
    return std::make_unique<PromqlSource>(tools, rule, first_id);
}

}  // namespace primum::source

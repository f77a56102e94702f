// SPDX-License-Identifier: MIT
#include "source/prometheus.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace primum::source {
namespace {

constexpr std::string_view accepted = "text/plain;version=0.0.4;q=1,text/plain;q=0.5";

HttpGet::Request request_of(const SourceRule& rule) {
    return {rule.url, std::string{accepted}, ExpositionLimits{}.page_bytes};
}

}  // namespace

Duration start_spread(std::string_view name, Duration interval) {
    if (interval <= Duration{0}) {
        return Duration{0};
    }
    // FNV-1a, 64 bits: the same on every machine and in every build.
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    }
    return Duration{static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(interval.count()))};
}

Duration backoff_before(const Retries& retries, std::uint32_t next) {
    auto wait = std::min(retries.backoff, retries.max);
    for (std::uint32_t i = 2; i < next && wait < retries.max; ++i) {
        wait = std::min(wait * 2, retries.max);
    }
    return wait;
}

PrometheusSource::PrometheusSource(
    systemd::EventLoop& loop, const Clock& clock, HttpClient& client, Options options, Emit emit)
    : loop_(loop),
      clock_(clock),
      rule_(std::move(options.rule)),
      emit_(std::move(emit)),
      interner_(rule_.name, rule_.max_series, options.first_id),
      get_(client, request_of(rule_), [this](const HttpAnswer& answer) { answered(answer); }),
      due_(clock.now().t + start_spread(rule_.name, rule_.interval)) {
    timer_ = loop_.at(due_, [this] { begin(); });
}

void PrometheusSource::want(Wanted wanted) {
    interner_.want(std::move(wanted.matchers));
    selectors_ = std::move(wanted.selectors);
}

void PrometheusSource::begin() {
    tries_ = 0;
    attempt();
}

void PrometheusSource::attempt() {
    ++tries_;
    const auto left = due_ + rule_.interval - clock_.now().t;
    get_.start(std::min(rule_.timeout, std::max<Duration>(left, Duration{1})));
}

void PrometheusSource::answered(const HttpAnswer& answer) {
    if (answer.failure == SourceFailure::none) {
        read_page(answer.body);
        return;
    }
    const auto wait = backoff_before(rule_.retries, tries_ + 1);
    const auto again = clock_.now().t + wait;
    if (tries_ < rule_.retries.attempts && again < due_ + rule_.interval) {
        timer_ = loop_.at(again, [this] { attempt(); });
        return;
    }
    failed(answer.failure, answer.detail);
}

void PrometheusSource::read_page(std::string_view page) {
    auto read = read_exposition(page, interner_, values_);
    if (!read) {
        failed(read.error().failure, format_error(read.error()));
        return;
    }
    schedule_next();
    if (std::exchange(failing_, false)) {
        emit_(SourceEvent{rule_.name, true, {}, {}});
    }
    for (auto& news : interner_.take_news()) {
        emit_(std::move(news));
    }
    emit_(SamplesEvent{rule_.name, values_});
}

void PrometheusSource::failed(SourceFailure failure, std::string detail) {
    failing_ = true;
    schedule_next();
    emit_(SourceEvent{rule_.name, false, std::string{name_of(failure)}, std::move(detail)});
}

void PrometheusSource::schedule_next() {
    const auto now = clock_.now().t;
    due_ += rule_.interval;
    if (due_ <= now && rule_.interval > Duration{0}) {
        due_ += ((now - due_) / rule_.interval + 1) * rule_.interval;
    }
    timer_ = loop_.at(due_, [this] { begin(); });
}

}  // namespace primum::source

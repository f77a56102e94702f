// SPDX-License-Identifier: MIT
#include "core/indicator.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace primum::core {
namespace {

// What was learnt is kept hourly; the first time after a start a little earlier, each at its own
// time.
constexpr Duration keep_every = std::chrono::hours{1};
constexpr Duration keep_first = std::chrono::minutes{15};

}  // namespace

IndicatorState::IndicatorState(const IndicatorRule& rule, std::size_t max_samples, Duration phase)
    : rule_(&rule),
      shape_(shape_of(rule.thresholds)),
      values_(rule, max_samples),
      filter_(rule.trip, rule.clear),
      baseline_(rule.baseline ? std::make_unique<Baseline>(*rule.baseline) : nullptr),
      keep_after_(keep_first + phase * 3 / 4) {}

void IndicatorState::rebind(const IndicatorRule& rule) {
    rule_ = &rule;
    values_.rebind(rule);
}

void IndicatorState::evaluate(Stamp now, bool learns) {
    if (const auto reading = values_.read(now.t)) {
        judge_reading(now, *reading, learns);
    }
}

void IndicatorState::judge_reading(Stamp now, const Reading& reading, bool learns) {
    const Normal* normal = baseline_ ? baseline_->normal(now.wall) : nullptr;
    double value = shape_.upwards || !shape_.downwards ? reading.high : reading.low;
    RawSeverity raw = judge(value, rule_->thresholds, normal, shape_.present);
    if (shape_.upwards && shape_.downwards && reading.low < reading.high) {
        const RawSeverity low = judge(reading.low, rule_->thresholds, normal, shape_.present);
        if (low.crossed > raw.crossed) {
            value = reading.low;
        }
        raw = {std::max(raw.crossed, low.crossed), std::max(raw.uncleared, low.uncleared)};
    }
    value_ = value;
    read_at_ = now.t;
    normal_ = normal == nullptr ? std::nullopt : std::optional{*normal};
    // Of a value that is only known to be "at least", illness upwards is all that is certain.
    const bool uncertain = reading.at_least && (shape_.downwards || raw.crossed == Severity::ok);
    const bool can_judge = shape_.absolute || !shape_.baseline || normal != nullptr;
    if (learns && baseline_ && raw.crossed == Severity::ok && !reading.at_least) {
        learn(now, value);
    }
    if (uncertain || !can_judge) {
        return;
    }
    last_known_ = now.t;
    trend_.add(*rule_, value, raw.crossed > Severity::ok);
    filter_.add(now.t, raw);
    severity_ = filter_.confirmed();
}

void IndicatorState::learn(Stamp now, double value) {
    // A gap in the data is no time of learning.
    const Duration step =
        learnt_at_ ? std::min(now.t - *learnt_at_, rule_->stale_after) : Duration{0};
    learnt_at_ = now.t;
    baseline_->learn(now.wall, step, value);
    if (!keep_at_) {
        keep_at_ = now.t + std::exchange(keep_after_, keep_every);
        look_at_ = look_at_ <= *keep_at_ ? look_at_ : Instant::min();
    }
}

std::optional<Severity> IndicatorState::take_news() {
    return severity_ == told_ ? std::nullopt : std::optional{std::exchange(told_, severity_)};
}

// A look that comes too early is harmless: what it finds due later is asked for again.
std::optional<Instant> IndicatorState::next_look(Instant now) {
    if (now < look_at_ || rule_->kind == ValueKind::unit_state) {
        return std::nullopt;
    }
    std::optional<Instant> wanted = keep_at_;
    if (const auto since = last_known_ ? last_known_ : read_at_) {
        const Instant stale_at = *since + rule_->stale_after;
        wanted = std::min(wanted.value_or(stale_at), stale_at);
    }
    look_at_ = wanted.value_or(Instant::min());
    return wanted;
}

std::optional<Instant> IndicatorState::look(Instant now) {
    if (rule_->kind == ValueKind::unit_state) {
        return settle_unit(now);
    }
    expire(now);
    look_at_ = Instant::min();
    return next_look(now);
}

bool IndicatorState::take_lesson(Instant now) {
    if (!keep_at_ || now < *keep_at_) {
        return false;
    }
    keep_at_.reset();
    return true;
}

void IndicatorState::judge_unit(Instant now, Severity raw, std::string words, std::string why) {
    unit_words_ = std::move(words);
    unit_why_ = std::move(why);
    if (raw != raw_unit_ || !raw_unit_since_) {
        raw_unit_ = raw;
        raw_unit_since_ = now;
    }
    settle_unit(now);
}

std::optional<Instant> IndicatorState::settle_unit(Instant now) {
    if (!raw_unit_since_) {
        return std::nullopt;
    }
    const Instant confirmed_at = *raw_unit_since_ + rule_->trip.duration;
    const bool illness = raw_unit_ > Severity::ok;
    if (illness && now < confirmed_at) {
        return confirmed_at;
    }
    severity_ = raw_unit_;
    if (severity_ != Severity::unknown) {
        last_known_ = now;
    }
    return std::nullopt;
}

std::optional<Instant> IndicatorState::expire(Instant now) {
    const auto since = last_known_ ? last_known_ : read_at_;
    if (rule_->kind == ValueKind::unit_state || !since) {
        return std::nullopt;
    }
    const Instant stale_at = *since + rule_->stale_after;
    if (now < stale_at) {
        return stale_at;
    }
    forget();
    return std::nullopt;
}

// What is normal is not forgotten.
void IndicatorState::forget() {
    filter_.forget();
    trend_.forget();
    severity_ = Severity::unknown;
    value_.reset();
    read_at_.reset();
    last_known_.reset();
}

EvidenceItem IndicatorState::evidence() const {
    if (rule_->kind == ValueKind::unit_state) {
        return {rule_->name, severity_, unit_words_, unit_why_};
    }
    if (!value_) {
        return {rule_->name, severity_, "no data", "nothing known yet, or too old"};
    }
    std::string why;
    if (severity_ > Severity::ok) {
        why = threshold_text() + ' ' + filter_.trip_text();
    } else if (!last_known_ && baseline_) {
        why = baseline_text();
    }
    return {rule_->name, severity_, number_text(*value_), std::move(why)};
}

std::string IndicatorState::baseline_text() const {
    if (!baseline_) {
        return {};
    }
    const std::string samples = std::to_string(baseline_->samples());
    if (!normal_) {
        return "learning what is normal: " + samples + " of " +
               std::to_string(baseline_->min_samples()) + " samples";
    }
    return "normal " + short_number_text(normal_->median) + " ± " +
           short_number_text(normal_->deviation) + " (" + samples + " samples)";
}

std::string IndicatorState::threshold_text() const {
    const auto& threshold = rule_->thresholds[static_cast<std::size_t>(severity_)];
    if (!threshold) {
        return "not clear yet";
    }
    const bool is_absolute = threshold->above || threshold->below;
    const bool crosses = (threshold->above && *value_ > *threshold->above) ||
                         (threshold->below && *value_ < *threshold->below);
    const bool from_normal = threshold->above_baseline || threshold->below_baseline;
    if (from_normal && normal_ && !(is_absolute && crosses)) {
        const double count = deviations(*value_, *normal_);
        const std::string far =
            std::isinf(count) ? "far" : rounded_text(std::abs(count)) + " deviations";
        return far + (count < 0 ? " below normal " : " above normal ") +
               short_number_text(normal_->median) + " (by " +
               short_number_text(std::abs(*value_ - normal_->median)) + ")";
    }
    if (threshold->above && (*value_ > *threshold->above || !threshold->below)) {
        return "above " + number_text(*threshold->above);
    }
    return threshold->below ? "below " + number_text(*threshold->below) : "not clear yet";
}

}  // namespace primum::core

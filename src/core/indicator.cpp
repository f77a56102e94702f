// SPDX-License-Identifier: MIT
#include "core/indicator.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace primum::core {

IndicatorState::IndicatorState(const IndicatorRule& rule, std::size_t max_samples)
    : rule_(&rule), max_samples_(max_samples), filter_(rule.trip, rule.clear) {}

std::size_t IndicatorState::bind(std::size_t role) {
    slots_.push_back({role, false, 0, SampleWindow{rule_->over, max_samples_}});
    return slots_.size() - 1;
}

void IndicatorState::begin_collection() {
    for (Slot& slot : slots_) {
        slot.present = false;
    }
}

void IndicatorState::feed(std::size_t slot_number, Instant t, double value) {
    Slot& slot = slots_[slot_number];
    slot.present = true;
    slot.value = value;
    if (rule_->kind != ValueKind::gauge) {
        slot.window.add(t, value);
    }
}

void IndicatorState::evaluate(Instant now) {
    std::optional<Evaluation> evaluation;
    switch (rule_->kind) {
        case ValueKind::gauge:
            evaluation = evaluate_gauge();
            break;
        case ValueKind::rate:
            evaluation = evaluate_rate(now);
            break;
        case ValueKind::ratio:
            evaluation = evaluate_ratio(now);
            break;
        default:
            break;
    }
    if (!evaluation) {
        return;
    }
    value_ = evaluation->value;
    last_known_ = now;
    filter_.add(now, evaluation->raw);
    severity_ = filter_.confirmed();
}

std::optional<IndicatorState::Evaluation> IndicatorState::evaluate_gauge() const {
    std::vector<double> values;
    for (const Slot& slot : slots_) {
        if (slot.present && std::isnan(slot.value)) {
            return std::nullopt;
        }
        if (slot.present) {
            values.push_back(slot.value);
        }
    }
    return reduced(values);
}

std::optional<IndicatorState::Evaluation> IndicatorState::evaluate_rate(Instant now) const {
    std::vector<double> values;
    for (const Slot& slot : slots_) {
        if (!slot.present) {
            continue;
        }
        if (const auto rate = slot.window.rate(now)) {
            values.push_back(*rate);
        }
    }
    return reduced(values);
}

// A numerator that is absent beside a denominator that is there counts as 0: nobody exposes a
// counter of errors before the first one.
std::optional<IndicatorState::Evaluation> IndicatorState::evaluate_ratio(Instant now) const {
    const auto whole = summed_increase(static_cast<std::size_t>(SeriesRole::denominator), now);
    if (!whole || *whole < rule_->min_count || *whole <= 0) {
        return std::nullopt;
    }
    const auto part = summed_increase(static_cast<std::size_t>(SeriesRole::numerator), now);
    const double ratio = part.value_or(0) / *whole;
    return Evaluation{ratio, judge(ratio, rule_->thresholds)};
}

std::optional<double> IndicatorState::summed_increase(std::size_t role, Instant now) const {
    std::optional<double> sum;
    for (const Slot& slot : slots_) {
        if (slot.role != role || !slot.present) {
            continue;
        }
        if (const auto increase = slot.window.increase(now)) {
            sum = sum.value_or(0) + *increase;
        }
    }
    return sum;
}

std::optional<IndicatorState::Evaluation> IndicatorState::reduced(
    const std::vector<double>& values) const {
    if (values.empty()) {
        return std::nullopt;
    }
    double value = values.front();
    switch (rule_->reduce) {
        case Reduce::sum:
            value = 0;
            for (const double each : values) {
                value += each;
            }
            break;
        case Reduce::max:
            value = *std::max_element(values.begin(), values.end());
            break;
        case Reduce::min:
            value = *std::min_element(values.begin(), values.end());
            break;
        case Reduce::worst:
            value = *std::max_element(values.begin(), values.end(), [&](double a, double b) {
                return judge(a, rule_->thresholds).crossed < judge(b, rule_->thresholds).crossed;
            });
            break;
    }
    if (std::isnan(value)) {
        return std::nullopt;
    }
    return Evaluation{value, judge(value, rule_->thresholds)};
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
    if (rule_->kind == ValueKind::unit_state || !last_known_) {
        return std::nullopt;
    }
    const Instant stale_at = *last_known_ + rule_->stale_after;
    if (now < stale_at) {
        return stale_at;
    }
    forget();
    return std::nullopt;
}

void IndicatorState::forget() {
    filter_.forget();
    severity_ = Severity::unknown;
    value_.reset();
    last_known_.reset();
}

EvidenceItem IndicatorState::evidence() const {
    if (rule_->kind == ValueKind::unit_state) {
        return {rule_->name, severity_, unit_words_, unit_why_};
    }
    if (!value_) {
        return {rule_->name, severity_, "no data", "nothing known yet, or too old"};
    }
    std::string why = severity_ > Severity::ok ? threshold_text() + ' ' + filter_.trip_text() : "";
    return {rule_->name, severity_, number_text(*value_), std::move(why)};
}

std::string IndicatorState::threshold_text() const {
    const auto& threshold = rule_->thresholds[static_cast<std::size_t>(severity_)];
    if (!threshold) {
        return "not clear yet";
    }
    if (threshold->above) {
        return "above " + number_text(*threshold->above);
    }
    return "below " + number_text(threshold->below.value_or(0));
}

}  // namespace primum::core

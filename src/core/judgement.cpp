// SPDX-License-Identifier: MIT
#include "core/judgement.hpp"

#include <algorithm>
#include <limits>

namespace primum::core {
namespace {

constexpr std::array rising{Severity::info, Severity::warning, Severity::error, Severity::critical};

// Both distances must be exceeded: many deviations of a series that hardly moves are nothing, and
// so is a large step of one that always jumps.
bool is_beyond_normal(const Threshold& threshold, double value, const Normal* normal) {
    if (normal == nullptr) {
        return false;
    }
    const auto exceeds = [&](const std::optional<double>& count, double distance) {
        return count && distance > threshold.by_at_least && distance > *count * normal->deviation;
    };
    const double above = value - normal->median;
    return exceeds(threshold.above_baseline, above) || exceeds(threshold.below_baseline, -above);
}

bool is_crossed(const Threshold& threshold, double value, const Normal* normal) {
    return (threshold.above && value > *threshold.above) ||
           (threshold.below && value < *threshold.below) ||
           is_beyond_normal(threshold, value, normal);
}

bool is_uncleared(const Threshold& threshold, double value, const Normal* normal) {
    const bool too_high =
        threshold.above &&
        (threshold.clear_below ? value >= *threshold.clear_below : value > *threshold.above);
    const bool too_low = threshold.below && (threshold.clear_above ? value <= *threshold.clear_above
                                                                   : value < *threshold.below);
    return too_high || too_low || is_beyond_normal(threshold, value, normal);
}

}  // namespace

RawSeverity judge(double value,
                  const Thresholds& thresholds,
                  const Normal* normal,
                  std::uint8_t present) {
    RawSeverity raw;
    for (const Severity severity : rising) {
        if ((present >> static_cast<unsigned>(severity) & 1U) == 0) {
            continue;
        }
        const auto& threshold = thresholds[static_cast<std::size_t>(severity)];
        if (!threshold) {
            continue;
        }
        if (is_crossed(*threshold, value, normal)) {
            raw.crossed = severity;
        }
        if (is_uncleared(*threshold, value, normal)) {
            raw.uncleared = severity;
        }
    }
    raw.uncleared = std::max(raw.uncleared, raw.crossed);
    return raw;
}

double deviations(double value, const Normal& normal) {
    const double distance = value - normal.median;
    if (normal.deviation > 0) {
        return distance / normal.deviation;
    }
    constexpr double infinite = std::numeric_limits<double>::infinity();
    return distance > 0 ? infinite : distance < 0 ? -infinite : 0;
}

ThresholdShape shape_of(const Thresholds& thresholds) {
    ThresholdShape shape;
    for (std::size_t i = 0; i < severity_count; ++i) {
        if (const auto& threshold = thresholds[i]) {
            shape.present = static_cast<std::uint8_t>(shape.present | 1U << i);
            shape.upwards |= threshold->above || threshold->above_baseline;
            shape.downwards |= threshold->below || threshold->below_baseline;
            shape.absolute |= threshold->above || threshold->below;
            shape.baseline |= threshold->above_baseline || threshold->below_baseline;
        }
    }
    return shape;
}

}  // namespace primum::core

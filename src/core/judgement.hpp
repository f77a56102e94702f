// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace primum::core {

using Thresholds = std::array<std::optional<Threshold>, severity_count>;

// What a value is usually: the learnt median, and one robust deviation from it (Baseline).
struct Normal {
    double median = 0;
    double deviation = 0;

    static void members(auto& archive, auto& it) { archive.whole(it, it.median, it.deviation); }
};

// What one evaluation says before persistence: the severity whose threshold is crossed, and the
// one that is not cleared yet (hysteresis: never below the first).
struct RawSeverity {
    Severity crossed = Severity::ok;
    Severity uncleared = Severity::ok;

    static void members(auto& archive, auto& it) { archive.whole(it, it.crossed, it.uncleared); }
};

// Judges one value. Without a normal the thresholds that need one are not crossed. `present` may
// spare it the look at severities that have no threshold (bit by severity).
[[nodiscard]] RawSeverity judge(double value,
                                const Thresholds& thresholds,
                                const Normal* normal = nullptr,
                                std::uint8_t present = UINT8_MAX);

// How many deviations `value` lies above its normal; negative below. Infinite where the normal
// never moves.
[[nodiscard]] double deviations(double value, const Normal& normal);

// Which ways lie illness, and whether it can be judged without a normal.
struct ThresholdShape {
    bool upwards = false;
    bool downwards = false;
    bool absolute = false;
    bool baseline = false;
    std::uint8_t present = 0;  // bit by severity
};
[[nodiscard]] ThresholdShape shape_of(const Thresholds& thresholds);

}  // namespace primum::core

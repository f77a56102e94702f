// SPDX-License-Identifier: MIT
#pragma once

#include "core/judgement.hpp"
#include "core/recent_values.hpp"

#include <primum/rules.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::core {

// The learnt normal of one indicator's value: its median and its robust deviation over about the
// last 2 x `forget` of learning, so that `forget` after a lasting change half of what is known is
// from after it. With a season each hour of the (UTC) day has its own.
//
// Median and MAD bear up to half of the values being wrong (Rousseeuw and Croux 1993, "Alternatives
// to the median absolute deviation"), which is what makes a rare illness that was learnt harmless.
// They are taken of a bounded sample (RecentValues) and not of a sketch with relative error (such
// as DDSketch): what matters is the spread, which may be a millionth of the value.
//
// When to learn is the caller's: see IndicatorState. Time passes only while it learns: a host that
// was off for a week has not forgotten what it knew.
class Baseline {
public:
    explicit Baseline(const BaselineRule& rule);

    // `step`: the time since the value learnt before.
    void learn(WallTime wall, Duration step, double value);
    // Nothing before min_samples were learnt; with a season, also before the hour has had its
    // share of them.
    [[nodiscard]] const Normal* normal(WallTime wall) const;
    [[nodiscard]] std::uint64_t samples() const { return samples_; }
    [[nodiscard]] std::uint32_t min_samples() const { return rule_.min_samples; }
    // At most 16 KiB.
    [[nodiscard]] std::size_t size_bytes() const;

    // Everything it knows, as text. What load() cannot read changes nothing and gives false.
    [[nodiscard]] std::string save() const;
    bool load(std::string_view text);

    static void members(auto& archive, auto& it) {
        archive(it.samples_);
        archive.each_of(it.parts_, [&](auto& part) { archive(part); });
    }

private:
    [[nodiscard]] std::size_t part_of(WallTime wall) const;

    BaselineRule rule_;
    std::uint64_t samples_ = 0;
    std::size_t enough_;               // values that an hour must have kept
    std::vector<RecentValues> parts_;  // one, or one for each hour
};

}  // namespace primum::core

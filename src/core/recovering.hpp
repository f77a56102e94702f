// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>

#include <cstdint>
#include <optional>

namespace primum::core {

// Whether a value is on its way back: the short window better than the long one, and falling.
//
// The windows are exponentially weighted means of the evaluated values, of weight 1/2 (the last
// few) and 1/8 (the last dozen or so), turned so that more is worse, and begin where the value
// crosses a threshold: what was before the illness says nothing. Three evaluations in a row must
// show the short one below the long one and below itself before: noise does so about one time in
// ten, and not for long. A value that has come back and stays keeps falling in this sense until
// the long window has forgotten the illness, so that a `clear` that takes its time is waited for.
class Trend {
public:
    static constexpr std::uint32_t enough = 3;

    // One evaluated value, and whether it is beyond a threshold.
    void add(const IndicatorRule& rule, double value, bool crossed);
    void forget();

    [[nodiscard]] bool recovering() const { return better_in_a_row_ >= enough; }
    // Whether the latest evaluation changed the answer.
    [[nodiscard]] bool turned() const { return turned_; }

    static void members(auto& archive, auto& it) {
        archive(it.side_, it.crossed_, it.short_, it.long_, it.better_in_a_row_, it.turned_);
    }

private:
    void step(double badness);

    int side_ = 0;  // 1: illness lies above, -1: below
    bool crossed_ = false;
    std::optional<double> short_;
    double long_ = 0;
    std::uint32_t better_in_a_row_ = 0;
    bool turned_ = false;
};

}  // namespace primum::core

// SPDX-License-Identifier: MIT
#pragma once

#include "core/baseline.hpp"
#include "nab_score.hpp"

#include <vector>

namespace primum::bench {

// Gives each value of a series, as it comes, a score of how unlike the others it is: 1 and above is
// as unlike as nothing before.
//
// Two baselines (those of the rules: src/core/baseline.hpp) learn what is normal for the value
// itself and for the mean of the last few. How many deviations either is away counts in proportion
// to the most that was ever seen there, for one series never strays over 3 deviations and another
// does so daily. After a score of 1 the next are kept quiet: they tell of the same thing.
class Detector {
public:
    Detector();
    double score(const Row& row);
    [[nodiscard]] std::size_t size_bytes() const;

private:
    // A baseline and the most deviations from it, slowly forgotten.
    struct Watch {
        core::Baseline normal;
        double most;
        double unlikeness(WallTime wall, Duration step, double value);
    };

    Watch value_;
    Watch mean_;
    std::vector<double> latest_;  // a ring
    std::size_t seen_ = 0;
    std::int64_t last_seconds_ = 0;
    std::size_t quiet_ = 0;  // rows for which it still keeps quiet
};

}  // namespace primum::bench

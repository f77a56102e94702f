// SPDX-License-Identifier: MIT
#pragma once

#include "nab_score.hpp"

#include <cstddef>

namespace primum::bench {

// What the whole engine makes of a file, with a full ladder in dry-run.
struct Climb {
    std::size_t windows_seen = 0;         // level 1 or above at any time within
    std::size_t windows_entered = 0;      // level 1 was entered within
    std::size_t decisions_inside = 0;     // above level 1, within a window
    std::size_t decisions_outside = 0;    // above level 1, outside of all
    std::size_t incidents_outside = 0;    // opened outside of all windows
    std::size_t rows_outside = 0;         // after the probation
    std::size_t raised_rows_outside = 0;  // of those, at level 1 or above
};

// All files get the same rules.
[[nodiscard]] Climb climb(const LabelledFile& file);

}  // namespace primum::bench

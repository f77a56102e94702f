// SPDX-License-Identifier: MIT
#include "rules/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace primum::rules {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
    constexpr std::size_t longest = 64;
    if (word.size() > longest) {
        return {};
    }
    std::string_view best;
    std::size_t best_distance = longest;
    for (const std::string_view candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        const std::size_t bound =
            std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (distance <= bound && distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return std::string{best};
}

}  // namespace primum::rules

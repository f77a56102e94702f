// SPDX-License-Identifier: MIT
#include "replay/audit_figures.hpp"

#include <algorithm>
#include <cmath>

namespace primum::replay {
namespace {

// The quantile of the normal distribution for a two-sided 95 % interval.
constexpr double z_95 = 1.959964;
constexpr std::size_t least_for_interval = 6;
constexpr std::size_t most_for_binomial = 200;

struct Ends {
    double middle = 0;
    double half = 0;
};

Ends wilson(const Share& share) {
    const auto n = static_cast<double>(share.of);
    const double p = static_cast<double>(share.is) / n;
    const double z2 = z_95 * z_95;
    const double scale = 1 + z2 / n;
    return {(p + z2 / (2 * n)) / scale,
            z_95 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / scale};
}

// The largest rank (from 0) r so that fewer than r + 1 of n fair coins show heads with at most
// 2.5 %: the median lies between the spans of rank r and n - 1 - r.
std::size_t lower_rank(std::size_t n) {
    if (n > most_for_binomial) {
        const auto count = static_cast<double>(n);
        const double rank = std::floor(count / 2 - z_95 * std::sqrt(count) / 2);
        return static_cast<std::size_t>(std::max(rank - 1, 0.0));
    }
    double term = std::pow(0.5, static_cast<double>(n));
    double sum = term;
    std::size_t rank = 0;
    while (true) {
        term *= static_cast<double>(n - rank) / static_cast<double>(rank + 1);
        if (sum + term > 0.025) {
            return rank;
        }
        sum += term;
        ++rank;
    }
}

}  // namespace

std::optional<double> Share::value() const {
    return of == 0 ? std::nullopt
                   : std::optional{static_cast<double>(is) / static_cast<double>(of)};
}

double Share::low() const {
    if (of == 0 || is == 0) {
        return 0;
    }
    const Ends ends = wilson(*this);
    return std::max(ends.middle - ends.half, 0.0);
}

double Share::high() const {
    if (of == 0 || is == of) {
        return 1;
    }
    const Ends ends = wilson(*this);
    return std::min(ends.middle + ends.half, 1.0);
}

void SpreadOf::add(Duration span) {
    least_ = count_ == 0 ? span : std::min(least_, span);
    most_ = count_ == 0 ? span : std::max(most_, span);
    if (count_++ % stride_ != 0) {
        return;
    }
    if (kept_.size() == most_kept) {
        for (std::size_t i = 0; i < most_kept / 2; ++i) {
            kept_[i] = kept_[i * 2];
        }
        kept_.resize(most_kept / 2);
        stride_ *= 2;
    }
    kept_.push_back(span);
}

Spread SpreadOf::spread() const {
    Spread spread;
    spread.count = count_;
    spread.least = least_;
    spread.most = most_;
    spread.thinned = stride_ > 1;
    if (kept_.empty()) {
        return spread;
    }
    std::vector<Duration> sorted = kept_;
    std::sort(sorted.begin(), sorted.end());
    spread.median = sorted[(sorted.size() - 1) / 2];
    if (sorted.size() >= least_for_interval) {
        const std::size_t rank = lower_rank(sorted.size());
        spread.low = sorted[rank];
        spread.high = sorted[sorted.size() - 1 - rank];
    }
    return spread;
}

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

// How sure a figure of an audit is.
namespace primum::replay {

// Some of a number of cases.
struct Share {
    std::uint64_t of = 0;  // cases
    std::uint64_t is = 0;  // those for which it is so
    bool operator==(const Share&) const = default;

    // 0 to 1; nothing without a case.
    [[nodiscard]] std::optional<double> value() const;
    // Ends of the 95 % score interval: E. B. Wilson, "Probable inference, the law of succession,
    // and statistical inference", JASA 22 (1927), 209-212. Without a case: 0 and 1.
    [[nodiscard]] double low() const;
    [[nodiscard]] double high() const;
};

// Where spans of time lie: their median, and between which two of them it lies with at least 95 %
// confidence.
struct Spread {
    std::uint64_t count = 0;
    Duration least{0};
    Duration median{0};  // of an even number: the lower of the two in the middle
    Duration most{0};
    // By order statistics (the binomial distribution with p = 1/2; W. J. Conover, Practical
    // Nonparametric Statistics, 3.2; beyond 200 spans its normal approximation). Nothing below six
    // spans: the least and the most of five hold it with 94 % only.
    std::optional<Duration> low;
    std::optional<Duration> high;
    bool thinned = false;  // of very many: the order statistics are those of a part
    bool operator==(const Spread&) const = default;
};

// Collects spans in bounded memory: of more than `most_kept` every second is let go, and of those
// that come then only every second is taken, and so on.
class SpreadOf {
public:
    static constexpr std::size_t most_kept = 4'096;

    void add(Duration span);
    [[nodiscard]] Spread spread() const;

private:
    std::vector<Duration> kept_;
    std::uint64_t count_ = 0;
    std::uint64_t stride_ = 1;
    Duration least_{0};
    Duration most_{0};
};

}  // namespace primum::replay

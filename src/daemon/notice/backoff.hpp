// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <algorithm>
#include <cstdint>
#include <random>

namespace primum::notice {

// How long to wait after the n-th failure in a row: 1 s, doubled up to a minute, each a quarter
// more or less, so that the hosts of a fleet do not come back all at once.
class Backoff {
public:
    static constexpr Duration first = std::chrono::seconds{1};
    static constexpr Duration longest = std::chrono::minutes{1};

    explicit Backoff(std::uint32_t seed) : random_(seed) {}

    [[nodiscard]] Duration failed() {
        const auto wait = wait_;
        wait_ = std::min(wait_ * 2, longest);
        std::uniform_int_distribution<Duration::rep> around{-wait.count() / 4, wait.count() / 4};
        return wait + Duration{around(random_)};
    }
    void succeeded() { wait_ = first; }

private:
    std::minstd_rand random_;
    Duration wait_ = first;
};

}  // namespace primum::notice

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>

namespace primum::daemon {

// Lets at most `most` pages pass in any `within`; counts the rest.
class PageLimiter {
public:
    explicit PageLimiter(std::uint32_t most = 6, Duration within = std::chrono::hours{1})
        : most_(most), within_(within) {}

    // A page wants to go out at `now` (never earlier than the one before). Gives how many were
    // held back since the last one that passed, or nothing when this one is held back too.
    [[nodiscard]] std::optional<std::uint64_t> ask(Instant now);

    // Held back since the last one that passed.
    [[nodiscard]] std::uint64_t held_back() const { return held_back_; }

private:
    std::uint32_t most_;
    Duration within_;
    std::deque<Instant> passed_;
    std::uint64_t held_back_ = 0;
};

}  // namespace primum::daemon

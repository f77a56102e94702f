// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>
#include <primum/time.hpp>

#include <optional>
#include <string>

namespace primum::daemon {

// One answer to "can we record?" from two witnesses: what the ledger says of itself, and how old
// its oldest write is. A disk that hangs says nothing.
class LedgerHealth {
public:
    static constexpr Duration too_old = std::chrono::seconds{2};

    // How the core was told at the start.
    explicit LedgerHealth(bool healthy) : says_healthy_(healthy), told_healthy_(healthy) {}

    // Takes a healthy or unhealthy of the ledger.
    void said(const LedgerEvent& news);
    // What is to be told to the core now, if anything changed for it. `oldest_pending` is when the
    // oldest write that is not durable yet was handed over.
    [[nodiscard]] std::optional<LedgerEvent> judge(std::optional<Instant> oldest_pending,
                                                   Instant now);
    // When to judge again at the latest; nothing while no write is pending.
    [[nodiscard]] static std::optional<Instant> look_again(std::optional<Instant> oldest_pending,
                                                           Instant now);
    // Why the core was told unhealthy; empty while it is healthy.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    bool says_healthy_;
    bool told_healthy_;
    std::string said_;
    std::string problem_;
};

}  // namespace primum::daemon

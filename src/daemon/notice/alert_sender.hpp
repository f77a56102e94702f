// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/alert_book.hpp"
#include "daemon/notice/backoff.hpp"
#include "daemon/notice/ports.hpp"
#include "daemon/notice/wording.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace primum::notice {

// In one POST; halved each time Alertmanager refuses one for what is in it, until the one that it
// does not like is found and let go of.
inline constexpr std::size_t max_alerts_a_post = 64;

// Brings the alerts of a book to Alertmanager: at once what is news, the rest in its interval; one
// POST at a time; after a failure, again with back-off, for ever.
class AlertSender {
public:
    AlertSender(systemd::EventLoop& loop,
                const Clock& clock,
                AlertBook& book,
                const Origin& origin,
                Duration fires_for,
                const Ports& ports);

    // The book has changed.
    void wake();
    // Why nothing arrives; empty while it does.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    void arm();
    void send();
    [[nodiscard]] bool may_send(Instant now);
    void ended(const PostEnd& end);
    void refused();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    AlertBook& book_;
    const Origin& origin_;
    Duration fires_for_;
    const Ports& ports_;
    Backoff backoff_;
    Instant not_before_;
    std::optional<Instant> held_since_;  // for what is not durable yet
    std::vector<AlertBook::Sending> out_;
    std::size_t most_ = max_alerts_a_post;
    std::string problem_;
    systemd::LoopSource timer_;
};

}  // namespace primum::notice

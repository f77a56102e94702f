// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/backoff.hpp"
#include "daemon/notice/page_queue.hpp"
#include "daemon/notice/ports.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <string>

namespace primum::notice {

// Has the program run for the pages of a queue: one at a time and in their order. A run that failed
// is repeated, a page that failed max_page_tries times is given up; where the program cannot be
// run at all, its page waits.
class PageSender {
public:
    // `answer_within`: then nobody will say any more what came of a run, and it counts as not run.
    PageSender(systemd::EventLoop& loop,
               const Clock& clock,
               PageQueue& queue,
               const Origin& origin,
               Duration answer_within,
               const Ports& ports);

    // The queue has changed.
    void wake();
    // Why nothing is sent; empty while it is.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    void arm();
    void send();
    void ended(std::uint64_t run, const ProgramEnd& end);

    systemd::EventLoop& loop_;
    const Clock& clock_;
    PageQueue& queue_;
    const Origin& origin_;
    Duration answer_within_;
    const Ports& ports_;
    Backoff backoff_;
    Instant not_before_;
    std::uint64_t run_ = 0;  // the number of the last one
    std::uint64_t out_ = 0;  // the page it is for; 0: none is out
    std::string problem_;
    systemd::LoopSource timer_;
};

}  // namespace primum::notice

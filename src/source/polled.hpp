// SPDX-License-Identifier: MIT
#pragma once

#include "source/source.hpp"
#include "systemd/event_loop.hpp"

#include <primum/vocabulary.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace primum::source {

// How long after its start a source makes its first collection: between 0 and `interval`, by the
// name, the same at every start, so that sources do not ask all at once.
[[nodiscard]] Duration start_spread(std::string_view name, Duration interval);

// How long to wait before try number `next` (from 2): doubled each time, up to the maximum.
[[nodiscard]] Duration backoff_before(const Retries& retries, std::uint32_t next);

// `wait` less up to a quarter of it, by the name and the number of the try: those who failed
// together do not come back together.
[[nodiscard]] Duration with_jitter(Duration wait, std::string_view name, std::uint64_t number);

// A source that collects every interval, from the moment it is made.
//
// Each interval ends in one of two ways: a collection taken, or, when all tries within the interval
// failed, a failure. Intervals that pass unseen (a suspended host) are left out, never caught up.
class PolledSource : public Source {
public:
    PolledSource(systemd::EventLoop& loop,
                 const Clock& clock,
                 SourceRule rule,
                 SeriesId first_id,
                 Emit emit);

protected:
    // One try. It must end, later or at once but within about `timeout`, in exactly one of
    // collected() and missed().
    virtual void attempt(Duration timeout) = 0;

    // The try gave what ends this interval: succeed(), succeed_with() or fail() was called.
    void collected();
    // Whether another try follows within this interval: if so, it is planned, and this one is as if
    // it had never been.
    [[nodiscard]] bool try_again();
    // The try failed: another one follows while the interval and the rule allow it, else fail().
    void missed(SourceFailure failure, std::string detail);

    [[nodiscard]] systemd::EventLoop& loop() { return loop_; }

private:
    void begin();
    void try_now();
    void schedule_next();

    systemd::EventLoop& loop_;
    systemd::LoopSource timer_;
    Instant due_;              // when this interval began
    Instant began_;            // when its first try did
    std::uint32_t tries_ = 0;  // within this interval
};

}  // namespace primum::source

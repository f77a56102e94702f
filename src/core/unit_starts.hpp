// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace primum::core {

// How much of a unit's StartLimit budget is used.
struct StartLimit {
    std::uint32_t used = 0;
    std::uint32_t burst = 0;
    Duration interval{0};
    bool nearly_spent = false;     // another start would leave none to others
    std::optional<Instant> until;  // while nearly spent: when it no longer is
};

// The starts of one unit: whose each was, and how many more systemd would allow.
//
// A start shows by its InvocationID. It is ours when a job of ours runs, systemd's when NRestarts
// has risen since the start before (it falls back to 0 when a job starts the unit), ours again when
// a job of ours has ended since the state before, and else somebody's.
//
// systemd.unit(5), StartLimitIntervalSec=, StartLimitBurst=: more than `burst` starts within
// `interval`, whoever's they are, and further ones are refused. systemd's window begins with its
// first start; ours slides, so that it never counts fewer. What was started before the unit was
// first seen is not known: it is taken to have run as often as NRestarts says and once more, all
// of it just then. Where systemd says start-limit-hit, it knows better than our count.
class UnitStarts {
public:
    static constexpr std::size_t remembered = 128;  // starts; a limit beyond is not watched

    struct Jobs {
        bool ours_runs = false;
        bool ours_ended = false;  // since the state before
    };
    // The unit's state, every one of them. Whose start it shows, when it shows one.
    std::optional<StartedBy> take(Instant now, const UnitEvent& state, const Jobs& jobs);

    // As of `now`; nothing where there is no limit.
    [[nodiscard]] std::optional<StartLimit> limit(Instant now) const;

    static void members(auto& archive, auto& it) {
        archive(
            it.seen_, it.invocation_, it.restarts_, it.burst_, it.interval_, it.hit_, it.starts_);
    }

private:
    void add(Instant now, std::uint32_t count);

    bool seen_ = false;
    std::string invocation_;      // of the last run
    std::uint32_t restarts_ = 0;  // NRestarts as that run began
    std::uint32_t burst_ = 0;
    Duration interval_{0};
    std::optional<Instant> hit_;  // since when systemd refuses to start it
    std::deque<Instant> starts_;  // oldest first
};

}  // namespace primum::core

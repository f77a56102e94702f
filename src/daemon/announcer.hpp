// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/effect.hpp>
#include <primum/record.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace primum::daemon {

// Tells whoever listens what has changed, a moment later and once: the bus and the manager are
// needed for the healing itself, and that goes first. Every change of a level is told, in order; of
// an incident only how it stands then, of a target only that something changed.
class Announcer {
public:
    // Shorter than what a person sees, longer than the way from a failure to its remedy.
    static constexpr Duration delay = std::chrono::milliseconds{100};
    // So many changes of level are told without waiting for the delay.
    static constexpr std::size_t most_levels = 256;

    struct Ports {
        std::function<void(const LevelChanged&)> level;
        std::function<void(const IncidentRecord&)> incident;
        std::function<void(const std::string& target)> target;
        std::function<void()> host;  // after all others, each time
    };

    Announcer(systemd::EventLoop& loop, const Clock& clock, Ports ports);
    Announcer(const Announcer&) = delete;
    Announcer& operator=(const Announcer&) = delete;

    void level(const LevelChanged& change);
    void incident(const IncidentRecord& incident);
    void target(const std::string& target);
    void host();
    // Tells what there is now.
    void flush();

private:
    void soon();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    Ports ports_;
    std::vector<LevelChanged> levels_;
    std::map<std::uint64_t, IncidentRecord> incidents_;
    std::set<std::string> targets_;
    systemd::LoopSource timer_;
};

}  // namespace primum::daemon

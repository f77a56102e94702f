// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace primum::daemon {

// Tells our own jobs from those of others. While an action of ours runs on a unit, the first new
// start, stop, restart or reload job on it is the action's; every other job is somebody else's.
class JobAttribution {
public:
    // How long after the action's end its job may still be heard of: the actuator's answer and
    // the bus signal come over different sockets.
    static constexpr Duration grace = std::chrono::seconds{2};

    // Before the actuator is asked to run `action` on `unit`. A later action on the same unit
    // replaces the earlier one; saying the same again changes nothing.
    void begin(const std::string& unit, const std::string& action);
    // News of the action. An action that finished without effect (refused) has no job.
    void note(const ActionEvent& news, Instant now);
    // Whether this job is ours. To be asked for every job event, in their order.
    [[nodiscard]] bool ours(const JobEvent& job, Instant now);

private:
    struct Expected {
        std::string action;
        std::uint32_t job = 0;  // 0: not heard of yet
        bool ended = false;
        Instant end;
    };

    std::map<std::string, Expected, std::less<>> by_unit_;
    std::set<std::pair<std::string, std::uint32_t>> foreign_;  // queued, not ours
};

}  // namespace primum::daemon

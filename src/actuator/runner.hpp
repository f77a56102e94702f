// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "remedy/job_remedy.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"

#include <primum/clock.hpp>
#include <primum/event.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::actuator {

// Something for the log.
struct Note {
    bool warning = false;
    bool end = false;  // of an action
    std::string message;
    std::string action;
    std::string target;
    std::string level;
    std::string reason;
};

// Carries out actions that were admitted: `started` durable, told, effect, end durable, told.
// Nobody's going away stops a running one; a timeout leaves its job to systemd.
class Runner {
public:
    struct Parts {
        systemd::EventLoop& loop;
        const Clock& clock;
        systemd::Manager& manager;
        LazyStore& store;
    };
    struct Hooks {
        std::function<void(std::uint64_t asker, const ActionEvent&)> tell;
        std::function<void(const Note&)> note;
    };

    Runner(Parts parts, std::vector<std::string> off_switch, Hooks hooks);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    // Starts an action whose id was not used before. Refused, nothing was done.
    StoreResult<void> start(const StoredAction& action, std::uint64_t asker);
    // Whether an action is at work on the unit.
    [[nodiscard]] bool busy_with(const std::string& unit) const;
    // Whether the action has no end yet; its end is then told to `asker`. One that has timed out
    // has an end, but its late one is told to `asker`, too.
    bool attach(const std::string& id, std::uint64_t asker);
    // Judges what an earlier run has left without an end. Once the database is there.
    void recover();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::actuator

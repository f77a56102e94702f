// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "actuator/ports.hpp"
#include "remedy/execution.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/event.hpp>

#include <cstdint>
#include <functional>
#include <memory>
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

struct RunnerParts {
    systemd::EventLoop& loop;
    const Clock& clock;
    LazyStore& store;
    const Ports& ports;
};

struct RunnerHooks {
    std::function<void(std::uint64_t asker, const ActionEvent&)> tell;
    std::function<void(const Note&)> note;
};

// How long evidence before an action is waited for, at most half of what is left until not_after;
// with less than evidence_least to look, none is taken. The look itself gets evidence_spare less,
// to end.
inline constexpr Duration evidence_takes{std::chrono::seconds{2}};
inline constexpr Duration evidence_least{std::chrono::milliseconds{200}};
inline constexpr Duration evidence_spare{std::chrono::milliseconds{200}};

// An action that was admitted.
struct Admission {
    StoredAction action;  // without its `order`
    remedy::Order order;
    Instant not_after;
};

// Carries out actions that were admitted: `started` durable, told, evidence (restart, fallback),
// a look at the plan's age, prepared, way back durable, a last look at the off switch, and at the
// age unless the action's own programs ran in prepare(), effect, end durable, told.
// Nobody's going away stops a running one. At the timeout its processes are stopped; what has no
// end soon after is ambiguous, and what comes later is recorded and told as late.
class Runner {
public:
    Runner(RunnerParts parts, std::vector<std::string> off_switch, RunnerHooks hooks);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    // Starts an action whose id was not used before. Refused, nothing was done.
    StoreResult<void> start(Admission admission, std::uint64_t asker);
    // Whether an action is at work on the unit or the target.
    [[nodiscard]] bool busy_with(const std::string& unit, const std::string& target) const;
    [[nodiscard]] bool idle() const;
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

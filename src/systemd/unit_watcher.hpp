// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/bus.hpp"
#include "systemd/unit_table.hpp"

#include <primum/event.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace primum::systemd {

struct UnitWatcherOptions {
    std::uint32_t names_per_call = 256;  // of one ListUnitsByNames
    std::uint32_t calls_in_flight = 64;
};

// Watches a set of units through systemd's signals; never polls. Gives UnitEvent and JobEvent
// bodies: each unit's state once when it is first known and on every change, its jobs as they come
// and go. A unit's events come in order, and a job is always named before the state it led to.
// `unit` in the events is the name as it was given to watch(), also where that is an alias.
// While the bus is away nothing is told; when it is back, what changed is.
class UnitWatcher {
public:
    using Emit = std::function<void(EventBody)>;

    UnitWatcher(Bus& bus, Emit emit, UnitWatcherOptions options = {});
    ~UnitWatcher();
    UnitWatcher(const UnitWatcher&) = delete;
    UnitWatcher& operator=(const UnitWatcher&) = delete;

    // The whole set of units to watch; those that are in it already go on undisturbed. Units may
    // be missing or come later.
    void watch(const std::vector<std::string>& units);

    // Whether the first state of every watched unit has been told.
    [[nodiscard]] bool complete() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::systemd

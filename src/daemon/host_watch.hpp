// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/package_lock.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/host_phase.hpp"

#include <primum/clock.hpp>
#include <primum/event.hpp>

#include <functional>
#include <optional>
#include <string>

namespace primum::daemon {

// What is at work on the host as a whole, put together: the boot, the shutdown, the package
// manager. Gives an event when it changes.
class HostBusiness {
public:
    [[nodiscard]] std::optional<HostEvent> phase(systemd::HostPhase phase);
    [[nodiscard]] std::optional<HostEvent> package_lock(std::optional<std::string> holder);

private:
    [[nodiscard]] std::optional<HostEvent> news();

    systemd::HostPhase phase_ = systemd::HostPhase::up;
    std::optional<std::string> holder_;
    std::string told_;
};

// Watches for it. An event comes only when something changes; the host is taken to be at rest
// until then.
class HostWatch {
public:
    HostWatch(systemd::EventLoop& loop,
              const Clock& clock,
              systemd::Bus& bus,
              std::function<void(HostEvent)> changed,
              const PackageLockPlaces& places = {});

private:
    std::function<void(HostEvent)> changed_;
    HostBusiness business_;
    PackageLockWatch package_lock_;
    systemd::HostPhaseWatcher phase_;
};

}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/bus.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace primum::systemd {

// What systemd is doing with the host as a whole.
enum class HostPhase : std::uint8_t {
    up,             // nothing of the kind, or systemd cannot be asked
    booting,        // the jobs of the boot have not all ended yet
    shutting_down,  // halt, reboot, soft-reboot or kexec
};

// Tells when the phase of the host changes, beginning with `up`; costs nothing in between.
//
// Booting is SystemState `initializing` or `starting`, until the signal StartupFinished. Shutting
// down is a job of shutdown.target, which every way down needs: it is gone again when somebody
// cancels it.
class HostPhaseWatcher {
public:
    using Told = std::function<void(HostPhase)>;
    HostPhaseWatcher(Bus& bus, Told told);
    ~HostPhaseWatcher();
    HostPhaseWatcher(const HostPhaseWatcher&) = delete;
    HostPhaseWatcher& operator=(const HostPhaseWatcher&) = delete;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::systemd

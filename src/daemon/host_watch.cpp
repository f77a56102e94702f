// SPDX-License-Identifier: MIT
#include "daemon/host_watch.hpp"

#include <utility>

namespace primum::daemon {

std::optional<HostEvent> HostBusiness::phase(systemd::HostPhase phase) {
    phase_ = phase;
    return news();
}

std::optional<HostEvent> HostBusiness::package_lock(std::optional<std::string> holder) {
    holder_ = std::move(holder);
    return news();
}

std::optional<HostEvent> HostBusiness::news() {
    std::string now;
    if (phase_ == systemd::HostPhase::shutting_down) {
        now = "the shutdown";
    } else if (phase_ == systemd::HostPhase::booting) {
        now = "the boot";
    } else if (holder_) {
        now = "the package manager (" + *holder_ + ')';
    }
    if (now == told_) {
        return std::nullopt;
    }
    told_ = now;
    HostEvent event;
    event.change = HostChange::busy;
    event.busy = !now.empty();
    event.detail = std::move(now);
    return event;
}

HostWatch::HostWatch(systemd::EventLoop& loop,
                     const Clock& clock,
                     systemd::Bus& bus,
                     std::function<void(HostEvent)> changed,
                     const PackageLockPlaces& places)
    : changed_(std::move(changed)),
      package_lock_(
          loop,
          clock,
          [this](const std::optional<std::string>& holder) {
              if (auto event = business_.package_lock(holder)) {
                  changed_(std::move(*event));
              }
          },
          places),
      phase_(bus, [this](systemd::HostPhase phase) {
          if (auto event = business_.phase(phase)) {
              changed_(std::move(*event));
          }
      }) {}

}  // namespace primum::daemon

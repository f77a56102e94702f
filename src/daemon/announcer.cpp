// SPDX-License-Identifier: MIT
#include "daemon/announcer.hpp"

#include <utility>

namespace primum::daemon {

Announcer::Announcer(systemd::EventLoop& loop, const Clock& clock, Ports ports)
    : loop_(loop), clock_(clock), ports_(std::move(ports)) {}

void Announcer::level(const LevelChanged& change) {
    levels_.push_back(change);
    targets_.insert(change.target);
    if (levels_.size() >= most_levels) {
        flush();
    } else {
        soon();
    }
}

void Announcer::incident(const IncidentRecord& incident) {
    incidents_[incident.id] = incident;
    targets_.insert(incident.target);
    soon();
}

void Announcer::target(const std::string& target) {
    targets_.insert(target);
    soon();
}

void Announcer::host() {
    soon();
}

void Announcer::soon() {
    if (!timer_.armed()) {
        timer_ = loop_.at(clock_.now().t + delay, [this] { flush(); });
    }
}

void Announcer::flush() {
    timer_.reset();
    for (const auto& change : std::exchange(levels_, {})) {
        ports_.level(change);
    }
    for (const auto& [id, incident] : std::exchange(incidents_, {})) {
        ports_.incident(incident);
    }
    for (const auto& target : std::exchange(targets_, {})) {
        ports_.target(target);
    }
    ports_.host();
}

}  // namespace primum::daemon

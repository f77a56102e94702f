// SPDX-License-Identifier: MIT
#include "bus/service.hpp"

#include "bus/manager.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>
#include <sdbus-c++/sdbus-c++.h>

#include <string>
#include <utility>

namespace primum::bus {
namespace {

std::string text(std::string_view view) {
    return std::string{view};
}

BusError bus_error(const sdbus::Error& error) {
    const std::string& name = error.getName();
    if (name == "org.freedesktop.DBus.Error.FileExists" || name == "System.Error.EEXIST" ||
        name == "System.Error.EALREADY") {
        return {BusError::Code::taken,
                fmt::format("the bus name {} is taken, so another primumd runs: look at "
                            "'systemctl status primumd.service'",
                            service_name)};
    }
    if (name == "org.freedesktop.DBus.Error.AccessDenied" || name == "System.Error.EACCES" ||
        name == "System.Error.EPERM") {
        return {BusError::Code::denied,
                fmt::format("the bus does not let this user own {}: is org.primum.Primum1.conf "
                            "installed, and does primumd run as user primum?",
                            service_name)};
    }
    return {BusError::Code::failed,
            fmt::format("the bus did not take the service ({}): is dbus.service running?",
                        error.getMessage())};
}

}  // namespace

Result<std::unique_ptr<Service>, BusError> Service::start(sdbus::IConnection& connection,
                                                          Backend& backend,
                                                          ServiceOptions options) {
    try {
        auto manager = std::make_unique<Manager>(connection, backend, options);
        manager->publish();
        connection.requestName(service_name);
        return std::unique_ptr<Service>{new Service{std::move(manager)}};
    } catch (const sdbus::Error& error) {
        return fail(bus_error(error));
    }
}

Service::Service(std::unique_ptr<Manager> manager) : manager_(std::move(manager)) {}
Service::~Service() = default;

void Service::level_changed(const LevelChanged& change) {
    manager_->emit("LevelChanged", [&](sdbus::Signal& signal) {
        signal << change.target << text(name_of(change.from)) << text(name_of(change.to))
               << change.reason << change.incident;
    });
}

void Service::incident_changed(const IncidentRecord& incident) {
    manager_->emit("IncidentChanged", [&](sdbus::Signal& signal) {
        signal << incident.id << incident.target << incident.open << text(name_of(incident.level))
               << text(name_of(incident.phase)) << incident.reason;
    });
    manager_->objects().incident_changed(incident);
}

void Service::target_changed(std::string_view target) {
    manager_->emit("TargetChanged", [&](sdbus::Signal& signal) { signal << text(target); });
    manager_->objects().target_changed(target);
}

void Service::host_changed() {
    manager_->host_changed();
}

std::size_t Service::outstanding() const {
    return manager_->outstanding();
}

std::uint64_t Service::signals_lost() const {
    return manager_->signals_lost();
}

}  // namespace primum::bus

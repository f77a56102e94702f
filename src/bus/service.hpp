// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"

#include <primum/effect.hpp>
#include <primum/record.hpp>
#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sdbus {
class IConnection;
}

namespace primum::bus {

inline constexpr const char* service_name = "org.primum.Primum1";
inline constexpr const char* object_path = "/org/primum/Primum1";
inline constexpr const char* manager_interface = "org.primum.Primum1.Manager";

class Manager;

struct BusError {
    enum class Code : std::uint8_t {
        taken,   // somebody has the name: another primumd runs (exit 75)
        denied,  // the bus's policy does not let this user own the name
        failed,  // the bus did not answer, or anything else
    };
    Code code = Code::failed;
    std::string message;  // for people; says what to do next
};

struct ServiceOptions {
    // Calls that wait for polkit or the ledger; more are refused with Error.Busy.
    std::size_t max_outstanding = 64;
    std::size_t max_outstanding_per_sender = 8;
    std::size_t max_reason_bytes = 256;
    std::uint32_t max_page = 500;
    // How long a person may take at polkit's dialogue, and how long polkit may take without one.
    Duration interactive_timeout{std::chrono::minutes{2}};
    Duration authority_timeout{std::chrono::seconds{10}};
    // The uid that needs no polkit.
    std::uint32_t root_uid = 0;
};

// org.primum.Primum1 on the bus: docs/dbus.md has every method. It keeps no state of its own;
// answers come from the Backend, whose lifetime must cover the Service's. One thread (the loop's).
class Service {
public:
    // Publishes the object, then takes the name without replacement and without queueing. The
    // connection must be attached to the loop by its owner (systemd::Bus) and outlive the Service:
    // let go of it in Bus::Listener::down. Blocks for the call to the bus daemon; meant for the
    // start of a connection only.
    [[nodiscard]] static Result<std::unique_ptr<Service>, BusError> start(
        sdbus::IConnection& connection, Backend& backend, ServiceOptions options = {});

    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Signals. A failure to emit is counted, ignoring.
    void level_changed(const LevelChanged& change);
    void incident_changed(const IncidentRecord& incident);
    // Something else of a target's summary changed: phase, severity, hold, rules.
    void target_changed(std::string_view target);
    // Mode or Disabled may have changed; emits PropertiesChanged when they did.
    void host_changed();

    [[nodiscard]] std::size_t outstanding() const;
    [[nodiscard]] std::uint64_t signals_lost() const;

private:
    explicit Service(std::unique_ptr<Manager> manager);
    std::unique_ptr<Manager> manager_;
};

}  // namespace primum::bus

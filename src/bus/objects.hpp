// SPDX-License-Identifier: MIT
#pragma once

#include "bus/backend.hpp"
#include "bus/call.hpp"
#include "bus/properties.hpp"
#include "bus/vtable.hpp"

#include <primum/engine.hpp>
#include <primum/record.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <systemd/sd-bus.h>

namespace primum::bus {

class Manager;

// One object a target and one an open incident, below an ObjectManager at object_path. Nothing is
// registered for each: sd-bus asks when an object is called for, so a thousand targets cost what
// their last told summary takes, and a start or reload no more than telling who came and went.
class Objects {
public:
    // Both must outlive it, the bus's connection too.
    Objects(sd_bus* bus, Backend& backend, Manager& manager);
    Objects(const Objects&) = delete;
    Objects& operator=(const Objects&) = delete;

    // sd-bus's error, negative, when something could not be registered.
    [[nodiscard]] int publish();

    // Tells which targets came and went with the rules in force, where they are others than before.
    void rules_changed(const std::string& digest);
    void target_changed(std::string_view target);
    void incident_changed(const IncidentRecord& incident);

    [[nodiscard]] std::uint64_t signals_lost() const { return signals_lost_; }

private:
    // What sd-bus gives back to the handlers: the object that it has asked for last.
    struct FoundTarget {
        Objects* objects = nullptr;
        TargetSummary thing;
    };
    struct FoundIncident {
        Objects* objects = nullptr;
        IncidentRecord thing;
    };
    template <class Found>
    struct Rows;

    static int find_target(sd_bus* bus,
                           const char* path,
                           const char* interface,
                           void* self,
                           void** found,
                           sd_bus_error* error);
    static int find_incident(sd_bus* bus,
                             const char* path,
                             const char* interface,
                             void* self,
                             void** found,
                             sd_bus_error* error);
    static int list_targets(
        sd_bus* bus, const char* prefix, void* self, char*** paths, sd_bus_error* error);
    static int list_incidents(
        sd_bus* bus, const char* prefix, void* self, char*** paths, sd_bus_error* error);

    void add_target_rows();
    void add_incident_rows();
    void count(int sent) { signals_lost_ += sent < 0 ? 1 : 0; }
    void tell_changed(const std::string& path,
                      const char* interface,
                      std::vector<std::string> properties);

    sd_bus* bus_;
    Backend& backend_;
    Manager& manager_;
    Vtable target_rows_;
    Vtable incident_rows_;
    FoundTarget found_target_;
    FoundIncident found_incident_;
    std::string told_rules_;
    std::map<std::string, TargetSummary, std::less<>> told_;  // as last told
    std::map<std::uint64_t, IncidentRecord> incidents_;       // open
    std::uint64_t signals_lost_ = 0;
    // Last: they go first.
    BusSlot manager_slot_;
    BusSlot targets_slot_;
    BusSlot incidents_slot_;
    BusSlot target_list_slot_;
    BusSlot incident_list_slot_;
};

}  // namespace primum::bus

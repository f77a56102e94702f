// SPDX-License-Identifier: MIT
#pragma once

#include <primum/engine.hpp>
#include <primum/record.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <systemd/sd-bus.h>

// The properties of the objects on the bus: what each is called, its type, and how it is read.
namespace primum::bus {

inline constexpr const char* target_prefix = "/org/primum/Primum1/target";
inline constexpr const char* incident_prefix = "/org/primum/Primum1/incident";

// Where an object stands: names are escaped as systemd does (sd_bus_path_encode).
[[nodiscard]] std::string target_path(std::string_view name);
[[nodiscard]] std::string incident_path(std::uint64_t id);
// The target that a path is of; empty for a path of anything else.
[[nodiscard]] std::string target_of_path(const char* path);

struct ObjectPath {
    std::string path;
    bool operator==(const ObjectPath&) const = default;
};
using PropertyValue = std::variant<std::string, ObjectPath, bool, std::uint32_t, std::uint64_t>;

template <class Thing>
struct Property {
    const char* name;
    const char* type;  // of the value
    bool constant;
    PropertyValue (*value)(const Thing&);
};

[[nodiscard]] std::span<const Property<TargetSummary>> target_properties();
[[nodiscard]] std::span<const Property<IncidentRecord>> incident_properties();

// The names of those that differ.
template <class Thing>
std::vector<std::string> differing(std::span<const Property<Thing>> properties,
                                   const Thing& before,
                                   const Thing& now) {
    std::vector<std::string> names;
    for (const Property<Thing>& each : properties) {
        if (!each.constant && each.value(before) != each.value(now)) {
            names.emplace_back(each.name);
        }
    }
    return names;
}

// What sd-bus's functions give: negative when it does not go.
int append(sd_bus_message* message, const PropertyValue& value);

}  // namespace primum::bus

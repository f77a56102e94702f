// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/bus.hpp"

#include <primum/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// systemd's names on the bus, and its property values as ours.
namespace primum::systemd {

inline constexpr const char* systemd_name = "org.freedesktop.systemd1";
inline constexpr const char* manager_path = "/org/freedesktop/systemd1";
inline constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";
inline constexpr const char* unit_interface = "org.freedesktop.systemd1.Unit";
inline constexpr const char* service_interface = "org.freedesktop.systemd1.Service";
inline constexpr const char* job_interface = "org.freedesktop.systemd1.Job";
inline constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";

using PropertyMap = std::map<std::string, sdbus::Variant>;

[[nodiscard]] CallTarget manager_call(const char* member);
[[nodiscard]] CallTarget property_call(const std::string& path, const char* member);

// A property of the given type; nothing where it is absent or of another type.
[[nodiscard]] std::optional<std::string> text_of(const PropertyMap& properties, const char* name);
[[nodiscard]] std::optional<bool> flag_of(const PropertyMap& properties, const char* name);
// Of 32 or 64 bits.
[[nodiscard]] std::optional<std::uint64_t> unsigned_of(const PropertyMap& properties,
                                                       const char* name);
// How a service's main process ended: its exit code, or the name of the signal that ended it; empty
// while it runs.
[[nodiscard]] std::optional<std::string> exit_status_of(const PropertyMap& properties);
// A byte array as hex digits.
[[nodiscard]] std::optional<std::string> hex_of(const PropertyMap& properties, const char* name);
[[nodiscard]] std::vector<std::string> texts_of(const PropertyMap& properties, const char* name);
// The number of the property `Job`, 0 for none.
[[nodiscard]] std::optional<std::uint32_t> job_of(const PropertyMap& properties);
// A time in microseconds of CLOCK_MONOTONIC; zero where it is absent.
[[nodiscard]] Instant instant_of(const PropertyMap& properties, const char* name);

}  // namespace primum::systemd

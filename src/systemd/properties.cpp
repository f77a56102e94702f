// SPDX-License-Identifier: MIT
#include "systemd/properties.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <tuple>

namespace primum::systemd {
namespace {

template <class T>
std::optional<T> get(const PropertyMap& properties, const char* name) {
    const auto found = properties.find(name);
    if (found == properties.end() || !found->second.containsValueOfType<T>()) {
        return std::nullopt;
    }
    return found->second.get<T>();
}

}  // namespace

CallTarget manager_call(const char* member) {
    CallTarget target;
    target.destination = systemd_name;
    target.path = manager_path;
    target.interface = manager_interface;
    target.member = member;
    return target;
}

CallTarget property_call(const std::string& path, const char* member) {
    CallTarget target;
    target.destination = systemd_name;
    target.path = path;
    target.interface = properties_interface;
    target.member = member;
    return target;
}

std::optional<std::string> text_of(const PropertyMap& properties, const char* name) {
    return get<std::string>(properties, name);
}

std::optional<bool> flag_of(const PropertyMap& properties, const char* name) {
    return get<bool>(properties, name);
}

std::optional<std::uint64_t> unsigned_of(const PropertyMap& properties, const char* name) {
    if (const auto narrow = get<std::uint32_t>(properties, name)) {
        return *narrow;
    }
    return get<std::uint64_t>(properties, name);
}

std::optional<std::string> exit_status_of(const PropertyMap& properties) {
    const auto code = get<std::int32_t>(properties, "ExecMainCode");
    const auto status = get<std::int32_t>(properties, "ExecMainStatus");
    if (!code.has_value() || !status.has_value()) {
        return std::nullopt;
    }
    if (*code == CLD_EXITED) {
        return std::to_string(*status);
    }
    const char* const signal = *code == 0 ? nullptr : sigabbrev_np(*status);
    return signal == nullptr ? "" : signal;
}

std::optional<std::string> hex_of(const PropertyMap& properties, const char* name) {
    static constexpr std::string_view digits = "0123456789abcdef";
    const auto bytes = get<std::vector<std::uint8_t>>(properties, name);
    if (!bytes.has_value()) {
        return std::nullopt;
    }
    std::string hex;
    hex.reserve(bytes->size() * 2);
    for (const auto byte : *bytes) {
        hex += digits[byte >> 4U];
        hex += digits[byte & 15U];
    }
    return hex;
}

std::vector<std::string> texts_of(const PropertyMap& properties, const char* name) {
    return get<std::vector<std::string>>(properties, name).value_or(std::vector<std::string>{});
}

std::optional<std::uint32_t> job_of(const PropertyMap& properties) {
    const auto job = get<sdbus::Struct<std::uint32_t, sdbus::ObjectPath>>(properties, "Job");
    if (!job.has_value()) {
        return std::nullopt;
    }
    return std::get<0>(*job);
}

Instant instant_of(const PropertyMap& properties, const char* name) {
    const auto us = unsigned_of(properties, name).value_or(0);
    return instant_from_us(static_cast<std::int64_t>(std::min<std::uint64_t>(us, INT64_MAX)));
}

}  // namespace primum::systemd

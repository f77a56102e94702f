// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace primum::rules {

// Units that no remedy ever touches, directly or by taking them along. There is no key to allow it.
// A trailing '*' means "begins with", a leading '*' means "ends with".
inline constexpr std::array<std::string_view, 16> protected_units{
    "primumd.service",
    "primum-actuator*",
    "dbus.service",
    "dbus.socket",
    "dbus-broker*",
    "dbus-org.freedesktop.*",
    "polkit.service",
    "polkitd.service",
    "systemd-journald*",
    "systemd-logind*",
    "systemd-udevd*",
    "init.scope",
    "*.slice",
    "*.scope",
    "-.mount",
    "primum-*",
};

// Whether systemd unit `unit` is one of them.
[[nodiscard]] constexpr bool is_protected_unit(std::string_view unit) {
    for (const std::string_view pattern : protected_units) {
        if (pattern.back() == '*'    ? unit.starts_with(pattern.substr(0, pattern.size() - 1))
            : pattern.front() == '*' ? unit.ends_with(pattern.substr(1))
                                     : unit == pattern) {
            return true;
        }
    }
    return false;
}

}  // namespace primum::rules

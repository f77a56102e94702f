// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace primum::rules {

// Units that no remedy ever touches, directly or by taking them along. There is no key to allow it.
// A trailing '*' means "begins with", a leading '*' means "ends with".
inline constexpr std::array<std::string_view, 17> protected_units{
    "primumd.service",
    "primumd-push.socket",
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

// Files and directories that no remedy ever writes, with everything beneath: primum's and systemd's
// own, accounts, passwords and what decides who may do what, and the kernel's views.
inline constexpr std::array<std::string_view, 38> protected_files{"/etc/primum",
                                                                  "/var/lib/primum",
                                                                  "/var/lib/primum-actuator",
                                                                  "/run/primum",
                                                                  "/usr/lib/primum",
                                                                  "/usr/libexec/primum",
                                                                  "/usr/bin/primumctl",
                                                                  "/usr/sbin/primumd",
                                                                  "/usr/share/primum",
                                                                  "/etc/systemd",
                                                                  "/run/systemd",
                                                                  "/usr/lib/systemd",
                                                                  "/lib/systemd",
                                                                  "/var/lib/systemd",
                                                                  "/usr/local/lib/systemd",
                                                                  "/etc/passwd",
                                                                  "/etc/passwd-",
                                                                  "/etc/shadow",
                                                                  "/etc/shadow-",
                                                                  "/etc/group",
                                                                  "/etc/gshadow",
                                                                  "/etc/sudoers",
                                                                  "/etc/sudoers.d",
                                                                  "/etc/sudo.conf",
                                                                  "/etc/pam.d",
                                                                  "/etc/pam.conf",
                                                                  "/etc/security",
                                                                  "/etc/login.defs",
                                                                  "/etc/polkit-1",
                                                                  "/usr/share/polkit-1",
                                                                  "/etc/dbus-1",
                                                                  "/usr/share/dbus-1",
                                                                  "/etc/machine-id",
                                                                  "/proc",
                                                                  "/sys",
                                                                  "/dev",
                                                                  "/boot",
                                                                  "/etc/ld.so.preload"};

// Whether `path`, absolute and lexically normal, is one of them, lies beneath one, or contains one.
[[nodiscard]] constexpr bool is_protected_file(std::string_view path) {
    const auto beneath = [](std::string_view inner, std::string_view outer) {
        return inner.starts_with(outer) &&
               (inner.size() == outer.size() || outer == "/" || inner[outer.size()] == '/');
    };
    for (const std::string_view one : protected_files) {
        if (beneath(path, one) || beneath(one, path)) {
            return true;
        }
    }
    return false;
}

// Names on the bus that no remedy calls: through them anything could be done to any unit.
inline constexpr std::array<std::string_view, 6> protected_bus_names{"org.freedesktop.DBus",
                                                                     "org.freedesktop.systemd1",
                                                                     "org.freedesktop.login1",
                                                                     "org.freedesktop.PolicyKit1",
                                                                     "org.freedesktop.machine1",
                                                                     "org.primum"};

// Whether `name` is one of them or begins with one and a dot, or is a connection's own name.
[[nodiscard]] constexpr bool is_protected_bus_name(std::string_view name) {
    for (const std::string_view one : protected_bus_names) {
        if (name.starts_with(one) && (name.size() == one.size() || name[one.size()] == '.')) {
            return true;
        }
    }
    return name.starts_with(':');
}

}  // namespace primum::rules

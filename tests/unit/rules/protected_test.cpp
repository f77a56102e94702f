// SPDX-License-Identifier: MIT
#include "rules/protected.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

TEST(ProtectedTest, KnowsWhatHoldsTheHostTogether) {
    for (const char* unit : {"primumd.service",
                             "primum-actuator.service",
                             "primum-actuator.socket",
                             "primumd-push.socket",
                             "dbus.service",
                             "dbus.socket",
                             "dbus-broker.service",
                             "polkit.service",
                             "systemd-journald.service",
                             "systemd-journald.socket",
                             "systemd-journald-dev-log.socket",
                             "systemd-logind.service",
                             "dbus-org.freedesktop.login1.service",
                             "systemd-udevd.service",
                             "systemd-udevd-kernel.socket",
                             "init.scope",
                             "system.slice",
                             "-.slice",
                             "session-1.scope",
                             "-.mount"}) {
        EXPECT_TRUE(is_protected_unit(unit)) << unit;
    }
}

TEST(ProtectedTest, LeavesOthersAlone) {
    for (const char* unit : {"nginx.service",
                             "dbus.target",
                             "my-dbus.service",
                             "postgresql@15-main.service",
                             "home.mount",
                             "systemd-resolved.service",
                             "primumd2.service",
                             ""}) {
        EXPECT_FALSE(is_protected_unit(unit)) << unit;
    }
}

TEST(ProtectedTest, NamesFilesThatAreNeverWritten) {
    for (const char* path : {"/etc/shadow",
                             "/etc/primum/rules.d/a.toml",
                             "/etc/systemd/system/a.service",
                             "/usr/lib/systemd",
                             "/etc/pam.d/sshd",
                             "/proc/1",
                             "/etc",
                             "/"}) {
        EXPECT_TRUE(is_protected_file(path)) << path;
    }
    for (const char* path : {"/etc/shadow2", "/etc/gateway/a.toml", "/srv", "/etc/primumd"}) {
        EXPECT_FALSE(is_protected_file(path)) << path;
    }
}

TEST(ProtectedTest, NamesThatNoRemedyCalls) {
    for (const char* name : {"org.freedesktop.systemd1",
                             "org.freedesktop.DBus",
                             "org.primum.Primum1",
                             "org.freedesktop.login1",
                             ":1.7"}) {
        EXPECT_TRUE(is_protected_bus_name(name)) << name;
    }
    for (const char* name : {"org.freedesktop.systemd12", "org.primumx", "com.example.Gateway"}) {
        EXPECT_FALSE(is_protected_bus_name(name)) << name;
    }
}

}  // namespace
}  // namespace primum::rules

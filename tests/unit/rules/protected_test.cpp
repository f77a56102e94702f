// SPDX-License-Identifier: MIT
#include "rules/protected.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

TEST(ProtectedTest, KnowsWhatHoldsTheHostTogether) {
    for (const char* unit : {"primumd.service",
                             "primum-actuator.service",
                             "primum-actuator.socket",
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

}  // namespace
}  // namespace primum::rules

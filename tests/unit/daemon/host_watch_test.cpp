// SPDX-License-Identifier: MIT
#include "daemon/host_watch.hpp"

#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

using systemd::HostPhase;

TEST(HostBusinessTest, TellsOnlyWhatChanges) {
    HostBusiness business;
    EXPECT_FALSE(business.phase(HostPhase::up).has_value());
    EXPECT_FALSE(business.package_lock(std::nullopt).has_value());
    const auto busy = business.package_lock("process 7");
    ASSERT_TRUE(busy.has_value());
    EXPECT_EQ(busy->change, HostChange::busy);
    EXPECT_TRUE(busy->busy);
    EXPECT_EQ(busy->detail, "the package manager (process 7)");
    EXPECT_FALSE(business.package_lock("process 7").has_value());
    const auto rest = business.package_lock(std::nullopt);
    ASSERT_TRUE(rest.has_value());
    EXPECT_FALSE(rest->busy);
    EXPECT_EQ(rest->detail, "");
}

TEST(HostBusinessTest, TheHostIsBusyUntilTheLastHasEnded) {
    HostBusiness business;
    EXPECT_EQ(business.phase(HostPhase::booting)->detail, "the boot");
    EXPECT_FALSE(business.package_lock("process 7").has_value()) << "busy as before";
    EXPECT_EQ(business.phase(HostPhase::up)->detail, "the package manager (process 7)");
    EXPECT_EQ(business.phase(HostPhase::shutting_down)->detail, "the shutdown");
    EXPECT_FALSE(business.package_lock(std::nullopt).has_value());
    EXPECT_FALSE(business.phase(HostPhase::up)->busy);
}

}  // namespace
}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#include "ctl/live_units.hpp"

#include <gtest/gtest.h>

namespace primum::ctl {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(LiveUnitsTest, TellsHowOftenACalendarElapses) {
    EXPECT_EQ(calendar_period("*-*-* *:00/5:00"), minutes{5});
    EXPECT_EQ(calendar_period("*-*-* *:*:00"), minutes{1});
    EXPECT_EQ(calendar_period("*-*-* *:*:00/30"), seconds{30});
    EXPECT_EQ(calendar_period("*-*-* *:00:00"), hours{1});
    EXPECT_EQ(calendar_period("*-*-* 00/6:00:00"), hours{6});
    EXPECT_EQ(calendar_period("*-*-* 06:30:00"), hours{24});
}

TEST(LiveUnitsTest, SaysNothingOfWhatIsNoSinglePeriod) {
    for (const char* calendar : {"",
                                 "Mon *-*-* 00:00:00",
                                 "*-*-01 00:00:00",
                                 "*-*-* *:00,20:00",
                                 "*-*-* *:00/0:00",
                                 "*-*-* *:00/x:00",
                                 "*-*-* 1:2",
                                 "*-*-* *:00/99999999999999999999:00"}) {
        EXPECT_EQ(calendar_period(calendar), Duration{0}) << calendar;
    }
}

TEST(LiveUnitsTest, SeesWhoseProgramActsOnAUnit) {
    EXPECT_TRUE(acts_on({"/usr/bin/systemctl", "try-restart", "web.service"}, "web.service"));
    EXPECT_TRUE(
        acts_on({"/bin/sh", "-c", "sleep 1; systemctl restart web || true"}, "web.service"));
    EXPECT_TRUE(acts_on({"service", "web", "restart"}, "web.service"));
    EXPECT_FALSE(acts_on({"/usr/bin/systemctl", "restart", "website"}, "web.service"));
    EXPECT_FALSE(acts_on({"/usr/bin/backup", "web.service"}, "web.service"));
    EXPECT_FALSE(acts_on({}, "web.service"));
}

}  // namespace
}  // namespace primum::ctl

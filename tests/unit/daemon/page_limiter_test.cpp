// SPDX-License-Identifier: MIT
#include "daemon/page_limiter.hpp"

#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

using std::chrono::minutes;

Instant at(Duration since) {
    return Instant{since};
}

TEST(PageLimiterTest, LetsSixAnHourPassAndCountsTheRestInTheNext) {
    PageLimiter pages;
    for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(pages.ask(at(minutes{i})), 0U);
    }
    EXPECT_EQ(pages.ask(at(minutes{10})), std::nullopt);
    EXPECT_EQ(pages.ask(at(minutes{59})), std::nullopt);
    EXPECT_EQ(pages.held_back(), 2U);
    EXPECT_EQ(pages.ask(at(minutes{60})), 2U);
    EXPECT_EQ(pages.held_back(), 0U);
}

TEST(PageLimiterTest, TheHourSlides) {
    PageLimiter pages{2, minutes{60}};
    EXPECT_TRUE(pages.ask(at(minutes{0})));
    EXPECT_TRUE(pages.ask(at(minutes{50})));
    EXPECT_TRUE(pages.ask(at(minutes{60})));
    EXPECT_FALSE(pages.ask(at(minutes{61})));
    EXPECT_FALSE(pages.ask(at(minutes{109})));
    EXPECT_EQ(pages.ask(at(minutes{110})), 2U);
}

TEST(PageLimiterTest, WhatIsHeldBackDoesNotPostponeTheNext) {
    PageLimiter pages{1, minutes{60}};
    EXPECT_TRUE(pages.ask(at(minutes{0})));
    for (int i = 1; i < 60; ++i) {
        EXPECT_FALSE(pages.ask(at(minutes{i})));
    }
    EXPECT_EQ(pages.ask(at(minutes{60})), 59U);
}

}  // namespace
}  // namespace primum::daemon

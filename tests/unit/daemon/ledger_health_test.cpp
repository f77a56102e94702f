// SPDX-License-Identifier: MIT
#include "daemon/ledger_health.hpp"

#include <gtest/gtest.h>

namespace primum::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant now{seconds{100}};

LedgerEvent unhealthy() {
    return {.news = LedgerNews::unhealthy, .detail = "disk full"};
}

TEST(LedgerHealthTest, NothingToTellWhileAllIsWell) {
    LedgerHealth health{true};
    EXPECT_FALSE(health.judge(std::nullopt, now));
    EXPECT_FALSE(health.judge(now - milliseconds{1'999}, now));
    EXPECT_EQ(health.problem(), "");
}

TEST(LedgerHealthTest, ADiskThatHangsIsToldOnce) {
    LedgerHealth health{true};
    const auto news = health.judge(now - seconds{2}, now);
    ASSERT_TRUE(news);
    EXPECT_EQ(news->news, LedgerNews::unhealthy);
    EXPECT_EQ(news->detail, "the oldest write has been waiting for over 2 s");
    EXPECT_FALSE(health.judge(now - seconds{2}, now + seconds{5}));
    const auto back = health.judge(std::nullopt, now + seconds{6});
    ASSERT_TRUE(back);
    EXPECT_EQ(back->news, LedgerNews::healthy);
}

TEST(LedgerHealthTest, WhatTheLedgerSaysIsPassedOn) {
    LedgerHealth health{true};
    health.said(unhealthy());
    const auto news = health.judge(std::nullopt, now);
    ASSERT_TRUE(news);
    EXPECT_EQ(news->detail, "disk full");
    EXPECT_EQ(health.problem(), "disk full");
    health.said({.news = LedgerNews::healthy});
    EXPECT_EQ(health.judge(std::nullopt, now)->news, LedgerNews::healthy);
}

TEST(LedgerHealthTest, HealthyOnlyWhenBothSaySo) {
    LedgerHealth health{true};
    health.said(unhealthy());
    EXPECT_TRUE(health.judge(now - seconds{3}, now));
    health.said({.news = LedgerNews::healthy});
    EXPECT_FALSE(health.judge(now - seconds{3}, now));
    EXPECT_NE(health.problem(), "");
    EXPECT_TRUE(health.judge(now - seconds{1}, now));
}

TEST(LedgerHealthTest, LooksAgainOnlyWhileAWriteIsPending) {
    EXPECT_EQ(LedgerHealth::look_again(std::nullopt, now), std::nullopt);
    EXPECT_EQ(LedgerHealth::look_again(now, now), now + seconds{2});
    EXPECT_EQ(LedgerHealth::look_again(now - seconds{9}, now), now + seconds{2});
}

}  // namespace
}  // namespace primum::daemon

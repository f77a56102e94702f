// SPDX-License-Identifier: MIT
#include "daemon/notice/backoff.hpp"

#include <gtest/gtest.h>

namespace primum::notice {
namespace {

TEST(BackoffTest, DoublesUpToItsLongestWithJitter) {
    Backoff backoff{7};
    Duration wait = Backoff::first;
    for (int i = 0; i < 10; ++i) {
        const auto now = backoff.failed();
        EXPECT_GE(now, wait * 3 / 4);
        EXPECT_LE(now, wait * 5 / 4);
        wait = std::min(wait * 2, Backoff::longest);
    }
}

TEST(BackoffTest, BeginsAnewAfterASuccess) {
    Backoff backoff{7};
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(backoff.failed());
    }
    backoff.succeeded();
    EXPECT_LE(backoff.failed(), Backoff::first * 5 / 4);
}

TEST(BackoffTest, TwoHostsDoNotComeBackTogether) {
    Backoff one{7};
    Backoff other{8};
    int differ = 0;
    for (int i = 0; i < 10; ++i) {
        differ += one.failed() != other.failed() ? 1 : 0;
    }
    EXPECT_GT(differ, 5);
}

}  // namespace
}  // namespace primum::notice

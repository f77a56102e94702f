// SPDX-License-Identifier: MIT
#include "systemd/output_keeper.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::systemd {
namespace {

TEST(OutputKeeperTest, KeepsAllOfWhatIsShort) {
    OutputKeeper keeper(10);
    keeper.add("abc");
    keeper.add("defghij");
    EXPECT_EQ(keeper.text(), "abcdefghij");
    EXPECT_EQ(keeper.total(), 10U);
}

TEST(OutputKeeperTest, KeepsBothEndsOfWhatIsLong) {
    OutputKeeper keeper(10);
    keeper.add("01234567890");
    EXPECT_EQ(keeper.text(), "01234\n[... 1 bytes left out ...]\n67890");
    keeper.add("abc");
    EXPECT_EQ(keeper.text(), "01234\n[... 4 bytes left out ...]\n90abc");
    keeper.add("a much longer piece");
    EXPECT_EQ(keeper.text(), "01234\n[... 23 bytes left out ...]\npiece");
}

// However it arrives, the same is kept.
TEST(OutputKeeperTest, ItDoesNotMatterHowItIsCut) {
    std::string all;
    for (int i = 0; i < 500; ++i) {
        all += std::to_string(i) + ' ';
    }
    OutputKeeper whole(64);
    whole.add(all);
    for (const std::size_t piece : {1U, 3U, 31U, 32U, 33U, 100U}) {
        OutputKeeper keeper(64);
        for (std::size_t at = 0; at < all.size(); at += piece) {
            keeper.add(std::string_view(all).substr(at, piece));
        }
        EXPECT_EQ(keeper.text(), whole.text()) << piece;
    }
}

}  // namespace
}  // namespace primum::systemd

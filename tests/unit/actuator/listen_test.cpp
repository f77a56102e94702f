// SPDX-License-Identifier: MIT
#include "actuator/listen.hpp"

#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include <unistd.h>

namespace primum::actuator {
namespace {

TEST(ListenTest, ASocketThatIsLeftOverIsReplaced) {
    const TemporaryDirectory directory;
    const auto path = directory.path("socket");
    const auto first = listen_at(path, std::nullopt);
    ASSERT_TRUE(first.has_value());
    ::close(*first);
    const auto second = listen_at(path, std::nullopt);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write |
                  std::filesystem::perms::group_read | std::filesystem::perms::group_write);
    ::close(*second);
}

TEST(ListenTest, WhatIsNoSocketStays) {
    const TemporaryDirectory directory;
    const auto path = directory.write("file", "precious");
    EXPECT_FALSE(listen_at(path, std::nullopt).has_value());
    EXPECT_TRUE(std::filesystem::is_regular_file(path));
    EXPECT_FALSE(listen_at("/" + std::string(200, 'x'), std::nullopt).has_value());
}

TEST(ListenTest, WithoutSystemdThereIsNothingToTakeOver) {
    const auto taken = take_over_socket();
    ASSERT_FALSE(taken.has_value());
    EXPECT_NE(taken.error().message.find("primum-actuator.socket"), std::string::npos);
}

}  // namespace
}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#include "daemon/lock_file.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace primum::daemon {
namespace {

using testing::HasSubstr;

TEST(LockFileTest, IsTakenOnlyOnce) {
    const test::TempDir dir;
    const auto first = LockFile::take(dir.at("lock"));
    ASSERT_TRUE(first);
    const auto second = LockFile::take(dir.at("lock"));
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().taken);
    EXPECT_THAT(second.error().message,
                HasSubstr("(process " + std::to_string(getpid()) + "); stop that one first"));
}

TEST(LockFileTest, IsFreeAgainAfterItsOwnerIsGone) {
    const test::TempDir dir;
    {
        ASSERT_TRUE(LockFile::take(dir.at("lock")));
    }
    EXPECT_TRUE(LockFile::take(dir.at("lock")));
}

TEST(LockFileTest, MovesWithoutLettingGo) {
    const test::TempDir dir;
    auto first = LockFile::take(dir.at("lock"));
    ASSERT_TRUE(first);
    const LockFile moved = std::move(*first);
    EXPECT_FALSE(LockFile::take(dir.at("lock")));
}

TEST(LockFileTest, StaleTextOfALongerIdDoesNotStay) {
    const test::TempDir dir;
    dir.write("lock", "99999999999\n");
    const auto lock = LockFile::take(dir.at("lock"));
    ASSERT_TRUE(lock);
    EXPECT_THAT(LockFile::take(dir.at("lock")).error().message,
                HasSubstr("(process " + std::to_string(getpid()) + ")"));
}

TEST(LockFileTest, MissingDirectoryIsNotTaken) {
    const test::TempDir dir;
    const auto lock = LockFile::take(dir.at("no/lock"));
    ASSERT_FALSE(lock);
    EXPECT_FALSE(lock.error().taken);
    EXPECT_THAT(lock.error().message, HasSubstr("No such file or directory"));
}

TEST(LockFileTest, DoesNotFollowASymbolicLink) {
    const test::TempDir dir;
    std::filesystem::create_symlink(dir.write("victim", "1"), dir.at("lock"));
    const auto lock = LockFile::take(dir.at("lock"));
    ASSERT_FALSE(lock);
    EXPECT_FALSE(lock.error().taken);
}

}  // namespace
}  // namespace primum::daemon

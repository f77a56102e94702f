// SPDX-License-Identifier: MIT
#include "daemon/package_lock.hpp"

#include "temp_dir.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace primum::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ParseLocksTest, TakesWriteLocksOfEveryKind) {
    EXPECT_THAT(parse_locks("1: POSIX  ADVISORY  WRITE 4711 fe:00:408225 0 EOF\n"
                            "2: FLOCK  ADVISORY  WRITE 12 08:1a:7 0 EOF\n"
                            "3: OFDLCK ADVISORY  WRITE -1 00:2d:18446744073709551615 0 0"),
                ElementsAre(HeldLock{0xfe, 0, 408225, 4711},
                            HeldLock{8, 0x1a, 7, 12},
                            HeldLock{0, 0x2d, UINT64_MAX, -1}));
}

TEST(ParseLocksTest, WaitersReadersAndLeasesHoldNothing) {
    EXPECT_THAT(parse_locks("1: POSIX  ADVISORY  READ  4711 fe:00:408225 0 EOF\n"
                            "1: -> POSIX  ADVISORY  WRITE 4712 fe:00:408225 0 EOF\n"
                            "2: LEASE  ACTIVE    WRITE 4713 fe:00:9 0 EOF\n"
                            "3: DELEG  ACTIVE    READ  4714 fe:00:9 0 EOF\n"),
                IsEmpty());
}

TEST(ParseLocksTest, LinesThatAreNoneAreLeftOut) {
    for (const char* text : {"",
                             "\n\n",
                             "1:",
                             "1: POSIX ADVISORY WRITE",
                             "1: POSIX ADVISORY WRITE x fe:00:1 0 EOF",
                             "1: POSIX ADVISORY WRITE 1 fe:00 0 EOF",
                             "1: POSIX ADVISORY WRITE 1 fe 0 EOF",
                             "1: POSIX ADVISORY WRITE 1 :: 0 EOF",
                             "1: POSIX ADVISORY WRITE 1 fe:00:99999999999999999999 0 EOF",
                             "1: POSIX ADVISORY WRITE 1 -1:00:1 0 EOF"}) {
        EXPECT_THAT(parse_locks(text), IsEmpty()) << text;
    }
}

class PackageLockTest : public ::testing::Test {
protected:
    PackageLockTest() {
        dir_.write("lock-frontend", "");
        places_.directory = dir_.path().string();
        places_.locks = dir_.at("locks");
        EXPECT_EQ(stat(dir_.at("lock-frontend").c_str(), &status_), 0);
    }
    // What the kernel would say of a lock on the file.
    [[nodiscard]] std::string held_by(int pid) const {
        return fmt::format("1: POSIX  ADVISORY  WRITE {} {:02x}:{:02x}:{} 0 EOF\n",
                           pid,
                           major(status_.st_dev),
                           minor(status_.st_dev),
                           status_.st_ino);
    }
    // Turns the loop until so much was told; false when that does not come about.
    bool told(std::size_t count) {
        for (int turn = 0; turn < 200 && told_.size() < count; ++turn) {
            loop_.run_once(std::chrono::milliseconds{10});
        }
        return told_.size() == count;
    }

    test::TempDir dir_;
    struct stat status_{};
    PackageLockPlaces places_;
    systemd::EventLoop loop_;
    ManualClock clock_;
    std::vector<bool> told_;
};

TEST_F(PackageLockTest, TheHolderIsFoundByDeviceAndInode) {
    places_.mounts = dir_.at("no-mounts");
    EXPECT_FALSE(package_lock_holder(places_).has_value()) << "no locks at all";
    dir_.write("locks", "1: POSIX  ADVISORY  WRITE 9 fe:00:1 0 EOF\n" + held_by(4711));
    EXPECT_EQ(package_lock_holder(places_), "process 4711");
    dir_.write("locks", held_by(-1));
    EXPECT_EQ(package_lock_holder(places_), "a process");
}

TEST_F(PackageLockTest, TheDeviceIsThatOfTheMount) {
    struct statx mount{};
    ASSERT_EQ(statx(AT_FDCWD, dir_.at("lock-frontend").c_str(), 0, STATX_MNT_ID, &mount), 0);
    places_.mounts = dir_.write(
        "mounts",
        fmt::format("1 0 9:9 / / rw - ext4 /dev/sda rw\n{} 1 0:77 / /x rw - btrfs /dev/sdb rw\n",
                    mount.stx_mnt_id));
    dir_.write("locks", held_by(1));
    EXPECT_FALSE(package_lock_holder(places_).has_value());
    dir_.write("locks",
               fmt::format("1: POSIX  ADVISORY  WRITE 7 00:4d:{} 0 EOF\n", status_.st_ino));
    EXPECT_EQ(package_lock_holder(places_), "process 7");
}

TEST_F(PackageLockTest, WithoutAPackageManagerThereIsNoHolder) {
    places_.directory = dir_.at("nowhere");
    EXPECT_FALSE(package_lock_holder(places_).has_value());
    const PackageLockWatch watch{
        loop_,
        clock_,
        [this](const auto& holder) { told_.push_back(holder.has_value()); },
        places_};
    loop_.run_once(std::chrono::milliseconds{5});
    EXPECT_THAT(told_, IsEmpty());
}

// A real lock, as the kernel tells it. Closing any descriptor of the file lets go of it (fcntl(2)).
TEST_F(PackageLockTest, TheWatchSeesARealLockComeAndGo) {
    places_.locks = PackageLockPlaces{}.locks;
    const PackageLockWatch watch{
        loop_,
        clock_,
        [this](const auto& holder) { told_.push_back(holder.has_value()); },
        places_};
    const int file = open(dir_.at("lock-frontend").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(file, 0);
    struct flock lock{};
    lock.l_type = F_WRLCK;
    ASSERT_EQ(fcntl(file, F_SETLK, &lock), 0);
    if (!package_lock_holder(places_)) {
        close(file);
        GTEST_SKIP() << "this kernel does not tell its locks";
    }
    EXPECT_TRUE(told(1));
    EXPECT_EQ(package_lock_holder(places_), "process " + std::to_string(getpid()));
    close(file);
    EXPECT_TRUE(told(2));
    EXPECT_THAT(told_, ElementsAre(true, false));
}

TEST_F(PackageLockTest, OneThatHoldsItAlreadyIsSeenAtTheStart) {
    dir_.write("locks", held_by(4711));
    const PackageLockWatch watch{
        loop_,
        clock_,
        [this](const auto& holder) { told_.push_back(holder.has_value()); },
        places_};
    EXPECT_THAT(told_, ElementsAre(true));
}

}  // namespace
}  // namespace primum::daemon

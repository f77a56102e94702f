// SPDX-License-Identifier: MIT
#include "source/file.hpp"

#include "source_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <future>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace primum::source {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class FileSourceTest : public SourceTest {
protected:
    FileSourceTest() {
        std::string name = testing::TempDir() + "primum-file-XXXXXX";
        directory_ = ::mkdtemp(name.data());
    }
    ~FileSourceTest() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string path(const std::string& name) const {
        return directory_ + "/" + name;
    }
    [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
        std::ofstream{path(name)} << text;
        return path(name);
    }
    void look(const std::string& at, FileLook look) {
        auto rule = quick_rule("f", FilePlan{at, look});
        rule.interval = milliseconds{400};  // a thread may be late
        rule.timeout = rule.interval;
        watch(make_file(tools(), rule, 0));
    }
    void set_changed(const std::string& at, WallTime when) {
        const auto us = to_us(when);
        const timespec time{us / 1'000'000, us % 1'000'000 * 1'000};
        const timespec both[2] = {time, time};
        ASSERT_EQ(::utimensat(AT_FDCWD, at.c_str(), both, 0), 0);
    }

    std::string directory_;
};

TEST(NumberInTest, TakesOneNumberAndNothingElse) {
    EXPECT_EQ(number_in("42\n"), 42);
    EXPECT_EQ(number_in(" \t-1.5e3 \r\n"), -1'500);
    EXPECT_EQ(number_in("0"), 0);
    for (const std::string_view bad : {"",
                                       " \n",
                                       "x",
                                       "1 2",
                                       "1,5",
                                       "0x10",
                                       "+1",
                                       "1k",
                                       "nan",
                                       "inf",
                                       "-inf",
                                       "1e999",
                                       "12\n13\n"}) {
        EXPECT_EQ(number_in(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(number_in(std::string_view{"1\0", 2}), std::nullopt);
}

TEST_F(FileSourceTest, GivesTheNumberInAFile) {
    const auto at = write("queue", "17\n");
    look(at, FileLook::number);
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("file_value"), 17);
    std::filesystem::rename(write("queue.new", "18.5"), at);
    ASSERT_TRUE(turn_until(loop_, [&] { return value("file_value") == 18.5; }));
    EXPECT_GT(source_->stats().bytes, 0U);
}

TEST_F(FileSourceTest, AFileThatIsNotThereFailsTheSourceAndItsComingBackEndsThat) {
    look(path("later"), FileLook::number);
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "missing");
    EXPECT_EQ(states_[0].detail, path("later") + ": No such file or directory");
    EXPECT_EQ(collections_, 0U);
    static_cast<void>(write("later.new", "1"));
    std::filesystem::rename(path("later.new"), path("later"));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_TRUE(states_.back().ok);
}

TEST_F(FileSourceTest, HalfAFileOrASecondNumberIsNoData) {
    look(write("n", "12 13"), FileLook::number);
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "parse");
    EXPECT_EQ(states_[0].detail, path("n") + " does not hold one number");
}

TEST_F(FileSourceTest, ReadsABoundedPartOfAFile) {
    const auto fits = write("fits", std::string(max_number_file_bytes - 1, ' ') + "7");
    EXPECT_EQ(look_at({fits, FileLook::number}).measured.at(0).value, 7);
    const auto over = write("over", std::string(max_number_file_bytes, ' ') + "7");
    EXPECT_EQ(look_at({over, FileLook::number}).failure, SourceFailure::too_large);
    // Without an end, as far as reading goes.
    EXPECT_EQ(look_at({"/dev/zero", FileLook::number}).failure, SourceFailure::other);
}

TEST_F(FileSourceTest, RefusesWhatIsNoFileWithoutWaitingForIt) {
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
    for (const auto& at : {path("fifo"), directory_, std::string{"/dev/null"}}) {
        for (const FileLook how : {FileLook::number, FileLook::age}) {
            const auto sight = look_at({at, how});
            EXPECT_EQ(sight.failure, SourceFailure::other) << at;
            EXPECT_EQ(sight.detail, at + " is no regular file");
        }
    }
}

TEST_F(FileSourceTest, ReadsWhatTheKernelShowsAsAFile) {
    const auto sight = look_at({"/proc/sys/kernel/pid_max", FileLook::number});
    ASSERT_EQ(sight.measured.size(), 1U);
    EXPECT_GT(sight.measured[0].value, 100);
}

TEST_F(FileSourceTest, WhatItMayNotReadIsDenied) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs root to become somebody else";
    }
    const auto at = write("secret", "1");
    ASSERT_EQ(::chmod(at.c_str(), 0), 0);
    ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
    ASSERT_EQ(::seteuid(65534), 0);
    const auto sight = look_at({at, FileLook::number});
    ASSERT_EQ(::seteuid(0), 0);
    EXPECT_EQ(sight.failure, SourceFailure::denied);
}

TEST_F(FileSourceTest, GivesTheAgeOfAFile) {
    clock_.wall = wall_from_us(1'700'000'000'000'000);
    const auto at = write("backup", "data");
    set_changed(at, clock_.wall - hours{2});
    look(at, FileLook::age);
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("file_age_seconds"), 7'200);
    EXPECT_EQ(value("file_size_bytes"), 4);
}

TEST_F(FileSourceTest, AnAgeFromTheFutureIsNoAge) {
    clock_.wall = wall_from_us(1'700'000'000'000'000);
    const auto at = write("backup", "data");
    set_changed(at, clock_.wall + hours{1});
    look(at, FileLook::age);
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "other");
    EXPECT_EQ(states_[0].detail, at + " was changed 3600 s in the future: no age can be told");
    EXPECT_EQ(collections_, 0U);
    set_changed(at, clock_.wall + seconds{1});  // a clock that is a little off
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("file_age_seconds"), 0);
}

TEST_F(FileSourceTest, GivesWhatIsLeftOfTheFileSystem) {
    look(directory_, FileLook::mount);
    ASSERT_TRUE(wait_for_collections(1));
    struct statvfs status{};
    ASSERT_EQ(::statvfs(directory_.c_str(), &status), 0);
    const auto size = static_cast<double>(status.f_blocks) * static_cast<double>(status.f_frsize);
    EXPECT_EQ(value("mount_size_bytes"), size);
    EXPECT_GT(value("mount_available_bytes"), 0);
    EXPECT_LE(value("mount_available_bytes"), value("mount_free_bytes"));
    EXPECT_GT(value("mount_available_ratio"), 0);
    EXPECT_LE(value("mount_available_ratio"), 1);
    EXPECT_EQ(value("mount_read_only"), 0);
    EXPECT_EQ(value("mount_available_inodes_ratio").has_value(), status.f_files > 0);
}

TEST_F(FileSourceTest, OfAFileSystemWithoutSizeThereIsNoShare) {
    const auto sight = look_at({"/proc", FileLook::mount});
    EXPECT_EQ(sight.failure, SourceFailure::none);
    for (const auto& [series, value] : sight.measured) {
        EXPECT_EQ(series.find("ratio"), std::string::npos);
    }
}

TEST_F(FileSourceTest, WithNoThreadLeftItTimesOutAndTheLoopGoesOn) {
    Workers full{loop_, 1};
    std::promise<void> release;
    const auto hang = full.run([future = release.get_future().share()] { future.wait(); }, [] {});
    auto tools_here = tools();
    tools_here.workers = &full;
    watch(make_file(tools_here, quick_rule("f", FilePlan{write("n", "1"), {}}), 0));
    ASSERT_TRUE(wait_for_states(2));
    EXPECT_EQ(states_[0].error_class, "timeout");
    EXPECT_EQ(states_[0].detail, path("n") + ": the file system has not answered in time");
    EXPECT_EQ(states_[1].detail,
              path("n") + ": an earlier look has not come back yet; no other is begun");
    release.set_value();
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("file_value"), 1);
}

// A file system whose server never answers: the kernel hangs whoever looks at it.
class DeafFileSystem {
public:
    explicit DeafFileSystem(std::string at) : at_(std::move(at)) {
        fd_ = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
        const auto options = "fd=" + std::to_string(fd_) + ",rootmode=40000,user_id=0,group_id=0";
        up_ = fd_ >= 0 && ::mkdir(at_.c_str(), 0755) == 0 &&
              ::mount("deaf", at_.c_str(), "fuse", 0, options.c_str()) == 0;
    }
    DeafFileSystem(const DeafFileSystem&) = delete;
    DeafFileSystem& operator=(const DeafFileSystem&) = delete;
    ~DeafFileSystem() { go(); }
    void go() {
        if (fd_ >= 0) {
            ::close(std::exchange(fd_, -1));  // whoever hangs is told that nobody is there
        }
        if (std::exchange(up_, false)) {
            ::umount2(at_.c_str(), MNT_DETACH);
        }
    }
    [[nodiscard]] bool up() const { return up_; }

private:
    std::string at_;
    int fd_ = -1;
    bool up_ = false;
};

TEST_F(FileSourceTest, AFileSystemThatHangsIsATimeoutAndDelaysNoOtherSource) {
    DeafFileSystem deaf{path("deaf")};
    if (!deaf.up()) {
        GTEST_SKIP() << "needs root and FUSE";
    }
    std::vector<std::unique_ptr<Source>> stuck;
    for (const FileLook how : {FileLook::number, FileLook::age, FileLook::mount}) {
        const auto name = "stuck_" + std::string{name_of(how)};
        stuck.push_back(make_file(tools(), quick_rule(name, FilePlan{path("deaf/n"), how}), 1'000));
    }
    look(write("n", "5"), FileLook::number);
    ASSERT_TRUE(wait_for_collections(3));
    ASSERT_TRUE(wait_for_states(6));
    for (const auto& state : states_) {
        if (state.source.starts_with("stuck_")) {
            EXPECT_FALSE(state.ok);
            EXPECT_EQ(state.error_class, "timeout");
        }
    }
    EXPECT_LE(workers_.threads(), 4U);  // each that hangs has one, however often its time comes
    deaf.go();
    ASSERT_TRUE(turn_until(loop_, [&] { return states_.back().error_class != "timeout"; }));
}

}  // namespace
}  // namespace primum::source

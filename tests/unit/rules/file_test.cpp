// SPDX-License-Identifier: MIT
#include "rules/file.hpp"

#include "rules/loader.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include <sys/stat.h>

namespace primum::rules {
namespace {

TEST(FileTest, ReadsAFile) {
    const TempDir dir;
    EXPECT_EQ(*read_file(dir.write("a", "text")), "text");
    EXPECT_EQ(*read_file(dir.write("b", "")), "");
}

TEST(FileTest, StopsJustAboveTheLimit) {
    const TempDir dir;
    EXPECT_EQ(read_file(dir.write("a", std::string(10 * max_file_bytes, 'x')))->size(),
              max_file_bytes + 1);
}

TEST(FileTest, GivesErrnoForWhatIsNoFile) {
    const TempDir dir;
    EXPECT_EQ(read_file(dir.path() / "missing").error(), ENOENT);
    EXPECT_EQ(read_file(dir.path()).error(), EISDIR);
    EXPECT_EQ(read_file("/dev/zero").error(), EINVAL);
    // Opening a FIFO that nobody writes to must not wait.
    ASSERT_EQ(::mkfifo((dir.path() / "fifo").c_str(), 0600), 0);
    EXPECT_EQ(read_file(dir.path() / "fifo").error(), EINVAL);
    EXPECT_EQ(format_error(unreadable("x.toml", ENOENT)),
              "x.toml: cannot be read: No such file or directory");
}

}  // namespace
}  // namespace primum::rules

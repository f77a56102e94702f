// SPDX-License-Identifier: MIT
#include "source/secret_file.hpp"

#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace primum::source {
namespace {

TEST(SecretFileTest, CutsOneNewlineAtTheEnd) {
    const TempDir dir;
    EXPECT_EQ(read_secret(dir.write("a", "s3cret")).value(), "s3cret");
    EXPECT_EQ(read_secret(dir.write("b", "s3cret\n")).value(), "s3cret");
    EXPECT_EQ(read_secret(dir.write("c", "s3cret\r\n")).value(), "s3cret");
    EXPECT_EQ(read_secret(dir.write("d", " with blanks \n")).value(), " with blanks ");
    EXPECT_EQ(read_secret(dir.write("e", std::string(4'095, 'x') + '\n')).value().size(), 4'095U);
}

TEST(SecretFileTest, SaysWhatIsWrongByThePathAlone) {
    const TempDir dir;
    const auto missing = read_secret(dir.path("none"));
    EXPECT_EQ(missing.error().failure, SourceFailure::missing);
    EXPECT_EQ(missing.error().detail, dir.path("none") + ": No such file or directory");
    for (const auto& [text, why] :
         {std::pair{std::string{}, ": empty"},
          std::pair{std::string{"\n"}, ": empty"},
          std::pair{std::string{"s3cret\nX-Injected: yes\n"},
                    ": one line of printable ASCII is expected"},
          std::pair{std::string{"s3cret\xc3\xa9"}, ": one line of printable ASCII is expected"},
          std::pair{std::string("s3\0cret", 7), ": one line of printable ASCII is expected"},
          std::pair{std::string(4'097, 'x'), ": over 4096 bytes"}}) {
        const auto path = dir.write("unfit", text);
        const auto read = read_secret(path);
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().failure, SourceFailure::denied);
        EXPECT_EQ(read.error().detail, path + why);
    }
}

TEST(SecretFileTest, WaitsForNothingButARegularFile) {
    const TempDir dir;
    ASSERT_EQ(::mkfifo(dir.path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(read_secret(dir.path("fifo")).error().detail,
              dir.path("fifo") + ": not a regular file");
    EXPECT_EQ(read_secret(dir.path("")).error().failure, SourceFailure::denied);
    EXPECT_EQ(read_secret("/dev/zero").error().failure, SourceFailure::denied);
}

TEST(SecretFileTest, BoundsWhatItReads) {
    const TempDir dir;
    const auto path = dir.write("certificates", std::string(1'000, 'x'));
    EXPECT_EQ(read_bounded(path, 1'000).value().size(), 1'000U);
    EXPECT_EQ(read_bounded(path, 999).error().detail, path + ": over 999 bytes");
}

}  // namespace
}  // namespace primum::source

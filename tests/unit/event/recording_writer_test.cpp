// SPDX-License-Identifier: MIT
#include "event/recording_writer.hpp"

#include "event/recording_reader.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>

namespace primum::event {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    auto reader = RecordingReader::open(path);
    std::vector<std::string> lines;
    while (auto line = reader->next()) {
        lines.emplace_back(*line);
    }
    EXPECT_EQ(reader->torn(), "");
    return lines;
}

TEST(RecordingWriterTest, WhatIsFlushedCanBeReadAtOnce) {
    const rules::TempDir directory;
    const auto path = directory.path() / "segment";
    auto writer = RecordingWriter::create(path);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->add("one"));
    EXPECT_EQ(lines_of(path), std::vector<std::string>{});
    ASSERT_TRUE(writer->flush());
    EXPECT_EQ(lines_of(path), std::vector<std::string>{"one"});
    ASSERT_TRUE(writer->add("two"));
    ASSERT_TRUE(writer->add(""));
    ASSERT_TRUE(writer->close());
    EXPECT_EQ(lines_of(path), (std::vector<std::string>{"one", "two", ""}));
    EXPECT_EQ(writer->size_bytes(), std::filesystem::file_size(path));
}

TEST(RecordingWriterTest, AFileThatIsThereIsNotTouched) {
    const rules::TempDir directory;
    const auto path = directory.path() / "segment";
    std::ofstream{path} << "precious";
    const auto writer = RecordingWriter::create(path);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().number, EEXIST);
    EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST(RecordingWriterTest, OthersMayNotReadIt) {
    const rules::TempDir directory;
    const auto path = directory.path() / "segment";
    ASSERT_TRUE(RecordingWriter::create(path));
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07U, 0U);
}

TEST(RecordingWriterTest, AFullFrameIsFlushedByItself) {
    const rules::TempDir directory;
    const auto path = directory.path() / "segment";
    auto writer = RecordingWriter::create(path);
    const std::string line(1'000, 'x');
    while (writer->size_bytes() == 0) {
        ASSERT_TRUE(writer->add(line));
        ASSERT_LE(writer->gathered_bytes(), RecordingWriter::frame_bytes);
    }
    EXPECT_GE(lines_of(path).size(), 260U);
}

TEST(RecordingWriterTest, AVeryLongLineIsAFrameOfItsOwn) {
    const rules::TempDir directory;
    const auto path = directory.path() / "segment";
    auto writer = RecordingWriter::create(path);
    const std::string line(3 * RecordingWriter::frame_bytes, 'x');
    ASSERT_TRUE(writer->add("short"));
    ASSERT_TRUE(writer->add(line));
    ASSERT_TRUE(writer->close());
    EXPECT_EQ(lines_of(path), (std::vector<std::string>{"short", line}));
}

TEST(RecordingWriterTest, AfterCloseItTakesNoMore) {
    const rules::TempDir directory;
    auto writer = RecordingWriter::create(directory.path() / "segment");
    ASSERT_TRUE(writer->close());
    EXPECT_FALSE(writer->add("late"));
    EXPECT_FALSE(writer->flush());
}

// The disk takes part of a frame only: the file ends at the last whole one.
TEST(RecordingWriterTest, AFailedWriteLeavesWholeFramesOnly) {
    const rules::TempDir directory;
    const auto path = directory.path() / "segment";
    auto writer = RecordingWriter::create(path);
    ASSERT_TRUE(writer->add("kept"));
    ASSERT_TRUE(writer->flush());
    std::string noise;
    for (unsigned i = 0, x = 1; i < 4'000; ++i) {
        x = x * 1'664'525U + 1'013'904'223U;
        noise += static_cast<char>(' ' + (x >> 24U) % 90U);
    }
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    const auto former = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{writer->size_bytes() + 100, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    ASSERT_TRUE(writer->add(noise));
    const auto flushed = writer->flush();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    static_cast<void>(std::signal(SIGXFSZ, former));

    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().number, EFBIG);
    EXPECT_EQ(lines_of(path), std::vector<std::string>{"kept"});
    EXPECT_FALSE(writer->add("more"));
}

}  // namespace
}  // namespace primum::event

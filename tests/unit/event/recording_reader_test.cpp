// SPDX-License-Identifier: MIT
#include "event/recording_reader.hpp"

#include "event/recording_writer.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace primum::event {
namespace {

struct Found {
    std::vector<std::string> lines;
    std::string torn;
};

Found read_all(const std::filesystem::path& path) {
    auto reader = RecordingReader::open(path);
    EXPECT_TRUE(reader);
    Found found;
    while (auto line = reader->next()) {
        found.lines.emplace_back(*line);
        EXPECT_EQ(reader->line(), found.lines.size());
    }
    EXPECT_EQ(reader->next(), std::nullopt);
    found.torn = reader->torn();
    return found;
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// Three frames of 2, 1 and 3 lines; gives the size after each frame.
std::vector<std::uint64_t> write_segment(const std::filesystem::path& path) {
    auto writer = RecordingWriter::create(path);
    std::vector<std::uint64_t> sizes;
    int number = 0;
    for (const int lines : {2, 1, 3}) {
        for (int i = 0; i < lines; ++i) {
            EXPECT_TRUE(writer->add("line " + std::to_string(++number)));
        }
        EXPECT_TRUE(writer->flush());
        sizes.push_back(writer->size_bytes());
    }
    return sizes;
}

TEST(RecordingReaderTest, AFileThatIsNotThereIsAnError) {
    const auto reader = RecordingReader::open("/nonexistent/segment");
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().number, ENOENT);
    EXPECT_NE(reader.error().message.find("/nonexistent/segment"), std::string::npos);
}

TEST(RecordingReaderTest, AnEmptyFileIsASegmentWithoutLines) {
    const rules::TempDir directory;
    std::ofstream{directory.path() / "empty"};
    const Found found = read_all(directory.path() / "empty");
    EXPECT_TRUE(found.lines.empty());
    EXPECT_EQ(found.torn, "");
}

// Cut at every byte: always the lines of the frames that are whole, never part of one, and a cut
// within a frame is told.
TEST(RecordingReaderTest, ATailTornAtAnyByteIsCut) {
    const rules::TempDir directory;
    const auto sizes = write_segment(directory.path() / "whole");
    const std::string bytes = bytes_of(directory.path() / "whole");
    ASSERT_EQ(bytes.size(), sizes.back());
    const std::vector<std::size_t> lines_by_frame{0, 2, 3, 6};
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        const auto path = directory.path() / "torn";
        std::ofstream{path, std::ios::binary} << bytes.substr(0, cut);
        std::size_t whole = 0;
        while (whole < sizes.size() && sizes[whole] <= cut) {
            ++whole;
        }
        const Found found = read_all(path);
        EXPECT_EQ(found.lines.size(), lines_by_frame[whole]) << cut;
        const bool at_edge = cut == 0 || (whole > 0 && sizes[whole - 1] == cut);
        EXPECT_EQ(found.torn.empty(), at_edge) << cut << found.torn;
    }
}

// A damaged byte is never taken for an event: the lines before its frame are all there is.
TEST(RecordingReaderTest, ADamagedByteEndsTheSegmentBeforeItsFrame) {
    const rules::TempDir directory;
    const auto sizes = write_segment(directory.path() / "whole");
    const std::string bytes = bytes_of(directory.path() / "whole");
    for (std::size_t at = sizes[0]; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        const auto path = directory.path() / "damaged";
        std::ofstream{path, std::ios::binary} << damaged;
        const Found found = read_all(path);
        const std::size_t before = at < sizes[1] ? 2 : 3;
        EXPECT_EQ(found.lines.size(), before) << at;
        EXPECT_NE(found.torn, "") << at;
    }
}

TEST(RecordingReaderTest, ATailOfZeroesIsCut) {
    const rules::TempDir directory;
    const auto path = directory.path() / "segment";
    write_segment(path);
    std::ofstream{path, std::ios::binary | std::ios::app} << std::string(4'096, '\0');
    const Found found = read_all(path);
    EXPECT_EQ(found.lines.size(), 6U);
    EXPECT_NE(found.torn, "");
}

TEST(RecordingReaderTest, ReadsAPlainFileOfLines) {
    const rules::TempDir directory;
    const auto path = directory.path() / "plain.jsonl";
    std::ofstream{path} << "{\"v\":1}\n\n{}\n";
    const Found found = read_all(path);
    EXPECT_EQ(found.lines, (std::vector<std::string>{"{\"v\":1}", "", "{}"}));
    EXPECT_EQ(found.torn, "");
}

TEST(RecordingReaderTest, APlainLineWithoutItsEndIsCut) {
    const rules::TempDir directory;
    const auto path = directory.path() / "plain.jsonl";
    std::ofstream{path} << "{}\n{\"v\"";
    const Found found = read_all(path);
    EXPECT_EQ(found.lines, std::vector<std::string>{"{}"});
    EXPECT_EQ(found.torn, "the last line is not whole");
}

TEST(RecordingReaderTest, AFrameThatWouldUnpackToTooMuchIsRefused) {
    const rules::TempDir directory;
    const auto path = directory.path() / "bomb";
    auto writer = RecordingWriter::create(path);
    ASSERT_TRUE(writer->add(std::string(max_frame_bytes + 1, 'x')));
    ASSERT_TRUE(writer->close());
    const Found found = read_all(path);
    EXPECT_TRUE(found.lines.empty());
    EXPECT_EQ(found.torn, "a frame does not say its size, or is too large");
}

}  // namespace
}  // namespace primum::event

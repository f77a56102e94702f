// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Recordings on disk (docs/recordings.md): a run of primumd is a row of segments, each a file of
// JSON lines in zstd frames.
namespace primum::event {

// Why a segment could not be written or read. The error type of recordings.
struct RecordingError {
    int number = 0;       // errno; 0 where the bytes are to blame
    std::string message;  // for people: names the file
};

// The name of a segment: when its run began, and the how manieth of the run it is (from 1).
struct SegmentName {
    WallTime run;
    std::uint32_t sequence = 0;
    auto operator<=>(const SegmentName&) const = default;
};

// recording-1795312800123456-000001.jsonl.zst
[[nodiscard]] std::string format_segment_name(const SegmentName& name);
// nullopt: not the name of a segment.
[[nodiscard]] std::optional<SegmentName> parse_segment_name(std::string_view file_name);

struct Segment {
    SegmentName name;
    std::filesystem::path path;
    std::uint64_t size_bytes = 0;
    WallTime changed;  // its last write
};

// The segments of a directory, oldest first; other files are passed over. A directory that does
// not exist has none.
[[nodiscard]] Result<std::vector<Segment>, RecordingError> list_segments(
    const std::filesystem::path& directory);

struct Retention {
    std::uint64_t size_bytes = 0;  // of all segments together
    Duration age{0};               // since the last write
};

// Which segments go so that the rest is within bounds: the oldest first. Of the newest run, which
// is being written, age takes none, and size not the last.
[[nodiscard]] std::vector<Segment> outlived(const std::vector<Segment>& oldest_first,
                                            const Retention& keep,
                                            WallTime now);

// Errors with errno in words.
[[nodiscard]] RecordingError recording_error(std::string_view what,
                                             const std::filesystem::path& path,
                                             int number);

// A frame never holds more than this once unpacked.
inline constexpr std::size_t max_frame_bytes = std::size_t{80} << 20U;

}  // namespace primum::event

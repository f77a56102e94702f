// SPDX-License-Identifier: MIT
#pragma once

#include "event/event_json.hpp"
#include "event/recording.hpp"
#include "event/recording_reader.hpp"
#include "replay/replay_error.hpp"

#include <primum/event.hpp>
#include <primum/result.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace primum::replay {

// Something that was left out of a recording, and where.
struct Remark {
    std::filesystem::path path;
    std::uint64_t line = 0;
    std::string text;
    enum class Kind : std::uint8_t {
        bad_line,  // passed over
        torn,      // the rest of the segment is cut, as a crash may leave it
        missing,   // something was recorded, or should have been, before this segment
    };
    Kind kind = Kind::bad_line;
};

// The events of one or more recordings, one after the other, in bounded memory. A line that is no
// event is passed over, a torn tail is cut; both are remarked.
class RecordedEvents {
public:
    static constexpr std::size_t max_remarks = 100;

    // Files in the order given; a directory stands for its segments, oldest first. An error where
    // one cannot be opened, or a directory has no segments.
    [[nodiscard]] static Result<RecordedEvents, ReplayError> open(
        const std::vector<std::filesystem::path>& files_or_directories);

    // The next event, valid until the next call; null at the end. An error where a file is gone
    // since, or a segment does not stand alone and those before it are not there.
    [[nodiscard]] Result<const Event*, ReplayError> next();

    // "FILE:LINE" of the event that next() gave last.
    [[nodiscard]] std::string place() const;

    // The first of them, and how many there were.
    [[nodiscard]] const std::vector<Remark>& remarks() const { return remarks_; }
    [[nodiscard]] std::uint64_t count(Remark::Kind kind) const {
        return counts_.at(static_cast<std::size_t>(kind));
    }

    [[nodiscard]] std::uint64_t read_bytes() const;
    [[nodiscard]] std::uint64_t total_bytes() const { return total_bytes_; }

private:
    explicit RecordedEvents(std::vector<std::filesystem::path> files);
    [[nodiscard]] Result<bool, ReplayError> open_next();
    void close_segment();
    void remark(std::string text, Remark::Kind kind);

    std::vector<std::filesystem::path> files_;
    std::size_t next_file_ = 0;
    std::optional<event::RecordingReader> reader_;
    std::optional<event::SegmentName> last_name_;
    bool must_begin_ = false;  // the next event begins a segment that nothing before leads up to
    event::EventReader lines_;
    Event event_;
    std::vector<Remark> remarks_;
    std::array<std::uint64_t, 3> counts_{};
    std::uint64_t done_bytes_ = 0;
    std::uint64_t total_bytes_ = 0;
};

}  // namespace primum::replay

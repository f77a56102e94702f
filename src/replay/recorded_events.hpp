// SPDX-License-Identifier: MIT
#pragma once

#include "event/event_json.hpp"
#include "event/recording.hpp"
#include "event/recording_reader.hpp"
#include "replay/replay_error.hpp"

#include <primum/event.hpp>
#include <primum/result.hpp>

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
    bool bad_line = false;  // else a torn tail, which a crash may leave
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
    // since.
    [[nodiscard]] Result<const Event*, ReplayError> next();

    // Whether nothing that was recorded is missing between the event that next() gave last and the
    // one before, as far as can be known.
    [[nodiscard]] bool follows() const { return follows_; }
    // "FILE:LINE" of that event.
    [[nodiscard]] std::string place() const;

    // The first of them, and how many there were.
    [[nodiscard]] const std::vector<Remark>& remarks() const { return remarks_; }
    [[nodiscard]] std::uint64_t bad_lines() const { return bad_lines_; }
    [[nodiscard]] std::uint64_t torn_tails() const { return torn_tails_; }

    [[nodiscard]] std::uint64_t read_bytes() const;
    [[nodiscard]] std::uint64_t total_bytes() const { return total_bytes_; }

private:
    explicit RecordedEvents(std::vector<std::filesystem::path> files);
    [[nodiscard]] Result<bool, ReplayError> open_next();
    void close_segment();
    void remark(std::string text, bool bad_line);

    std::vector<std::filesystem::path> files_;
    std::size_t next_file_ = 0;
    std::optional<event::RecordingReader> reader_;
    std::optional<event::SegmentName> last_name_;
    event::EventReader lines_;
    Event event_;
    bool follows_ = false;
    bool gap_ = true;
    std::vector<Remark> remarks_;
    std::uint64_t bad_lines_ = 0;
    std::uint64_t torn_tails_ = 0;
    std::uint64_t done_bytes_ = 0;
    std::uint64_t total_bytes_ = 0;
};

}  // namespace primum::replay

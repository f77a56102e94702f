// SPDX-License-Identifier: MIT
#pragma once

#include "event/recording.hpp"
#include "event/recording_writer.hpp"

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace primum::daemon {

struct SegmentChainOptions {
    std::filesystem::path directory;
    event::Retention keep;
    WallTime run;  // when this run of primumd began
    // A segment that has reached either of these has become long enough.
    std::uint64_t segment_bytes = 0;
    Duration segment_age{0};
};

// One eighth of what is kept, and at most 32 MiB and a day: what retention takes away is little,
// and one segment is easy to carry about.
[[nodiscard]] SegmentChainOptions segment_chain_options(std::filesystem::path directory,
                                                        event::Retention keep,
                                                        WallTime run);

// The segments of one run, one after the other, with what retention takes of the oldest. May
// block on the disk: for the recorder's thread.
class SegmentChain {
public:
    explicit SegmentChain(SegmentChainOptions options) : options_(std::move(options)) {}

    // Closes the segment that is open, takes away what retention does not keep, and begins the
    // next. Makes the directory where it is not there.
    [[nodiscard]] Result<void, event::RecordingError> begin(Stamp now);
    [[nodiscard]] Result<void, event::RecordingError> add(std::string_view line);
    // What was added so far is what a segment begins with. It counts as little: a segment is long
    // enough only when it is a small part of it.
    [[nodiscard]] Result<void, event::RecordingError> end_head();
    [[nodiscard]] Result<void, event::RecordingError> flush();
    // Whole and on the disk; nothing is open afterwards, whatever it gives.
    [[nodiscard]] Result<void, event::RecordingError> close();
    // Lets go of the segment as it is on the disk.
    void abandon() { writer_.reset(); }

    [[nodiscard]] bool is_open() const { return writer_.has_value(); }
    // Whether the open segment has become long enough.
    [[nodiscard]] bool due(Instant now) const;
    // The next segment does not go on where the last one ended: a number is left out.
    void leave_out() { ++sequence_; }
    [[nodiscard]] std::uint32_t begun() const { return begun_; }

private:
    [[nodiscard]] Result<void, event::RecordingError> prune(WallTime now);

    SegmentChainOptions options_;
    std::optional<event::RecordingWriter> writer_;
    std::uint32_t sequence_ = 0;
    std::uint32_t begun_ = 0;
    std::uint64_t head_bytes_ = 0;
    Instant since_;
};

}  // namespace primum::daemon

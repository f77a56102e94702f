// SPDX-License-Identifier: MIT
#include "daemon/segment_chain.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace primum::daemon {
namespace {

constexpr std::uint64_t parts = 8;
constexpr std::uint64_t most_bytes = std::uint64_t{32} << 20U;
constexpr std::uint64_t heads = 4;  // a segment is at least so many times what it begins with
constexpr Duration longest = std::chrono::hours{24};

}  // namespace

SegmentChainOptions segment_chain_options(std::filesystem::path directory,
                                          event::Retention keep,
                                          WallTime run) {
    return {.directory = std::move(directory),
            .keep = keep,
            .run = run,
            .segment_bytes = std::min(keep.size_bytes / parts, most_bytes),
            .segment_age = std::min(keep.age / static_cast<std::int64_t>(parts), longest)};
}

Result<void, event::RecordingError> SegmentChain::begin(Stamp now) {
    if (auto closed = close(); !closed) {
        return closed;
    }
    std::error_code error;
    std::filesystem::create_directories(options_.directory, error);
    if (error) {
        return fail(event::recording_error("cannot be made", options_.directory, error.value()));
    }
    if (auto pruned = prune(now.wall); !pruned) {
        return pruned;
    }
    auto writer = event::RecordingWriter::create(
        options_.directory / event::format_segment_name({options_.run, sequence_ + 1}));
    if (!writer) {
        return fail(writer.error());
    }
    ++sequence_;
    ++begun_;
    head_bytes_ = 0;
    writer_.emplace(*std::move(writer));
    since_ = now.t;
    return {};
}

Result<void, event::RecordingError> SegmentChain::add(std::string_view line) {
    return writer_->add(line);
}

Result<void, event::RecordingError> SegmentChain::end_head() {
    auto flushed = flush();
    head_bytes_ = writer_ ? writer_->size_bytes() : 0;
    return flushed;
}

Result<void, event::RecordingError> SegmentChain::flush() {
    return writer_ ? writer_->flush() : Result<void, event::RecordingError>{};
}

Result<void, event::RecordingError> SegmentChain::close() {
    if (!writer_) {
        return {};
    }
    auto closed = writer_->close();
    writer_.reset();
    return closed;
}

bool SegmentChain::due(Instant now) const {
    return writer_ &&
           (writer_->size_bytes() >= std::max(options_.segment_bytes, heads * head_bytes_) ||
            now - since_ >= options_.segment_age);
}

// Room is made for the segment that is about to begin.
Result<void, event::RecordingError> SegmentChain::prune(WallTime now) {
    auto segments = event::list_segments(options_.directory);
    if (!segments) {
        return fail(segments.error());
    }
    segments->push_back({{options_.run, sequence_ + 1}, {}, options_.segment_bytes, now});
    for (const auto& segment : event::outlived(*segments, options_.keep, now)) {
        std::error_code error;
        std::filesystem::remove(segment.path, error);
        if (error) {
            return fail(event::recording_error("cannot be removed", segment.path, error.value()));
        }
    }
    return {};
}

}  // namespace primum::daemon

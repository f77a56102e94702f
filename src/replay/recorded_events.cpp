// SPDX-License-Identifier: MIT
#include "replay/recorded_events.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace primum::replay {
namespace {

Result<void, ReplayError> add(const std::filesystem::path& path,
                              std::vector<std::filesystem::path>& files) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        return fail(ReplayError{path.string() + ": there is no such file", true});
    }
    if (!std::filesystem::is_directory(status)) {
        files.push_back(path);
        return {};
    }
    const auto segments = event::list_segments(path);
    if (!segments) {
        return fail(ReplayError{segments.error().message, true});
    }
    if (segments->empty()) {
        return fail(ReplayError{path.string() + ": there are no segments in it", true});
    }
    for (const event::Segment& segment : *segments) {
        files.push_back(segment.path);
    }
    return {};
}

// Whether `name` is the segment after `before`.
bool is_next(const std::optional<event::SegmentName>& before,
             const std::optional<event::SegmentName>& name) {
    return before && name && before->run == name->run && before->sequence + 1 == name->sequence;
}

}  // namespace

RecordedEvents::RecordedEvents(std::vector<std::filesystem::path> files)
    : files_(std::move(files)), lines_(event::recording_limits) {
    for (const auto& path : files_) {
        std::error_code error;
        const auto size = std::filesystem::file_size(path, error);
        total_bytes_ += error ? 0 : size;
    }
}

Result<RecordedEvents, ReplayError> RecordedEvents::open(
    const std::vector<std::filesystem::path>& files_or_directories) {
    std::vector<std::filesystem::path> files;
    for (const auto& path : files_or_directories) {
        if (auto added = add(path, files); !added) {
            return fail(added.error());
        }
    }
    return RecordedEvents{std::move(files)};
}

Result<const Event*, ReplayError> RecordedEvents::next() {
    while (true) {
        if (!reader_) {
            const auto opened = open_next();
            if (!opened) {
                return fail(opened.error());
            }
            if (!*opened) {
                return nullptr;
            }
        }
        const auto line = reader_->next();
        if (!line) {
            close_segment();
        } else if (const auto read = lines_.read_recorded(*line, event_)) {
            const bool begins = std::holds_alternative<RestoreEvent>(event_.body);
            if (std::exchange(must_begin_, false) && !begins) {
                return fail(ReplayError{reader_->path().string() +
                                            ": it does not stand alone, the segments of its run "
                                            "before it are needed to replay it",
                                        false});
            }
            return &event_;
        } else if (!line->empty()) {
            const event::LineError& error = read.error();
            remark(error.field.empty() ? error.reason : error.reason + " " + error.field,
                   Remark::Kind::bad_line);
        }
    }
}

std::string RecordedEvents::place() const {
    return reader_ ? fmt::format("{}:{}", reader_->path().string(), reader_->line()) : "the end";
}

std::uint64_t RecordedEvents::read_bytes() const {
    return done_bytes_ + (reader_ ? reader_->read_bytes() : 0);
}

Result<bool, ReplayError> RecordedEvents::open_next() {
    if (next_file_ == files_.size()) {
        return false;
    }
    const auto& path = files_[next_file_++];
    auto reader = event::RecordingReader::open(path);
    if (!reader) {
        return fail(ReplayError{reader.error().message, true});
    }
    reader_.emplace(*std::move(reader));
    const auto name = event::parse_segment_name(path.filename().string());
    const bool same_run = name && last_name_ && last_name_->run == name->run;
    must_begin_ = name && name->sequence != 1 && !same_run;
    if (same_run && !is_next(last_name_, name)) {
        remark("some of the run before this segment is missing", Remark::Kind::missing);
    }
    last_name_ = name;
    return true;
}

void RecordedEvents::close_segment() {
    if (!reader_->torn().empty()) {
        remark(reader_->torn(), Remark::Kind::torn);
    }
    done_bytes_ += reader_->read_bytes();
    reader_.reset();
}

void RecordedEvents::remark(std::string text, Remark::Kind kind) {
    ++counts_.at(static_cast<std::size_t>(kind));
    if (remarks_.size() < max_remarks) {
        remarks_.push_back({reader_->path(), reader_->line(), std::move(text), kind});
    }
}

}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "event/recording_writer.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <new>
#include <utility>

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

namespace primum::event {

void RecordingWriter::FreeContext::operator()(ZSTD_CCtx_s* context) const {
    ZSTD_freeCCtx(context);
}

RecordingWriter::RecordingWriter(std::filesystem::path path, int file)
    : path_(std::move(path)), file_(file), context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) {
        throw std::bad_alloc{};
    }
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, compression_level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

RecordingWriter::~RecordingWriter() {
    give_up();
}

RecordingWriter::RecordingWriter(RecordingWriter&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      context_(std::move(other.context_)),
      lines_(std::move(other.lines_)),
      frame_(std::move(other.frame_)),
      size_(other.size_) {}

RecordingWriter& RecordingWriter::operator=(RecordingWriter&& other) noexcept {
    if (this != &other) {
        give_up();
        path_ = std::move(other.path_);
        file_ = std::exchange(other.file_, -1);
        context_ = std::move(other.context_);
        lines_ = std::move(other.lines_);
        frame_ = std::move(other.frame_);
        size_ = other.size_;
    }
    return *this;
}

Result<RecordingWriter, RecordingError> RecordingWriter::create(std::filesystem::path path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (file < 0) {
        return fail(recording_error("cannot be made", path, errno));
    }
    return RecordingWriter{std::move(path), file};
}

Result<void, RecordingError> RecordingWriter::add(std::string_view line) {
    if (file_ < 0) {
        return fail(RecordingError{0, path_.string() + " takes no more: it was given up"});
    }
    if (!lines_.empty() && lines_.size() + line.size() + 1 > frame_bytes) {
        if (auto done = flush(); !done) {
            return done;
        }
    }
    lines_ += line;
    lines_ += '\n';
    return lines_.size() < frame_bytes ? Result<void, RecordingError>{} : flush();
}

Result<void, RecordingError> RecordingWriter::flush() {
    if (file_ < 0) {
        return fail(RecordingError{0, path_.string() + " takes no more: it was given up"});
    }
    if (lines_.empty()) {
        return {};
    }
    auto done = write_frame();
    if (!done) {
        // Part of a frame may be there; a reader would cut it, but it would also use up the disk.
        static_cast<void>(::ftruncate(file_, static_cast<off_t>(size_)));
        give_up();
    }
    return done;
}

Result<void, RecordingError> RecordingWriter::close() {
    if (auto done = flush(); !done) {
        return done;
    }
    const bool synced = ::fdatasync(file_) == 0;
    const int number = errno;
    give_up();
    if (!synced) {
        return fail(recording_error("cannot be synced", path_, number));
    }
    return {};
}

Result<void, RecordingError> RecordingWriter::write_frame() {
    frame_.resize(ZSTD_compressBound(lines_.size()));
    const std::size_t packed =
        ZSTD_compress2(context_.get(), frame_.data(), frame_.size(), lines_.data(), lines_.size());
    if (ZSTD_isError(packed) != 0) {
        return fail(RecordingError{
            0, fmt::format("{} cannot be packed: {}", path_.string(), ZSTD_getErrorName(packed))});
    }
    std::string_view rest{frame_.data(), packed};
    while (!rest.empty()) {
        const ssize_t written = ::write(file_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return fail(recording_error("cannot be written", path_, written < 0 ? errno : ENOSPC));
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    size_ += packed;
    lines_.clear();
    if (lines_.capacity() > 2 * frame_bytes) {  // one very long line is no reason to keep so much
        lines_.shrink_to_fit();
        frame_ = {};
    }
    return {};
}

void RecordingWriter::give_up() {
    if (file_ >= 0) {
        ::close(file_);
        file_ = -1;
    }
    lines_.clear();
}

}  // namespace primum::event

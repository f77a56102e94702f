// SPDX-License-Identifier: MIT
#include "event/recording_reader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

namespace primum::event {
namespace {

constexpr std::size_t read_bytes_at_once = std::size_t{1} << 20U;
constexpr std::string_view frame_magic = "\x28\xB5\x2F\xFD";

}  // namespace

void RecordingReader::FreeContext::operator()(ZSTD_DCtx_s* context) const {
    ZSTD_freeDCtx(context);
}

RecordingReader::RecordingReader(std::filesystem::path path, int file)
    : path_(std::move(path)), file_(file), context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) {
        throw std::bad_alloc{};
    }
}

RecordingReader::~RecordingReader() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

RecordingReader::RecordingReader(RecordingReader&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      context_(std::move(other.context_)),
      packed_(std::move(other.packed_)),
      packed_at_(other.packed_at_),
      lines_(std::move(other.lines_)),
      lines_at_(other.lines_at_),
      plain_(other.plain_),
      ended_(other.ended_),
      line_(other.line_),
      read_(other.read_),
      torn_(std::move(other.torn_)) {}

Result<RecordingReader, RecordingError> RecordingReader::open(std::filesystem::path path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return fail(recording_error("cannot be opened", path, errno));
    }
    return RecordingReader{std::move(path), file};
}

std::optional<std::string_view> RecordingReader::next() {
    while (true) {
        const std::size_t newline = lines_.find('\n', lines_at_);
        if (newline != std::string::npos) {
            const std::string_view line{lines_.data() + lines_at_, newline - lines_at_};
            lines_at_ = newline + 1;
            ++line_;
            return line;
        }
        if (ended_ || !next_chunk()) {
            return std::nullopt;
        }
    }
}

bool RecordingReader::fill() {
    packed_.erase(0, packed_at_);
    packed_at_ = 0;
    const std::size_t had = packed_.size();
    packed_.resize(had + read_bytes_at_once);
    ssize_t got = 0;
    do {
        got = ::read(file_, packed_.data() + had, read_bytes_at_once);
    } while (got < 0 && errno == EINTR);
    packed_.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0) {
        cut("it cannot be read: " + std::generic_category().message(errno));
    }
    read_ += got > 0 ? static_cast<std::uint64_t>(got) : 0;
    return got > 0;
}

bool RecordingReader::next_chunk() {
    if (!plain_) {
        if (!fill()) {
            ended_ = true;
            return false;
        }
        plain_ = !std::string_view{packed_}.starts_with(frame_magic.substr(0, packed_.size()));
    }
    if (*plain_) {
        return next_plain();
    }
    while (true) {
        const std::size_t left = packed_.size() - packed_at_;
        const std::size_t packed =
            left == 0 ? 0 : ZSTD_findFrameCompressedSize(packed_.data() + packed_at_, left);
        if (left > 0 && ZSTD_isError(packed) == 0) {
            return unpack(packed);
        }
        const bool damaged = left > 0 && ZSTD_getErrorCode(packed) != ZSTD_error_srcSize_wrong;
        if (damaged || left > max_frame_bytes || !fill()) {
            if (left > 0 && torn_.empty()) {
                cut(damaged ? "what follows is no frame" : "the last frame is not whole");
            }
            ended_ = true;
            return false;
        }
    }
}

bool RecordingReader::unpack(std::size_t packed) {
    const char* const frame = packed_.data() + packed_at_;
    const unsigned long long size = ZSTD_getFrameContentSize(frame, packed);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
        size > max_frame_bytes) {
        cut("a frame does not say its size, or is too large");
        return false;
    }
    lines_.resize(static_cast<std::size_t>(size));
    lines_at_ = 0;
    const std::size_t got =
        ZSTD_decompressDCtx(context_.get(), lines_.data(), lines_.size(), frame, packed);
    if (ZSTD_isError(got) != 0 || got != size || (size > 0 && lines_.back() != '\n')) {
        lines_.clear();
        cut("a frame is damaged");
        return false;
    }
    packed_at_ += packed;
    return true;
}

bool RecordingReader::next_plain() {
    lines_.erase(0, lines_at_);
    lines_at_ = 0;
    if (packed_.size() == packed_at_ && !fill()) {
        ended_ = true;
        if (!lines_.empty() && torn_.empty()) {
            cut("the last line is not whole");
        }
        return false;
    }
    lines_.append(packed_, packed_at_);
    packed_at_ = packed_.size();
    if (lines_.size() > max_frame_bytes) {
        cut("a line is too long");
        return false;
    }
    return true;
}

void RecordingReader::cut(std::string why) {
    torn_ = std::move(why);
    ended_ = true;
    lines_.clear();
    lines_at_ = 0;
}

}  // namespace primum::event

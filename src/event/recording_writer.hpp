// SPDX-License-Identifier: MIT
#pragma once

#include "event/recording.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct ZSTD_CCtx_s;

namespace primum::event {

// Writes one segment. Lines are gathered; flush() packs them into one whole zstd frame with a
// checksum and writes it, so that whatever happens later takes nothing that was flushed. After any
// error the segment is as long as its last whole frame (as far as the disk allows) and takes no
// more. Not thread-safe; may block on the disk.
class RecordingWriter {
public:
    // Gathered lines beyond this are flushed by add() itself.
    static constexpr std::size_t frame_bytes = std::size_t{256} << 10U;
    static constexpr int compression_level = 3;

    // Makes the file; one that is there already is an error. Its mode is 0640: a recording tells
    // what the ledger tells.
    [[nodiscard]] static Result<RecordingWriter, RecordingError> create(std::filesystem::path path);
    ~RecordingWriter();  // flushes nothing
    RecordingWriter(RecordingWriter&& other) noexcept;
    RecordingWriter& operator=(RecordingWriter&& other) noexcept;
    RecordingWriter(const RecordingWriter&) = delete;
    RecordingWriter& operator=(const RecordingWriter&) = delete;

    // One line, without its newline.
    [[nodiscard]] Result<void, RecordingError> add(std::string_view line);
    // Everything added so far can be read from now on, even if the process dies.
    [[nodiscard]] Result<void, RecordingError> flush();
    // Flushes, and waits until the disk has it all; then nothing may be added.
    [[nodiscard]] Result<void, RecordingError> close();

    [[nodiscard]] std::uint64_t size_bytes() const { return size_; }  // of whole frames on disk
    [[nodiscard]] std::size_t gathered_bytes() const { return lines_.size(); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    struct FreeContext {
        void operator()(ZSTD_CCtx_s* context) const;
    };

    RecordingWriter(std::filesystem::path path, int file);
    [[nodiscard]] Result<void, RecordingError> write_frame();
    void give_up();

    std::filesystem::path path_;
    int file_ = -1;
    std::unique_ptr<ZSTD_CCtx_s, FreeContext> context_;
    std::string lines_;
    std::string frame_;
    std::uint64_t size_ = 0;
};

}  // namespace primum::event

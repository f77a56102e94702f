// SPDX-License-Identifier: MIT
#pragma once

#include "event/recording.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ZSTD_DCtx_s;

namespace primum::event {

// Reads one segment line by line; a plain file of JSON lines too. Only whole frames count, each
// against its checksum: what comes after the last whole one is a tail that a crash tore, and is
// cut. Of a plain file that is a last line without its newline. Memory is bounded by one frame.
class RecordingReader {
public:
    // An error when the file cannot be opened. One that is empty or all torn is a segment without
    // lines.
    [[nodiscard]] static Result<RecordingReader, RecordingError> open(std::filesystem::path path);
    ~RecordingReader();
    RecordingReader(RecordingReader&& other) noexcept;
    RecordingReader& operator=(RecordingReader&& other) = delete;
    RecordingReader(const RecordingReader&) = delete;
    RecordingReader& operator=(const RecordingReader&) = delete;

    // The next line, without its newline; nullopt at the end. Valid until the next call.
    [[nodiscard]] std::optional<std::string_view> next();

    // Of the line that next() gave last, from 1.
    [[nodiscard]] std::uint64_t line() const { return line_; }
    // After the end: why the rest was cut, or empty where the segment is whole. The cut is after
    // line().
    [[nodiscard]] const std::string& torn() const { return torn_; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::uint64_t read_bytes() const { return read_; }  // of the file

private:
    struct FreeContext {
        void operator()(ZSTD_DCtx_s* context) const;
    };

    RecordingReader(std::filesystem::path path, int file);
    bool fill();        // more bytes of the file; false at its end
    bool next_chunk();  // more lines; false at the end
    bool next_plain();
    bool unpack(std::size_t packed);
    void cut(std::string why);

    std::filesystem::path path_;
    int file_ = -1;
    std::unique_ptr<ZSTD_DCtx_s, FreeContext> context_;
    std::string packed_;  // from the file, not yet used from packed_at_ on
    std::size_t packed_at_ = 0;
    std::string lines_;  // unpacked, not yet given from lines_at_ on
    std::size_t lines_at_ = 0;
    std::optional<bool> plain_;
    bool ended_ = false;
    std::uint64_t line_ = 0;
    std::uint64_t read_ = 0;
    std::string torn_;
};

}  // namespace primum::event

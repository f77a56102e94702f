// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <string>

namespace primum::source {

// Why a file cannot be used: `missing` or `denied`, with its path, never with what is in it.
struct FileError {
    SourceFailure failure = SourceFailure::other;
    std::string detail;
};

// The bytes of a regular file of at most `max_bytes`. Does not wait for the other end of a FIFO.
[[nodiscard]] Result<std::string, FileError> read_bounded(const std::string& path,
                                                          std::size_t max_bytes);

// One line of printable ASCII, up to 4 KiB, without the newline at its end: a password or token.
[[nodiscard]] Result<std::string, FileError> read_secret(const std::string& path);

}  // namespace primum::source

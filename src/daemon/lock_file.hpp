// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <string>
#include <utility>

namespace primum::daemon {

struct LockError {
    bool taken = false;   // another process holds it; otherwise the system refused
    std::string message;  // says which process, where it is known, and what to do
};

// Holds an exclusive lock on a file for as long as it lives. The file stays; the kernel lets go of
// the lock when the process ends, however it ends.
class LockFile {
public:
    // Creates the file where it is missing (0600) and writes the process id into it. Does not
    // wait. Errors: taken; the directory is missing or not writable.
    [[nodiscard]] static Result<LockFile, LockError> take(const std::string& path);

    LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    LockFile& operator=(LockFile&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;
    ~LockFile();

private:
    explicit LockFile(int fd) : fd_(fd) {}
    int fd_ = -1;
};

}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/file_error.hpp"

#include <string>
#include <utility>

#include <sys/stat.h>

// How a path that the rules name is reached: step by step, through nothing that a stranger made.
namespace primum::remedy {

// Owns a descriptor.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd();

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

struct PathPolicy {
    uid_t owner = 0;
    gid_t group = 0;  // of what is made anew; nothing is refused for its group
    // Directories are held to the policy up to and including this one; "/" for all of them. For
    // tests; links are refused above it, too.
    std::string top = "/";
    // openat2 is not there before Linux 5.6, and forbidden in some containers; then each step is
    // an openat with O_NOFOLLOW.
    bool use_openat2 = true;
};

// An open directory, and a name in it that may or may not stand for something.
struct Parent {
    Fd directory;  // readable
    std::string name;
    bool open_to_all = false;  // everybody may look into each directory on the way
    struct stat status{};
};

// Opens the directory above `path`. Each directory on the way, `/` included, must be a directory
// and no link (else unsafe_path), belong to the owner and be writable by nobody else (else
// untrusted); sticky or not. The last component is not looked at.
[[nodiscard]] FileResult<Parent> open_parent(const std::string& path, const PathPolicy& policy);

// Whether the path still leads to that directory; else unsafe_path.
[[nodiscard]] FileResult<void> check_same_parent(const Parent& parent,
                                                 const std::string& path,
                                                 const PathPolicy& policy);

// The first `most` bytes of a regular file, its last component not followed; one byte more makes
// it too_large.
[[nodiscard]] FileResult<std::string> read_file_safely(const std::string& path,
                                                       std::uint64_t most,
                                                       const PathPolicy& policy);

// All of an open file, to a string.
[[nodiscard]] FileResult<std::string> read_open_file(int fd, std::uint64_t most);

}  // namespace primum::remedy

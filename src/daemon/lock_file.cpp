// SPDX-License-Identifier: MIT
#include "daemon/lock_file.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace primum::daemon {

namespace {

LockError refused(const std::string& path, int error) {
    return LockError{false, path + ": " + std::generic_category().message(error)};
}

LockError taken(const std::string& path, int fd) {
    std::array<char, 32> text{};
    const auto length = pread(fd, text.data(), text.size(), 0);
    std::string holder{text.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
    holder = holder.substr(0, holder.find_first_not_of("0123456789"));
    return LockError{true,
                     path + " is locked by another primumd" +
                         (holder.empty() ? "" : " (process " + holder + ")") +
                         "; stop that one first"};
}

}  // namespace

Result<LockFile, LockError> LockFile::take(const std::string& path) {
    int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && (errno == EROFS || errno == ENOSPC)) {
        // One of an earlier run can be locked all the same.
        fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (fd < 0) {
        return fail(refused(path, errno));
    }
    LockFile lock{fd};
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        return fail(error == EWOULDBLOCK ? taken(path, fd) : refused(path, error));
    }
    const auto pid = std::to_string(getpid()) + "\n";
    if (ftruncate(fd, 0) != 0 ||
        pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
        // The id is only a help for people: a full disk or one that is read-only must not keep the
        // daemon from starting.
        return lock;
    }
    return lock;
}

LockFile::~LockFile() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

}  // namespace primum::daemon

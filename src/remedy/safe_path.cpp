// SPDX-License-Identifier: MIT
#include "remedy/safe_path.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

constexpr int step_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

FileError refuse(Refusal code, std::string message) {
    return FileError{code, std::move(message), {}};
}

// One component, which is not followed. -1 with errno.
int open_step(int at, const std::string& name, bool use_openat2) {
    if (use_openat2) {
        open_how how{};
        how.flags = step_flags;
        how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH;
        const long fd = ::syscall(SYS_openat2, at, name.c_str(), &how, sizeof how);
        if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) {
            return static_cast<int>(fd);
        }
    }
    return ::openat(at, name.c_str(), step_flags);
}

FileError step_failed(int at, const std::string& name, const std::string& here, int number) {
    struct stat status{};
    if (::fstatat(at, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        if (S_ISLNK(status.st_mode)) {
            return refuse(Refusal::unsafe_path,
                          here + " is a symbolic link; name its target instead");
        }
        if (!S_ISDIR(status.st_mode)) {
            return refuse(Refusal::unsafe_path, here + " is no directory");
        }
    }
    if (number == ENOENT) {
        return refuse(Refusal::unsafe_path, here + " does not exist");
    }
    return storage_error(here, number);
}

FileResult<void> check_directory(const struct stat& status,
                                 const std::string& here,
                                 const PathPolicy& policy) {
    if (status.st_uid != policy.owner) {
        return fail(refuse(
            Refusal::untrusted,
            fmt::format(
                "{} is owned by uid {} and not by uid {}", here, status.st_uid, policy.owner)));
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return fail(refuse(
            Refusal::untrusted,
            fmt::format("{} is writable by others (mode {:04o})", here, status.st_mode & 07777U)));
    }
    return {};
}

bool is_below(const std::string& path, const std::string& top) {
    return top == "/" ||
           (path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/'));
}

bool is_plain(const std::string& path) {
    return path.size() > 1 && path.front() == '/' && path.find('\0') == std::string::npos &&
           std::filesystem::path{path}.lexically_normal() == path && path.back() != '/';
}

std::vector<std::string> components(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& part : std::filesystem::path{path}.relative_path()) {
        names.push_back(part.string());
    }
    return names;
}

}  // namespace

FileError storage_error(std::string_view what, int number) {
    return FileError{
        Refusal::storage,
        fmt::format("{}: {}", what, std::error_code{number, std::generic_category()}.message()),
        {}};
}

Fd::~Fd() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

FileResult<Parent> open_parent(const std::string& path, const PathPolicy& policy) {
    if (!is_plain(path)) {
        return fail(refuse(Refusal::unsafe_path, path + " is no plain absolute path"));
    }
    auto names = components(path);
    Parent parent;
    parent.name = std::move(names.back());
    names.pop_back();
    parent.open_to_all = true;
    Fd at{::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    std::string here = "/";
    for (std::size_t i = 0;; ++i) {
        if (!at.is_open() || ::fstat(at.get(), &parent.status) != 0) {
            return fail(storage_error(here, errno));
        }
        if (is_below(here, policy.top)) {
            if (auto checked = check_directory(parent.status, here, policy); !checked) {
                return fail(checked.error());
            }
        }
        parent.open_to_all = parent.open_to_all && (parent.status.st_mode & S_IXOTH) != 0;
        if (i == names.size()) {
            break;
        }
        here += (here == "/" ? "" : "/") + names[i];
        Fd next{open_step(at.get(), names[i], policy.use_openat2)};
        if (!next.is_open()) {
            return fail(step_failed(at.get(), names[i], here, errno));
        }
        at = std::move(next);
    }
    parent.directory = Fd{::openat(at.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!parent.directory.is_open()) {
        return fail(storage_error(here, errno));
    }
    return parent;
}

FileResult<void> check_same_parent(const Parent& parent,
                                   const std::string& path,
                                   const PathPolicy& policy) {
    const auto again = open_parent(path, policy);
    if (!again) {
        return fail(again.error());
    }
    if (again->status.st_dev != parent.status.st_dev ||
        again->status.st_ino != parent.status.st_ino) {
        return fail(refuse(Refusal::unsafe_path,
                           "the directory above " + path + " was exchanged meanwhile"));
    }
    return {};
}

FileResult<std::string> read_open_file(int fd, std::uint64_t most) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t size = ::read(fd, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return fail(storage_error("read", errno));
        }
        if (size == 0) {
            return text;
        }
        text.append(buffer.data(), static_cast<std::size_t>(size));
        if (text.size() > most) {
            return fail(refuse(Refusal::too_large, fmt::format("more than {} bytes", most)));
        }
    }
}

FileResult<std::string> read_file_safely(const std::string& path,
                                         std::uint64_t most,
                                         const PathPolicy& policy) {
    const auto parent = open_parent(path, policy);
    if (!parent) {
        return fail(parent.error());
    }
    const Fd file{::openat(parent->directory.get(),
                           parent->name.c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
    struct stat status{};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0) {
        return fail(errno == ELOOP ? refuse(Refusal::unsafe_path, path + " is a symbolic link")
                                   : storage_error(path, errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(refuse(Refusal::unsafe_path, path + " is no regular file"));
    }
    auto text = read_open_file(file.get(), most);
    if (!text) {
        text.error().message = path + ": " + text.error().message;
    }
    return text;
}

}  // namespace primum::remedy

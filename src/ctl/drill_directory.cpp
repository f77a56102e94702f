// SPDX-License-Identifier: MIT
#include "ctl/drill_directory.hpp"

#include "remedy/disk.hpp"
#include "remedy/file_tree.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

constexpr mode_t private_mode = 0700;
constexpr mode_t private_umask = 0022;

DrillRefusal trouble(const std::string& path, int number) {
    return {Exit::internal,
            path + ": " + std::error_code{number, std::generic_category()}.message()};
}

// Whether `fd` still is what stands at `path`: another drill may have removed it just before.
bool stands_at(int fd, const std::string& path) {
    struct stat here{};
    struct stat there{};
    return ::fstat(fd, &here) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

remedy::FileResult<void> empty(int directory) {
    remedy::Disk disk{{}};
    const auto names = remedy::names_in(directory);
    if (!names) {
        return fail(names.error());
    }
    for (const std::string& name : *names) {
        if (auto removed = remedy::remove_tree(disk, directory, name); !removed) {
            return removed;
        }
    }
    return {};
}

}  // namespace

DrillDirectory::DrillDirectory(std::string path, remedy::Fd lock)
    : path_(std::move(path)), lock_(std::move(lock)), umask_(::umask(private_umask)) {}

Result<std::unique_ptr<DrillDirectory>, DrillRefusal> DrillDirectory::make(
    const std::string& path) {
    if (::mkdir(path.c_str(), private_mode) != 0 && errno != EEXIST) {
        return fail(trouble(path, errno));
    }
    remedy::Fd lock{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (!lock.is_open()) {
        return fail(trouble(path, errno));
    }
    struct stat status{};
    if (::fstat(lock.get(), &status) != 0 || status.st_uid != ::geteuid()) {
        return fail(DrillRefusal{Exit::internal, path + " belongs to somebody else"});
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || !stands_at(lock.get(), path)) {
        return fail(DrillRefusal{Exit::temporary, "another drill is at work; try again later"});
    }
    if (::fchmod(lock.get(), private_mode) != 0) {
        return fail(trouble(path, errno));
    }
    if (const auto emptied = empty(lock.get()); !emptied) {
        return fail(DrillRefusal{Exit::internal, path + ": " + emptied.error().message});
    }
    return std::unique_ptr<DrillDirectory>{new DrillDirectory{path, std::move(lock)}};
}

DrillDirectory::~DrillDirectory() {
    ::umask(umask_);
    // What cannot be removed now is removed by the next drill.
    if (empty(lock_.get())) {
        ::rmdir(path_.c_str());
    }
}

}  // namespace primum::ctl

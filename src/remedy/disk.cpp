// SPDX-License-Identifier: MIT
#include "remedy/disk.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

int outcome(int returned) {
    return returned == 0 ? 0 : errno;
}

int write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(fd, bytes.data(), bytes.size());
        if (size < 0 && errno != EINTR) {
            return errno;
        }
        bytes.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    return 0;
}

int copy_through_memory(int from, int to, off_t begin, off_t end) {
    std::array<char, 65536> buffer{};
    if (::lseek(to, begin, SEEK_SET) < 0) {
        return errno;
    }
    while (begin < end) {
        const auto wanted = std::min<off_t>(end - begin, buffer.size());
        const ssize_t size = ::pread(from, buffer.data(), static_cast<std::size_t>(wanted), begin);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return size == 0 ? 0 : errno;
        }
        if (const int failed = write_all(to, {buffer.data(), static_cast<std::size_t>(size)});
            failed != 0) {
            return failed;
        }
        begin += size;
    }
    return 0;
}

// The bytes from `begin` to `end`, at the same place.
int copy_range(int from, int to, off_t begin, off_t end) {
    off_t in = begin;
    off_t out = begin;
    while (in < end) {
        const ssize_t size =
            ::copy_file_range(from, &in, to, &out, static_cast<std::size_t>(end - in), 0);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {  // across file systems, or not known to this one
            return size == 0 || errno == EXDEV || errno == EINVAL || errno == ENOSYS ||
                           errno == EOPNOTSUPP || errno == EPERM
                       ? copy_through_memory(from, to, in, end)
                       : errno;
        }
    }
    return 0;
}

std::array<timespec, 2> to_timespecs(std::int64_t accessed, std::int64_t modified) {
    constexpr std::int64_t second = 1'000'000'000;
    const auto split = [](std::int64_t t) {
        timespec out{};
        out.tv_sec = t / second - (t % second < 0 ? 1 : 0);
        out.tv_nsec = t - std::int64_t{out.tv_sec} * second;
        return out;
    };
    return {split(accessed), split(modified)};
}

}  // namespace

int Disk::make_directory(int at, const std::string& name) {
    return fails("mkdir") ? EIO : outcome(::mkdirat(at, name.c_str(), 0700));
}

int Disk::create_file(int at, const std::string& name, Fd& out) {
    if (fails("create")) {
        return EIO;
    }
    out = Fd{::openat(
        at, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    return out.is_open() ? 0 : errno;
}

int Disk::make_link(const std::string& target, int at, const std::string& name) {
    return fails("symlink") ? EIO : outcome(::symlinkat(target.c_str(), at, name.c_str()));
}

int Disk::write(int fd, std::string_view bytes) {
    return fails("write") ? EIO : write_all(fd, bytes);
}

int Disk::copy(int from, int to) {
    if (fails("copy")) {
        return EIO;
    }
    if (::ioctl(to, FICLONE, from) == 0) {
        return 0;
    }
    struct stat status{};
    if (::fstat(from, &status) != 0) {
        return errno;
    }
    off_t at = 0;
    while (at < status.st_size) {
        const off_t begin = ::lseek(from, at, SEEK_DATA);
        if (begin < 0 && errno == ENXIO) {
            break;  // nothing but a hole is left
        }
        const off_t hole = begin < 0 ? -1 : ::lseek(from, begin, SEEK_HOLE);
        const off_t end = hole < 0 ? status.st_size : hole;
        if (const int failed = copy_range(from, to, begin < 0 ? at : begin, end); failed != 0) {
            return failed;
        }
        at = end;
    }
    return outcome(::ftruncate(to, status.st_size));
}

int Disk::sync(int fd) {
    return fails("fsync") ? EIO : outcome(::fsync(fd));
}

int Disk::rename(
    int from_at, const std::string& from, int to_at, const std::string& to, unsigned flags) {
    return fails("rename") ? EIO
                           : outcome(::renameat2(from_at, from.c_str(), to_at, to.c_str(), flags));
}

int Disk::remove(int at, const std::string& name, bool directory) {
    return fails("remove") ? EIO
                           : outcome(::unlinkat(at, name.c_str(), directory ? AT_REMOVEDIR : 0));
}

int Disk::change_owner(int fd, uid_t uid, gid_t gid) {
    return fails("chown") ? EIO : outcome(::fchown(fd, uid, gid));
}

int Disk::change_link_owner(int at, const std::string& name, uid_t uid, gid_t gid) {
    return fails("chown") ? EIO
                          : outcome(::fchownat(at, name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW));
}

int Disk::change_mode(int fd, mode_t mode) {
    return fails("chmod") ? EIO : outcome(::fchmod(fd, mode));
}

int Disk::set_attribute(int fd, const std::string& name, std::string_view value) {
    return fails("setxattr")
               ? EIO
               : outcome(::fsetxattr(fd, name.c_str(), value.data(), value.size(), 0));
}

int Disk::remove_attribute(int fd, const std::string& name) {
    return fails("removexattr") ? EIO : outcome(::fremovexattr(fd, name.c_str()));
}

int Disk::set_times(int at, const std::string& name, std::int64_t accessed, std::int64_t modified) {
    if (fails("utimens")) {
        return EIO;
    }
    const auto times = to_timespecs(accessed, modified);
    return name.empty() ? outcome(::futimens(at, times.data()))
                        : outcome(::utimensat(at, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW));
}

}  // namespace primum::remedy

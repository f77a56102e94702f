// SPDX-License-Identifier: MIT
#include "remedy/file_tree.hpp"
#include "rules/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

constexpr std::size_t max_attribute_bytes = 65536;  // the kernel's own bound (xattr(7))

// The kernel keeps these by itself: of the content they speak for, or of the layer below.
bool is_kept_by_kernel(std::string_view attribute) {
    return attribute == "security.ima" || attribute == "security.evm" ||
           attribute.starts_with("trusted.overlay.");
}

class TreeScan {
public:
    TreeScan(const TreeLimits& limits, const ContentSink& sink) : limits_(limits), sink_(sink) {}

    // `relative`: the entry's name in the tree.
    FileResult<bool> add(int at, const std::string& name, const std::string& relative) {
        struct stat status{};
        if (::fstatat(at, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT) {
                return false;
            }
            return fail(storage_error(shown(name, relative), errno));
        }
        if (tree_.entries.empty()) {
            mount_ = mount_of(at, name);
        }
        if (tree_.entries.size() >= limits_.entries) {
            return fail(too_large(fmt::format("more than {} entries", limits_.entries)));
        }
        if (mount_ == 0 || mount_of(at, name) != mount_) {
            return fail(unsafe(name, relative, "is on another file system"));
        }
        if (S_ISREG(status.st_mode)) {
            return add_file(at, name, relative, status);
        }
        if (S_ISDIR(status.st_mode)) {
            return add_directory(at, name, relative, status);
        }
        if (S_ISLNK(status.st_mode)) {
            return add_link(at, name, relative, status);
        }
        return fail(unsafe(name, relative, "is neither a file, a directory nor a link"));
    }

    FileTree take() { return std::move(tree_); }

private:
    static std::string shown(const std::string& name, const std::string& relative) {
        return relative.empty() ? name : relative;
    }

    static FileError unsafe(const std::string& name,
                            const std::string& relative,
                            std::string_view what) {
        return FileError{
            Refusal::unsafe_path, fmt::format("{} {}", shown(name, relative), what), {}};
    }

    static FileError too_large(std::string message) {
        return FileError{Refusal::too_large, std::move(message), {}};
    }

    static TreeEntry entry_of(const struct stat& status, const std::string& relative) {
        TreeEntry entry;
        entry.name = relative;
        entry.mode = status.st_mode & 07777U;
        entry.uid = status.st_uid;
        entry.gid = status.st_gid;
        constexpr std::int64_t second = 1'000'000'000;
        entry.times = EntryTimes{status.st_atim.tv_sec * second + status.st_atim.tv_nsec,
                                 status.st_mtim.tv_sec * second + status.st_mtim.tv_nsec};
        return entry;
    }

    // Opens what fstatat saw; whatever was exchanged in between is an error.
    static FileResult<Fd> open_seen(int at,
                                    const std::string& name,
                                    const struct stat& seen,
                                    int flags) {
        const int all = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags;
        Fd fd{::openat(at, name.c_str(), all | O_NOATIME)};
        if (!fd.is_open() && errno == EPERM) {
            fd = Fd{::openat(at, name.c_str(), all)};
        }
        struct stat status{};
        if (!fd.is_open() || ::fstat(fd.get(), &status) != 0) {
            return fail(storage_error(name, errno));
        }
        if (status.st_dev != seen.st_dev || status.st_ino != seen.st_ino) {
            return fail(
                FileError{Refusal::conflict, name + " was exchanged while it was being read", {}});
        }
        return fd;
    }

    static FileResult<void> read_attributes(int fd, TreeEntry& entry) {
        std::array<char, max_attribute_bytes> names{};
        const ssize_t size = ::flistxattr(fd, names.data(), names.size());
        if (size < 0) {
            return errno == EOPNOTSUPP ? FileResult<void>{}
                                       : fail(storage_error("extended attributes", errno));
        }
        std::string_view left{names.data(), static_cast<std::size_t>(size)};
        std::string value(max_attribute_bytes, '\0');
        while (!left.empty()) {
            const std::string name{left.substr(0, left.find('\0'))};
            left.remove_prefix(std::min(left.size(), name.size() + 1));
            if (is_kept_by_kernel(name)) {
                continue;
            }
            const ssize_t length = ::fgetxattr(fd, name.c_str(), value.data(), value.size());
            if (length < 0 && errno != ENODATA && errno != EPERM && errno != EOPNOTSUPP) {
                return fail(storage_error("extended attribute " + name, errno));
            }
            if (length >= 0) {
                entry.attributes[name] = value.substr(0, static_cast<std::size_t>(length));
            }
        }
        return {};
    }

    FileResult<bool> add_file(int at,
                              const std::string& name,
                              const std::string& relative,
                              const struct stat& status) {
        TreeEntry entry = entry_of(status, relative);
        entry.size = static_cast<std::uint64_t>(status.st_size);
        bytes_ += entry.size;
        if (bytes_ > limits_.bytes) {
            return fail(too_large(fmt::format("more than {} bytes", limits_.bytes)));
        }
        const auto fd = open_seen(at, name, status, 0);
        if (!fd) {
            return fail(fd.error());
        }
        if (auto read = read_attributes(fd->get(), entry); !read) {
            return fail(read.error());
        }
        auto content = sink_(fd->get());
        if (!content) {
            content.error().message =
                fmt::format("{}: {}", shown(name, relative), content.error().message);
            return fail(content.error());
        }
        entry.content = *content;
        tree_.entries.push_back(std::move(entry));
        return true;
    }

    FileResult<bool> add_link(int at,
                              const std::string& name,
                              const std::string& relative,
                              const struct stat& status) {
        TreeEntry entry = entry_of(status, relative);
        entry.kind = EntryKind::link;
        std::array<char, PATH_MAX + 1> target{};
        const ssize_t size = ::readlinkat(at, name.c_str(), target.data(), target.size());
        if (size < 0) {
            return fail(storage_error(shown(name, relative), errno));
        }
        entry.content.assign(target.data(), static_cast<std::size_t>(size));
        tree_.entries.push_back(std::move(entry));
        return true;
    }

    FileResult<bool> add_directory(int at,
                                   const std::string& name,
                                   const std::string& relative,
                                   const struct stat& status) {
        if (++depth_ > max_tree_depth) {
            return fail(too_large(fmt::format("more than {} levels", max_tree_depth)));
        }
        TreeEntry entry = entry_of(status, relative);
        entry.kind = EntryKind::directory;
        const auto fd = open_seen(at, name, status, O_DIRECTORY);
        if (!fd) {
            return fail(fd.error());
        }
        if (auto read = read_attributes(fd->get(), entry); !read) {
            return fail(read.error());
        }
        tree_.entries.push_back(std::move(entry));
        const auto names = names_in(fd->get());
        if (!names) {
            return fail(names.error());
        }
        for (const std::string& child : *names) {
            auto added = add(fd->get(), child, relative.empty() ? child : relative + "/" + child);
            if (!added) {
                return fail(added.error());
            }
        }
        --depth_;
        return true;
    }

    const TreeLimits& limits_;
    const ContentSink& sink_;
    FileTree tree_;
    std::uint64_t mount_ = 0;
    std::uint64_t bytes_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace

FileResult<std::vector<std::string>> names_in(int directory) {
    const int copy = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream{copy < 0 ? nullptr : ::fdopendir(copy),
                                                     ::closedir};
    if (stream == nullptr) {
        return fail(storage_error("a directory", errno));
    }
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): own stream
        if (entry == nullptr) {
            break;
        }
        std::string name = entry->d_name;
        if (name != "." && name != "..") {
            names.push_back(std::move(name));
        }
    }
    if (errno != 0) {
        return fail(storage_error("a directory", errno));
    }
    std::sort(names.begin(), names.end());
    return names;
}

FileResult<std::string> hash_content(int fd) {
    rules::Sha256 hash;
    std::string buffer(std::size_t{256} * 1024, '\0');
    for (;;) {
        const ssize_t size = ::read(fd, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return fail(storage_error("read", errno));
        }
        if (size == 0) {
            return hash.hex();
        }
        hash.add(std::string_view{buffer}.substr(0, static_cast<std::size_t>(size)));
    }
}

FileResult<std::optional<FileTree>> scan_tree(int at,
                                              const std::string& name,
                                              const TreeLimits& limits,
                                              const ContentSink& sink) {
    TreeScan scan{limits, sink};
    const auto found = scan.add(at, name, {});
    if (!found) {
        return fail(found.error());
    }
    if (!*found) {
        return std::optional<FileTree>{};
    }
    return std::optional<FileTree>{scan.take()};
}

std::uint64_t mount_of(int at, const std::string& name) {
    struct statx status{};
    const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name.empty() ? AT_EMPTY_PATH : 0);
    if (::statx(at, name.c_str(), flags, STATX_MNT_ID, &status) != 0 ||
        (status.stx_mask & STATX_MNT_ID) == 0) {
        return 0;
    }
    return status.stx_mnt_id;
}

}  // namespace primum::remedy

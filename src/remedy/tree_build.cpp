// SPDX-License-Identifier: MIT
#include "remedy/file_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

class TreeBuild {
public:
    TreeBuild(Disk& disk, const FileTree& tree, const ContentSource& source)
        : disk_(disk), tree_(tree), source_(source) {}

    // The next entry, under the name `leaf`, and everything beneath it.
    FileResult<void> add(int at, const std::string& leaf) {
        const TreeEntry& entry = tree_.entries[next_++];
        switch (entry.kind) {
            case EntryKind::file:
                return add_file(at, leaf, entry);
            case EntryKind::directory:
                return add_directory(at, leaf, entry);
            case EntryKind::link:
                return add_link(at, leaf, entry);
        }
        return {};
    }

private:
    static FileResult<void> ended(const std::string& leaf, std::string_view what, int number) {
        return number == 0 ? FileResult<void>{}
                           : fail(storage_error(fmt::format("{}: {}", leaf, what), number));
    }

    FileResult<void> add_file(int at, const std::string& leaf, const TreeEntry& entry) {
        const auto content = source_(entry.content);
        if (!content) {
            return fail(content.error());
        }
        Fd file;
        int failed = disk_.create_file(at, leaf, file);
        if (failed == 0) {
            failed = disk_.copy(content->get(), file.get());
        }
        if (failed != 0) {
            return ended(leaf, "write", failed);
        }
        return finish(file.get(), leaf, entry);
    }

    FileResult<void> add_link(int at, const std::string& leaf, const TreeEntry& entry) {
        int failed = disk_.make_link(entry.content, at, leaf);
        if (failed == 0) {
            failed = disk_.change_link_owner(at, leaf, entry.uid, entry.gid);
        }
        if (failed == 0 && entry.times) {
            failed = disk_.set_times(at, leaf, entry.times->accessed, entry.times->modified);
        }
        return ended(leaf, "symbolic link", failed);
    }

    FileResult<void> add_directory(int at, const std::string& leaf, const TreeEntry& entry) {
        if (const int failed = disk_.make_directory(at, leaf); failed != 0) {
            return ended(leaf, "directory", failed);
        }
        const Fd directory{
            ::openat(at, leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
        if (!directory.is_open()) {
            return ended(leaf, "directory", errno);
        }
        const std::string prefix = entry.name.empty() ? "" : entry.name + "/";
        while (next_ < tree_.entries.size() && tree_.entries[next_].name.starts_with(prefix)) {
            const std::string child = tree_.entries[next_].name.substr(prefix.size());
            if (auto added = add(directory.get(), child); !added) {
                return added;
            }
        }
        return finish(directory.get(), leaf, entry);
    }

    // Removes what the directory above gave by itself (a default ACL), sets the entry's own.
    int set_attributes(int fd, const TreeEntry& entry) {
        std::array<char, 65536> names{};
        const ssize_t size = ::flistxattr(fd, names.data(), names.size());
        std::string_view left{names.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
        while (!left.empty()) {
            const std::string name{left.substr(0, left.find('\0'))};
            left.remove_prefix(std::min(left.size(), name.size() + 1));
            if (name.starts_with("system.posix_acl_") && !entry.attributes.contains(name)) {
                if (const int failed = disk_.remove_attribute(fd, name); failed != 0) {
                    return failed;
                }
            }
        }
        for (const auto& [name, value] : entry.attributes) {
            if (const int failed = disk_.set_attribute(fd, name, value); failed != 0) {
                return failed;
            }
        }
        return 0;
    }

    // The owner first, for it clears mode bits; the mode before the times; all before fsync.
    FileResult<void> finish(int fd, const std::string& leaf, const TreeEntry& entry) {
        int failed = disk_.change_owner(fd, entry.uid, entry.gid);
        if (failed == 0) {
            failed = set_attributes(fd, entry);
        }
        if (failed == 0) {
            failed = disk_.change_mode(fd, entry.mode);
        }
        if (failed == 0 && entry.times) {
            failed = disk_.set_times(fd, {}, entry.times->accessed, entry.times->modified);
        }
        if (failed == 0) {
            failed = disk_.sync(fd);
        }
        return ended(leaf, "owner, mode, attributes or fsync", failed);
    }

    Disk& disk_;
    const FileTree& tree_;
    const ContentSource& source_;
    std::size_t next_ = 0;
};

FileResult<void> remove_deep(Disk& disk, int at, const std::string& name, std::size_t depth) {
    struct stat status{};
    if (::fstatat(at, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? FileResult<void>{} : fail(storage_error(name, errno));
    }
    if (mount_of(at, "") == 0 || mount_of(at, "") != mount_of(at, name)) {
        return fail(FileError{Refusal::unsafe_path, name + " is on another file system", {}});
    }
    const bool is_directory = S_ISDIR(status.st_mode);
    if (is_directory && depth > max_tree_depth) {
        return fail(FileError{Refusal::too_large, name + " is too deep", {}});
    }
    if (is_directory) {
        const Fd directory{
            ::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
        if (!directory.is_open()) {
            return fail(storage_error(name, errno));
        }
        const auto names = names_in(directory.get());
        if (!names) {
            return fail(names.error());
        }
        for (const std::string& child : *names) {
            if (auto removed = remove_deep(disk, directory.get(), child, depth + 1); !removed) {
                return removed;
            }
        }
    }
    const int failed = disk.remove(at, name, is_directory);
    return failed == 0 ? FileResult<void>{} : fail(storage_error("remove " + name, failed));
}

}  // namespace

FileResult<void> build_tree(Disk& disk,
                            int at,
                            const std::string& name,
                            const FileTree& tree,
                            const ContentSource& source) {
    return TreeBuild{disk, tree, source}.add(at, name);
}

FileResult<void> remove_tree(Disk& disk, int at, const std::string& name) {
    return remove_deep(disk, at, name, 0);
}

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#include "remedy/snapshot_store.hpp"
#include "remedy/tree_diff.hpp"
#include "rules/digest.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

// How a copy comes to stand at a path: built and fsynced beside it under a hidden name, checked,
// exchanged with what stands there, and what came out checked again.
namespace primum::remedy {
namespace {

constexpr std::uint64_t max_shown_bytes = std::uint64_t{64} * 1024;
constexpr int max_kept_names = 9;

// Hidden names beside `name`, the same ones each time, so that what a crash left is known by them.
// Under `building` nothing is of worth; under `swapped` is either a copy that is kept, or what
// somebody put there in the last moment.
struct HiddenNames {
    std::string building;
    std::string swapped;
};

HiddenNames hidden_names(const std::string& name) {
    const std::string start = ".primum-" + rules::sha256_hex(name).substr(0, 16);
    return {start + ".new", start + ".swap"};
}

FileError refuse(Refusal code, std::string message) {
    return FileError{code, std::move(message), {}};
}

// Removes what is at the swapped name. First it gets the name under which nothing is of worth: half
// removed, it would be nothing that is known.
FileResult<void> discard(Disk& disk, int at, const HiddenNames& names) {
    const int failed = disk.rename(at, names.swapped, at, names.building, RENAME_NOREPLACE);
    return failed == 0 ? remove_tree(disk, at, names.building)
                       : fail(storage_error("remove " + names.swapped, failed));
}

std::string id_or_empty(const std::optional<FileTree>& tree) {
    return tree ? id_of(*tree) : std::string{};
}

FileError changed_since(const std::string& path, bool gone) {
    return refuse(
        Refusal::conflict,
        path + (gone ? " was removed by somebody since" : " was changed by somebody since"));
}

// An entry of the tree at `name`, opened without following anything.
std::optional<std::string> text_beneath(int at, const std::string& name, const TreeEntry& entry) {
    Fd here{::openat(at, ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    std::filesystem::path path{name};
    path /= entry.name;
    if (entry.name.empty()) {
        path = name;
    }
    for (const auto& part : path.parent_path()) {
        here =
            Fd{::openat(here.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    }
    const Fd file{::openat(here.get(),
                           path.filename().c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
    if (!file.is_open()) {
        return std::nullopt;
    }
    auto text = read_open_file(file.get(), max_shown_bytes);
    return text ? std::optional{std::move(*text)} : std::nullopt;
}

}  // namespace

std::string SnapshotStore::difference_of(const std::string& id,
                                         const Parent& parent,
                                         const std::string& path,
                                         const std::optional<FileTree>& now) {
    const auto kept = id.empty() ? FileResult<FileTree>{FileTree{}} : load(id);
    if (!kept) {
        return "the copy cannot be read: " + kept.error().message + "\n";
    }
    TreeSide before;
    before.tree = id.empty() ? nullptr : &*kept;
    before.content = [this](const TreeEntry& entry) -> std::optional<std::string> {
        const auto blob = open_blob(entry.content);
        if (!blob) {
            return std::nullopt;
        }
        auto text = read_open_file(blob->get(), max_shown_bytes);
        return text ? std::optional{std::move(*text)} : std::nullopt;
    };
    TreeSide after;
    after.tree = now ? &*now : nullptr;
    after.content = [&parent](const TreeEntry& entry) {
        return text_beneath(parent.directory.get(), parent.name, entry);
    };
    return tree_diff(path, before, after, parent.open_to_all);
}

std::string SnapshotStore::difference(const std::string& id, const std::string& path) {
    const auto parent = open_parent(path, policy_);
    if (!parent) {
        return parent.error().message + "\n";
    }
    const auto now = scan(parent->directory.get(), parent->name);
    if (!now) {
        return now.error().message + "\n";
    }
    return id_or_empty(*now) == id ? std::string{} : difference_of(id, *parent, path, *now);
}

FileResult<void> SnapshotStore::tidy(const std::string& path) {
    const auto parent = open_parent(path, policy_);
    return parent ? tidy_beside(*parent) : fail(parent.error());
}

FileResult<void> SnapshotStore::tidy_beside(const Parent& parent) {
    const HiddenNames names = hidden_names(parent.name);
    const int at = parent.directory.get();
    if (auto removed = remove_tree(disk_, at, names.building); !removed) {
        return removed;
    }
    const auto left = scan(at, names.swapped);
    if (left) {
        const std::optional<FileTree>& tree = *left;
        if (!tree) {
            return {};
        }
        if (load(id_of(*tree))) {
            return discard(disk_, at, names);
        }
    }
    for (int i = 1; i <= max_kept_names; ++i) {
        const std::string kept =
            fmt::format("{}.primum-kept{}", parent.name, i == 1 ? "" : fmt::format("-{}", i));
        const int failed = disk_.rename(at, names.swapped, at, kept, RENAME_NOREPLACE);
        if (failed != EEXIST) {
            return failed == 0 ? FileResult<void>{}
                               : fail(storage_error("set aside as " + kept, failed));
        }
    }
    return fail(
        refuse(Refusal::storage, parent.name + ": too many .primum-kept beside it; look at them"));
}

FileResult<void> SnapshotStore::build_beside(const std::string& id, const Parent& parent) {
    const auto tree = load(id);
    if (!tree) {
        return fail(tree.error());
    }
    const HiddenNames names = hidden_names(parent.name);
    const int at = parent.directory.get();
    auto built = build_tree(disk_, at, names.building, *tree, [this](const std::string& hash) {
        return open_blob(hash);
    });
    if (built) {
        const auto made = scan(at, names.building);
        if (!made) {
            built = fail(made.error());
        } else if (id_or_empty(*made) != id) {
            built = fail(refuse(
                Refusal::storage,
                "the file system does not keep the owner, mode or attributes of " + parent.name));
        }
    }
    if (built) {
        const int failed = disk_.rename(at, names.building, at, names.swapped, RENAME_NOREPLACE);
        built = failed == 0 ? built : fail(storage_error("rename", failed));
    }
    if (!built) {  // what is left of it is removed by the next one
        static_cast<void>(remove_tree(disk_, at, names.building));
    }
    return built;
}

FileResult<void> SnapshotStore::swap_in(const Parent& parent,
                                        const std::string& id,
                                        const std::string& expected) {
    const HiddenNames names = hidden_names(parent.name);
    const int at = parent.directory.get();
    const bool both = !id.empty() && !expected.empty();
    const std::string& from = id.empty() ? parent.name : names.swapped;
    const std::string& to = id.empty() ? names.swapped : parent.name;
    const unsigned flags = both ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    int failed = disk_.rename(at, from, at, to, flags);
    if (failed != 0) {
        static_cast<void>(id.empty() ? FileResult<void>{} : discard(disk_, at, names));
        if (failed == EEXIST || failed == ENOENT) {
            return fail(changed_since(parent.name, failed == ENOENT));
        }
        return fail(failed == EBUSY || failed == EXDEV
                        ? refuse(Refusal::unsafe_path, parent.name + " is a mount point")
                        : storage_error("rename " + parent.name, failed));
    }
    failed = disk_.sync(at);
    FileResult<void> result =
        failed == 0 ? FileResult<void>{} : fail(storage_error("fsync of a directory", failed));
    if (result && !expected.empty()) {
        const auto came_out = scan(at, names.swapped);
        if (!came_out) {
            result = fail(came_out.error());
        } else if (id_or_empty(*came_out) != expected) {
            result = fail(changed_since(parent.name, false));
        }
    }
    if (result) {
        return result;
    }
    failed = disk_.rename(at, to, at, from, flags);
    failed = failed == 0 ? disk_.sync(at) : failed;
    if (failed != 0) {
        result.error().message += "; it could not be taken back";
    } else if (!id.empty()) {
        static_cast<void>(discard(disk_, at, names));
    }
    return result;
}

// What came out of the path is removed, or set aside.
FileResult<void> SnapshotStore::clear(const Parent& parent, const std::string& aside) {
    const HiddenNames names = hidden_names(parent.name);
    const int at = parent.directory.get();
    if (aside.empty()) {  // where it cannot be removed it is known by its name later
        if (!discard(disk_, at, names)) {
            static_cast<void>(tidy_beside(parent));
        }
        static_cast<void>(disk_.sync(at));
        return {};
    }
    int failed = disk_.rename(at, names.swapped, at, aside, RENAME_NOREPLACE);
    failed = failed == 0 ? disk_.sync(at) : failed;
    return failed == 0 ? FileResult<void>{}
                       : fail(storage_error(fmt::format("what stood there is left as {}; set aside",
                                                        names.swapped),
                                            failed));
}

FileResult<void> SnapshotStore::put(const std::string& id,
                                    const std::string& path,
                                    const std::string& expected,
                                    const std::string& aside) {
    const auto parent = open_parent(path, policy_);
    if (!parent) {
        return fail(parent.error());
    }
    if (auto sound = id.empty() ? FileResult<void>{} : check(id); !sound) {
        return sound;
    }
    if (auto tidied = tidy_beside(*parent); !tidied) {
        return tidied;
    }
    const int at = parent->directory.get();
    const auto now = scan(at, parent->name);
    if (!now) {
        return fail(now.error());
    }
    if (id_or_empty(*now) == id) {
        const int failed = disk_.sync(at);
        return failed == 0 ? FileResult<void>{}
                           : fail(storage_error("fsync of a directory", failed));
    }
    FileResult<void> done;
    if (id_or_empty(*now) != expected) {
        done = fail(changed_since(path, !now->has_value()));
    }
    if (done && !id.empty()) {
        done = build_beside(id, *parent);
    }
    if (done) {
        done = check_same_parent(*parent, path, policy_);
        if (!done) {
            static_cast<void>(tidy_beside(*parent));
        }
    }
    if (done) {
        done = swap_in(*parent, id, expected);
    }
    if (!done) {
        if (done.error().refusal == Refusal::conflict) {
            if (const auto found = scan(at, parent->name)) {
                done.error().diff = difference_of(expected, *parent, path, *found);
            }
        }
        return done;
    }
    return expected.empty() ? FileResult<void>{} : clear(*parent, aside);
}

FileResult<std::string> SnapshotStore::lay_out(const std::string& id, const std::string& name) {
    const Fd top{::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    const auto tree = load(id);
    if (!tree) {
        return fail(tree.error());
    }
    const std::string room = "shown";
    FileResult<void> made;
    if (!std::exchange(cleared_shown_, true)) {
        made = remove_tree(disk_, top.get(), room);
    }
    if (made && ::faccessat(top.get(), room.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
        const int failed = disk_.make_directory(top.get(), room);
        made = failed == 0 ? made : fail(storage_error(room, failed));
    }
    const Fd shown{
        ::openat(top.get(), room.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (made) {
        made = remove_tree(disk_, shown.get(), name);
    }
    if (made) {
        made = build_tree(disk_, shown.get(), name, *tree, [this](const std::string& hash) {
            return open_blob(hash);
        });
    }
    return made ? FileResult<std::string>{directory_ + "/" + room + "/" + name}
                : fail(made.error());
}

void SnapshotStore::clear_laid_out(const std::string& name) {
    const Fd shown{
        ::open((directory_ + "/shown").c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    static_cast<void>(remove_tree(disk_, shown.get(), name));
}

}  // namespace primum::remedy

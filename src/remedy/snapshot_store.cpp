// SPDX-License-Identifier: MIT
#include "remedy/snapshot_store.hpp"

#include "rules/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace primum::remedy {

// The open directories of a store.
struct SnapshotStore::Rooms {
    Fd top;
    Fd blobs;
    Fd trees;
};

namespace {

constexpr std::string_view prefix = "sha256:";
constexpr std::size_t max_list_bytes = std::size_t{64} << 20U;
const std::string new_name = "new";

FileError refuse(Refusal code, std::string message) {
    return FileError{code, std::move(message), {}};
}

std::string hash_of(const std::string& id) {
    return id.substr(std::min(prefix.size(), id.size()));
}

bool is_hash(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

Fd open_directory(int at, const std::string& name) {
    return Fd{::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

std::uint64_t bytes_in(int directory) {
    std::uint64_t bytes = 0;
    if (const auto names = names_in(directory)) {
        for (const std::string& name : *names) {
            struct stat status{};
            if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
                bytes += static_cast<std::uint64_t>(status.st_size);
            }
        }
    }
    return bytes;
}

std::uint64_t bytes_of(const FileTree& tree) {
    std::uint64_t bytes = 0;
    for (const TreeEntry& entry : tree.entries) {
        bytes += entry.size;
    }
    return bytes;
}

const TreeEntry* find_entry(const FileTree& tree, const TreeEntry& like) {
    for (const TreeEntry& entry : tree.entries) {
        if (entry.name == like.name && entry.kind == like.kind) {
            return &entry;
        }
    }
    return nullptr;
}

void look_like(TreeEntry& entry, const TreeEntry& like) {
    entry.mode = like.mode;
    entry.uid = like.uid;
    entry.gid = like.gid;
    entry.attributes = like.attributes;
}

// Of the measuring pass: nothing is read.
FileResult<std::string> read_nothing(int /*fd*/) {
    return std::string{};
}

}  // namespace

SnapshotStore::SnapshotStore(std::string directory,
                             SnapshotLimits limits,
                             FaultHook hook,
                             PathPolicy policy)
    : directory_(std::move(directory)),
      limits_(limits),
      disk_(std::move(hook)),
      policy_(std::move(policy)) {}

FileResult<SnapshotStore::Rooms> SnapshotStore::open_rooms() {
    const std::filesystem::path path{directory_};
    Rooms rooms;
    rooms.top = open_directory(AT_FDCWD, directory_);
    if (!rooms.top.is_open() && errno == ENOENT) {
        const Fd above = open_directory(AT_FDCWD, path.parent_path());
        const int failed =
            above.is_open() ? disk_.make_directory(above.get(), path.filename()) : errno;
        if (failed != 0) {
            return fail(storage_error("the snapshots' directory", failed));
        }
        rooms.top = open_directory(AT_FDCWD, directory_);
    }
    if (!rooms.top.is_open()) {
        return fail(storage_error("the snapshots' directory", errno));
    }
    for (const auto& [name, fd] :
         {std::pair{"blobs", &rooms.blobs}, std::pair{"trees", &rooms.trees}}) {
        *fd = open_directory(rooms.top.get(), name);
        if (!fd->is_open() && errno == ENOENT) {
            int failed = disk_.make_directory(rooms.top.get(), name);
            failed = failed == 0 ? disk_.sync(rooms.top.get()) : failed;
            if (failed != 0) {
                return fail(storage_error("the snapshots' directory", failed));
            }
            *fd = open_directory(rooms.top.get(), name);
        }
        if (!fd->is_open()) {
            return fail(storage_error("the snapshots' directory", errno));
        }
    }
    if (auto removed = remove_tree(disk_, rooms.top.get(), new_name); !removed) {
        return fail(removed.error());
    }
    return rooms;
}

FileResult<void> SnapshotStore::check_room(std::uint64_t more) {
    const Fd blobs = open_directory(AT_FDCWD, directory_ + "/blobs");
    const std::uint64_t used = blobs.is_open() ? bytes_in(blobs.get()) : 0;
    if (used + more > limits_.total_bytes) {
        return fail(refuse(
            Refusal::too_large,
            fmt::format("all copies together would be more than {} bytes", limits_.total_bytes)));
    }
    return {};
}

FileResult<void> SnapshotStore::finish_new(Rooms& rooms,
                                           Fd& file,
                                           int to,
                                           const std::string& name) {
    int failed = disk_.sync(file.get());
    failed = failed == 0 ? disk_.rename(rooms.top.get(), new_name, to, name, 0) : failed;
    return failed == 0 ? FileResult<void>{} : fail(storage_error("a copy", failed));
}

FileResult<std::string> SnapshotStore::add_blob(Rooms& rooms, int from) {
    Fd file;
    int failed = disk_.create_file(rooms.top.get(), new_name, file);
    failed = failed == 0 ? disk_.copy(from, file.get()) : failed;
    if (failed != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0) {
        return fail(storage_error("a copy", failed != 0 ? failed : errno));
    }
    auto hash = hash_content(file.get());
    if (!hash) {
        return hash;
    }
    if (auto finished = finish_new(rooms, file, rooms.blobs.get(), *hash); !finished) {
        return fail(finished.error());
    }
    return hash;
}

FileResult<std::string> SnapshotStore::add_text(Rooms& rooms, std::string_view text) {
    Fd file;
    int failed = disk_.create_file(rooms.top.get(), new_name, file);
    failed = failed == 0 ? disk_.write(file.get(), text) : failed;
    if (failed != 0) {
        return fail(storage_error("a copy", failed));
    }
    std::string hash = rules::sha256_hex(text);
    if (auto finished = finish_new(rooms, file, rooms.blobs.get(), hash); !finished) {
        return fail(finished.error());
    }
    return hash;
}

FileResult<std::string> SnapshotStore::add_tree(Rooms& rooms, const FileTree& tree) {
    const std::string id = id_of(tree);
    Fd file;
    int failed = disk_.sync(rooms.blobs.get());
    failed = failed == 0 ? disk_.create_file(rooms.top.get(), new_name, file) : failed;
    failed = failed == 0 ? disk_.write(file.get(), write_tree(tree)) : failed;
    if (failed != 0) {
        return fail(storage_error("a copy", failed));
    }
    if (auto finished = finish_new(rooms, file, rooms.trees.get(), hash_of(id)); !finished) {
        return fail(finished.error());
    }
    failed = disk_.sync(rooms.trees.get());
    return failed == 0 ? FileResult<std::string>{id} : fail(storage_error("a copy", failed));
}

FileResult<std::string> SnapshotStore::keep(const std::string& path) {
    const auto parent = open_parent(path, policy_);
    if (!parent) {
        return fail(parent.error());
    }
    const TreeLimits limits{limits_.bytes, limits_.entries};
    const auto measured = scan_tree(parent->directory.get(), parent->name, limits, read_nothing);
    if (!measured) {
        return fail(measured.error());
    }
    const std::optional<FileTree>& stands = *measured;
    if (!stands) {
        return std::string{};
    }
    if (auto room = check_room(bytes_of(*stands)); !room) {
        return fail(room.error());
    }
    auto rooms = open_rooms();
    if (!rooms) {
        return fail(rooms.error());
    }
    const auto copied = scan_tree(parent->directory.get(), parent->name, limits, [&](int fd) {
        return add_blob(*rooms, fd);
    });
    if (!copied) {
        return fail(copied.error());
    }
    const std::optional<FileTree>& tree = *copied;
    return tree ? add_tree(*rooms, *tree)
                : fail(refuse(Refusal::conflict, path + " was removed while it was read"));
}

FileResult<std::string> SnapshotStore::keep_as(const std::string& good, const std::string& like) {
    FileTree old;
    if (!like.empty()) {
        auto loaded = load(like);
        if (!loaded) {
            return fail(loaded.error());
        }
        old = std::move(*loaded);
    }
    const auto kept = keep(good);
    if (!kept || kept->empty()) {
        return kept ? fail(refuse(Refusal::untrusted, "nothing stands at " + good))
                    : fail(kept.error());
    }
    auto tree = load(*kept);
    if (!tree) {
        return fail(tree.error());
    }
    if (tree->entries.front().kind == EntryKind::link) {
        return fail(refuse(Refusal::unsafe_path, good + " is a symbolic link"));
    }
    for (TreeEntry& entry : tree->entries) {
        const bool writable = entry.kind != EntryKind::link && (entry.mode & 022U) != 0;
        if (entry.uid != policy_.owner || writable) {
            return fail(refuse(Refusal::untrusted,
                               fmt::format("{}{}{} is not root's alone",
                                           good,
                                           entry.name.empty() ? "" : "/",
                                           entry.name)));
        }
        entry.times.reset();
        entry.gid = policy_.group;
        entry.attributes.clear();
        if (const TreeEntry* was = find_entry(old, entry)) {
            look_like(entry, *was);
        }
    }
    auto rooms = open_rooms();
    return rooms ? add_tree(*rooms, *tree) : fail(rooms.error());
}

FileResult<std::string> SnapshotStore::keep_text(std::string_view content,
                                                 const std::string& like,
                                                 bool link) {
    FileTree tree;
    TreeEntry& entry = tree.entries.emplace_back();
    entry.kind = link ? EntryKind::link : EntryKind::file;
    entry.mode = link ? 0777U : 0644U;
    entry.uid = policy_.owner;
    entry.gid = policy_.group;
    if (!like.empty()) {
        const auto old = load(like);
        if (!old) {
            return fail(old.error());
        }
        if (const TreeEntry* was = find_entry(*old, entry)) {
            look_like(entry, *was);
        }
    }
    if (auto room = check_room(content.size()); !room) {
        return fail(room.error());
    }
    auto rooms = open_rooms();
    if (!rooms) {
        return fail(rooms.error());
    }
    entry.content = std::string{content};
    if (!link) {
        entry.size = content.size();
        const auto hash = add_text(*rooms, content);
        if (!hash) {
            return hash;
        }
        entry.content = *hash;
    }
    return add_tree(*rooms, tree);
}

FileResult<std::string> SnapshotStore::text_of(const std::string& id) {
    const auto tree = load(id);
    if (!tree) {
        return fail(tree.error());
    }
    const TreeEntry& entry = tree->entries.front();
    if (entry.kind == EntryKind::directory) {
        return fail(refuse(Refusal::not_applicable, "it is a directory"));
    }
    if (entry.kind == EntryKind::link) {
        return entry.content;
    }
    const auto blob = open_blob(entry.content);
    return blob ? read_open_file(blob->get(), limits_.bytes) : fail(blob.error());
}

FileResult<std::string> SnapshotStore::identify(const std::string& path) {
    const auto parent = open_parent(path, policy_);
    if (!parent) {
        return fail(parent.error());
    }
    const auto found = scan(parent->directory.get(), parent->name);
    if (!found) {
        return fail(found.error());
    }
    const std::optional<FileTree>& tree = *found;
    return tree ? id_of(*tree) : std::string{};
}

FileResult<std::optional<FileTree>> SnapshotStore::scan(int at, const std::string& name) {
    return scan_tree(at, name, TreeLimits{limits_.bytes, limits_.entries}, hash_content);
}

FileResult<FileTree> SnapshotStore::load(const std::string& id) {
    const std::string hash = hash_of(id);
    if (!id.starts_with(prefix) || !is_hash(hash)) {
        return fail(refuse(Refusal::storage, id + " is no id of a copy"));
    }
    const Fd file{
        ::open((directory_ + "/trees/" + hash).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
    if (!file.is_open()) {
        return fail(storage_error("the copy " + id, errno));
    }
    const auto text = read_open_file(file.get(), max_list_bytes);
    if (!text) {
        return fail(text.error());
    }
    auto tree = read_tree(*text);
    if (tree && id_of(*tree) != id) {
        return fail(refuse(Refusal::storage, "the copy " + id + " is another"));
    }
    return tree;
}

// Checks the hash of it first: the descriptor is at its beginning again.
FileResult<Fd> SnapshotStore::open_blob(const std::string& hash) {
    if (!is_hash(hash)) {
        return fail(refuse(Refusal::storage, "no hash of a copied file"));
    }
    Fd file{::open((directory_ + "/blobs/" + hash).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
    if (!file.is_open()) {
        return fail(storage_error("the copied file " + hash, errno));
    }
    const auto now = hash_content(file.get());
    if (!now) {
        return fail(now.error());
    }
    if (*now != hash || ::lseek(file.get(), 0, SEEK_SET) != 0) {
        return fail(refuse(Refusal::storage, "the copied file " + hash + " is damaged"));
    }
    return file;
}

FileResult<void> SnapshotStore::check(const std::string& id) {
    const auto tree = load(id);
    if (!tree) {
        return fail(tree.error());
    }
    for (const TreeEntry& entry : tree->entries) {
        if (entry.kind == EntryKind::file) {
            if (const auto blob = open_blob(entry.content); !blob) {
                return fail(blob.error());
            }
        }
    }
    return {};
}

FileResult<void> SnapshotStore::collect(const std::set<std::string>& needed) {
    auto rooms = open_rooms();
    if (!rooms) {
        return fail(rooms.error());
    }
    std::set<std::string> hashes;
    std::set<std::string> blobs;
    for (const std::string& id : needed) {
        const auto tree = id.empty() ? FileResult<FileTree>{FileTree{}} : load(id);
        if (!tree) {  // what it needs is not known: nothing is removed
            return fail(tree.error());
        }
        hashes.insert(hash_of(id));
        for (const TreeEntry& entry : tree->entries) {
            blobs.insert(entry.content);
        }
    }
    for (const auto& [directory, wanted] :
         {std::pair{rooms->trees.get(), &hashes}, std::pair{rooms->blobs.get(), &blobs}}) {
        const auto names = names_in(directory);
        if (!names) {
            return fail(names.error());
        }
        for (const std::string& name : *names) {
            const int failed = wanted->contains(name) ? 0 : disk_.remove(directory, name, false);
            if (failed != 0) {
                return fail(storage_error("remove a copy", failed));
            }
        }
        if (const int failed = disk_.sync(directory); failed != 0) {
            return fail(storage_error("the snapshots' directory", failed));
        }
    }
    return {};
}

}  // namespace primum::remedy

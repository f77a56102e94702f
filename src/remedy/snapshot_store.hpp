// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/file_tree.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace primum::remedy {

struct SnapshotLimits {
    std::uint64_t bytes = 256ULL << 20U;  // of one snapshot, all its files together
    std::uint32_t entries = 10'000;       // files, directories and links of one snapshot
    std::uint64_t total_bytes = 4ULL << 30U;
};

// Copies of files, directories and links with content, owner, mode, times, ACLs and extended
// attributes; content-addressed: an id is `sha256:` and the hash (hex) of all of that but the
// times, so that equal ids mean equal trees. Everything is on disk (fsync) when it returns.
//
// Paths are absolute and lexically normal. No directory above one may be a symbolic link
// (unsafe_path), or belong to or be writable by anybody but root (untrusted; safe_path.hpp); the
// last component itself is never followed. Names of the same file (hard links) are kept each for
// itself. One store has one owner at a time; its directory is made if the one above it is there.
//
//   DIR/blobs/HASH   the content of one file
//   DIR/trees/HASH   one copy: its entries, as text (file_tree.hpp)
//   DIR/shown        copies laid out for a program to look at
//   DIR/new          what was not finished when the power went
class SnapshotStore {
public:
    explicit SnapshotStore(std::string directory,
                           SnapshotLimits limits = {},
                           FaultHook hook = {},
                           PathPolicy policy = {});

    // Keeps what stands at `path`; empty id: nothing stands there.
    FileResult<std::string> keep(const std::string& path);
    // Keeps what `good` holds as it would replace the copy `like` (empty: nothing): the content is
    // that of `good`; owner, mode and attributes are those of the entry of the same name and kind
    // in `like`, else its mode with owner root. No times. Nothing at `good`, or anything in it that
    // is not root's alone, is untrusted.
    FileResult<std::string> keep_as(const std::string& good, const std::string& like);
    // The same, where the content is given: a file, or (link) a symbolic link to it.
    FileResult<std::string> keep_text(std::string_view content, const std::string& like, bool link);
    // The content of a copy that is one regular file or one link.
    FileResult<std::string> text_of(const std::string& id);

    // The id of what stands at `path`, without keeping it.
    FileResult<std::string> identify(const std::string& path);
    // Whether the copy is there and sound.
    FileResult<void> check(const std::string& id);
    // Checks the copy's own hashes first. Then puts it at `path` in one step (renameat2, then
    // fsync of the directory), if what stands there still is `expected`; else a conflict, with a
    // diff, and nothing is changed. What stands there as `id` already is left. An empty `id`
    // removes what stands there. What was there is removed, or (`aside`) kept under that name in
    // the same directory.
    FileResult<void> put(const std::string& id,
                         const std::string& path,
                         const std::string& expected,
                         const std::string& aside = {});
    // Removes what a put() that was killed left beside `path`; what no copy is known of is set
    // aside as PATH.primum-kept. put() does this first by itself.
    FileResult<void> tidy(const std::string& path);
    // What is different between the copy `id` and what stands at `path`, as a unified diff of at
    // most 4 KiB; names and hashes alone where not everybody may read both. Empty: nothing is.
    std::string difference(const std::string& id, const std::string& path);

    // Lays a copy out as it would stand at a path, at DIR/shown/NAME (which is the answer), for a
    // program that is shown it. What an earlier run has left there is removed first.
    FileResult<std::string> lay_out(const std::string& id, const std::string& name);
    // Removes it again.
    void clear_laid_out(const std::string& name);

    // Removes every copy whose id is not needed any more.
    FileResult<void> collect(const std::set<std::string>& needed);

    [[nodiscard]] const PathPolicy& policy() const { return policy_; }

private:
    struct Rooms;

    FileResult<Rooms> open_rooms();
    FileResult<std::string> add_blob(Rooms& rooms, int from);
    FileResult<std::string> add_text(Rooms& rooms, std::string_view text);
    FileResult<std::string> add_tree(Rooms& rooms, const FileTree& tree);
    FileResult<void> finish_new(Rooms& rooms, Fd& file, int to, const std::string& name);
    FileResult<FileTree> load(const std::string& id);
    FileResult<Fd> open_blob(const std::string& hash);
    FileResult<std::optional<FileTree>> scan(int at, const std::string& name);
    FileResult<void> check_room(std::uint64_t more);
    FileResult<void> tidy_beside(const Parent& parent);
    std::string difference_of(const std::string& id,
                              const Parent& parent,
                              const std::string& path,
                              const std::optional<FileTree>& now);
    FileResult<void> build_beside(const std::string& id, const Parent& parent);
    FileResult<void> swap_in(const Parent& parent,
                             const std::string& id,
                             const std::string& expected);
    FileResult<void> clear(const Parent& parent, const std::string& aside);

    std::string directory_;
    SnapshotLimits limits_;
    Disk disk_;
    PathPolicy policy_;
    bool cleared_shown_ = false;  // of what an earlier run has left
};

}  // namespace primum::remedy

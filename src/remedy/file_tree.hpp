// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/disk.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What stands at a path, as data: one file or link, or a directory with everything beneath.
namespace primum::remedy {

enum class EntryKind : char { file = 'f', directory = 'd', link = 'l' };

// Nanoseconds since the epoch.
struct EntryTimes {
    std::int64_t accessed = 0;
    std::int64_t modified = 0;
};

struct TreeEntry {
    EntryKind kind = EntryKind::file;
    std::string name;  // relative to the root of the tree; the root itself is empty
    std::uint32_t mode = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint64_t size = 0;                         // of a file
    std::string content;                            // SHA-256 (hex) of a file, target of a link
    std::map<std::string, std::string> attributes;  // extended, POSIX ACLs among them
    std::optional<EntryTimes> times;                // nothing: what the file system gives
};

// A directory stands before what is in it; siblings are in order of their bytes.
struct FileTree {
    std::vector<TreeEntry> entries;
};

struct TreeLimits {
    std::uint64_t bytes = 256ULL << 20U;  // of all files together
    std::uint32_t entries = 10'000;
};

// Deeper trees are too_large.
inline constexpr std::size_t max_tree_depth = 64;

// `sha256:` and the hash of everything but the times.
[[nodiscard]] std::string id_of(const FileTree& tree);

// As text: one line an entry, names and values escaped byte by byte, the times behind them, and
// last the hash of the lines before. Reading refuses whatever writing could not have made.
[[nodiscard]] std::string write_tree(const FileTree& tree);
[[nodiscard]] FileResult<FileTree> read_tree(std::string_view text);

// Given each regular file, open and at its beginning; gives what becomes TreeEntry::content.
using ContentSink = std::function<FileResult<std::string>(int fd)>;

// Reads what stands at `name` in the directory `at`, nothing where nothing does. No link is
// followed. A mount, a device, a socket or a pipe inside is unsafe_path.
[[nodiscard]] FileResult<std::optional<FileTree>> scan_tree(int at,
                                                            const std::string& name,
                                                            const TreeLimits& limits,
                                                            const ContentSink& sink);

// SHA-256 (hex) of the rest of an open file: the sink of a scan that keeps nothing.
[[nodiscard]] FileResult<std::string> hash_content(int fd);

// Opens the content of a file by its hash.
using ContentSource = std::function<FileResult<Fd>(const std::string& hash)>;

// Makes the tree anew at `name`, where nothing may stand; all of it but the entry in `at` itself
// is on disk when it returns. A half-made one is left where it fails.
[[nodiscard]] FileResult<void> build_tree(
    Disk& disk, int at, const std::string& name, const FileTree& tree, const ContentSource& source);

// Which mount `name` in the directory `at` is on (no link is followed; "" is `at` itself). The
// device number does not tell: on an overlay a file has another than its directory. 0: unknown.
[[nodiscard]] std::uint64_t mount_of(int at, const std::string& name);

// Removes what stands at `name`, with everything beneath; nothing there is fine.
[[nodiscard]] FileResult<void> remove_tree(Disk& disk, int at, const std::string& name);

// The names in an open directory, in order of their bytes, without "." and "..".
[[nodiscard]] FileResult<std::vector<std::string>> names_in(int directory);

}  // namespace primum::remedy

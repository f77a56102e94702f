// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace primum::remedy {

// Why something on disk was not done. `refusal` is the code of it: untrusted, unsafe_path,
// too_large, conflict or storage.
struct FileError {
    Refusal refusal = Refusal::storage;
    std::string message;
    std::string diff;  // of a conflict; bounded
};

template <class T>
using FileResult = Result<T, FileError>;

struct SnapshotLimits {
    std::uint64_t bytes = 256ULL << 20U;  // of one snapshot, all its files together
    std::uint32_t entries = 10'000;       // files, directories and links of one snapshot
    std::uint64_t total_bytes = 4ULL << 30U;
};

// Asked before each operation that changes a disk ("rename", "fsync", ...): false makes it fail
// with EIO. For tests; empty in the actuator.
using FaultHook = std::function<bool(std::string_view operation)>;

// Copies of files, directories and links with content, owner, mode, times, ACLs and extended
// attributes; content-addressed: an id is `sha256:` and the hash (hex) of all of that but the
// times, so that equal ids mean equal trees. Everything is on disk (fsync) when it returns.
//
// Paths are absolute and lexically normal. No component of one may be a symbolic link that others
// than root could have made; the last component itself is never followed.
class SnapshotStore {
public:
    explicit SnapshotStore(std::string directory, SnapshotLimits limits = {}, FaultHook hook = {});

    // Keeps what stands at `path`; empty id: nothing stands there.
    FileResult<std::string> keep(const std::string& path);
    // The id of what stands at `path`, without keeping it.
    FileResult<std::string> identify(const std::string& path);
    // Checks the copy's own hashes first. Then puts it at `path` in one step (renameat2, then
    // fsync of the directory), if what stands there still is `expected`; else a conflict, with a
    // diff, and nothing is changed. An empty `id` removes what stands there.
    FileResult<void> put(const std::string& id,
                         const std::string& path,
                         const std::string& expected);
    // Removes every copy whose id is not needed any more.
    FileResult<void> collect(const std::set<std::string>& needed);

private:
    std::string directory_;
    SnapshotLimits limits_;
    FaultHook hook_;
};

}  // namespace primum::remedy

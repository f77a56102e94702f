// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/snapshot_store.hpp"

#include <primum/rules.hpp>

#include <string>

// The pointer of a provider on disk: what it names, and what it would look like naming another.
namespace primum::remedy {

struct PointerReading {
    std::string candidate;  // empty: none of them
    std::string detail;     // what it names instead, for people
};

// Looks at the pointer. A link names the candidate whose points_to is its target (or the same path,
// written otherwise); a whole file the one whose file has the same content, if only one has; a key
// the one whose points_to is its value. Errors: unsafe_path and untrusted (safe_path.hpp),
// too_large over 1 MiB, not_applicable where it is no link or no file, or the key is not certain
// (pointer_file.hpp).
[[nodiscard]] FileResult<PointerReading> read_pointer(const ProviderRule& provider,
                                                      const PathPolicy& policy = {});

// Keeps, as a copy, what the pointer becomes when it names `candidate`: owner, mode and attributes
// of what stands there now (the copy `before`). What a link or a whole file would name must be
// there and root's alone, else untrusted.
[[nodiscard]] FileResult<std::string> keep_pointer_to(SnapshotStore& snapshots,
                                                      const ProviderRule& provider,
                                                      const CandidateRule& candidate,
                                                      const std::string& before);

}  // namespace primum::remedy

// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"

#include <primum/result.hpp>

#include <filesystem>

#include <sys/types.h>

namespace primum::rules {

// Whose files are believed.
struct TrustPolicy {
    uid_t owner = 0;
    // Parents are looked at up to and including this directory; "/" for all of them.
    std::filesystem::path top = "/";
};

// Whether nobody but the owner (root) can change what `path` says: the file and every directory
// above it belong to the owner and are not writable by group or others; symbolic links are followed
// one by one and each of their directories is held to the same. `path` must be absolute, and name
// a regular file or a directory.
// The error names the first file or directory that is not trusted, and how to mend it.
[[nodiscard]] Result<void, RuleError> check_trusted(const std::filesystem::path& path,
                                                    const TrustPolicy& policy = {});

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

// A directory as one file: POSIX ustar in zstd, as `tar --zstd` reads and writes it.
namespace primum::ctl {

// Packs the plain files beneath `directory` (and nothing else), sorted, each under its name from
// the directory's own on, into the new file `archive` (0600). The error is for people.
[[nodiscard]] Result<void, std::string> pack(const std::filesystem::path& directory,
                                             const std::filesystem::path& archive);

struct UnpackLimits {
    std::uint64_t bytes = std::uint64_t{1} << 30U;
    std::uint32_t files = 1'000;
};

// Unpacks into `directory`, which is there and empty. What is no plain file or directory, leaves
// the directory, or is beyond the limits, is an error: an archive may come from anybody.
[[nodiscard]] Result<void, std::string> unpack(const std::filesystem::path& archive,
                                               const std::filesystem::path& directory,
                                               UnpackLimits limits = {});

}  // namespace primum::ctl

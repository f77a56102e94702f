// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"

#include <primum/result.hpp>

#include <filesystem>
#include <string>

namespace primum::rules {

// The bytes of a regular file; reading ends a little above the size at which rule files are
// refused. The error is an errno.
[[nodiscard]] Result<std::string, int> read_file(const std::filesystem::path& path);

// "cannot be read: ..." for that errno.
[[nodiscard]] RuleError unreadable(const std::filesystem::path& path, int number);

}  // namespace primum::rules

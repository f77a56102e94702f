// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/file_tree.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace primum::remedy {

inline constexpr std::size_t max_diff_bytes = 4096;

// The lines in which two texts differ, with three lines of context (diff -u); cut after
// max_diff_bytes. Texts over 64 KiB or 2,000 different lines are only said to differ; so are such
// that are no valid UTF-8.
[[nodiscard]] std::string unified_diff(std::string_view before,
                                       std::string_view after,
                                       const std::string& before_name,
                                       const std::string& after_name);

// One side of a comparison. `content` gives a file's bytes, or nothing where it cannot be had.
struct TreeSide {
    const FileTree* tree = nullptr;  // nothing stands there
    std::function<std::optional<std::string>(const TreeEntry&)> content;
};

// What is different, file by file. `readable`: everybody may look into the directories above; the
// content of a file is shown only then, and if others may read it, before and now.
[[nodiscard]] std::string tree_diff(const std::string& path,
                                    const TreeSide& before,
                                    const TreeSide& now,
                                    bool readable);

}  // namespace primum::remedy

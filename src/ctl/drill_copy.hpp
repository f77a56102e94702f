// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/drill_report.hpp"
#include "remedy/execution.hpp"
#include "remedy/file_tree.hpp"
#include "remedy/snapshot_store.hpp"

#include <optional>
#include <string>

// Copies of the host's files, on which remedies are tried.
namespace primum::ctl {

// What a drill works with. The snapshots of `tools` lie in the private directory; nothing but
// copies is ever given to a remedy that changes files.
struct DrillTools {
    remedy::Tools tools;
    std::string directory;  // where copies go; absolute, and trusted under the snapshots' policy
    std::string action;     // an id for what is tried
};

// What stands at a path.
[[nodiscard]] remedy::FileResult<std::optional<remedy::FileTree>> tree_at(
    const std::string& path, const remedy::PathPolicy& policy);

// Everything about it but the times of access, as text; empty for nothing.
[[nodiscard]] remedy::FileResult<std::string> picture_of(const std::string& path,
                                                         const remedy::PathPolicy& policy);

// Where the copy of `path` is.
[[nodiscard]] std::string copy_path(const DrillTools& drill, const std::string& path);

// Copies what stands at `path` with all its attributes, as a remedy keeps it and puts it back, and
// compares. Gives its picture.
[[nodiscard]] remedy::FileResult<std::string> copy_in(const DrillTools& drill,
                                                      const std::string& path);

// Changes a copy, as a person might; another mark is another change.
[[nodiscard]] remedy::FileResult<void> edit_copy(const std::string& copy, const std::string& mark);

// Carries out a remedy or a rollback that touches files only.
[[nodiscard]] remedy::FileResult<remedy::WayBackRecord> carry_out(remedy::Execution& execution);

// A failure as a proof: a disk that fails here proves nothing about the remedy.
[[nodiscard]] Proof not_so(std::string what, const remedy::FileError& error);

// Rolls `way_back` back after `copy`, one of its paths, was edited: that must be a conflict, and
// change nothing.
[[nodiscard]] Proof prove_conflict(const DrillTools& drill,
                                   const remedy::WayBackRecord& way_back,
                                   const std::string& copy);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#include "ctl/drill_copy.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <utility>

namespace primum::ctl {
namespace {

namespace fs = std::filesystem;

using remedy::FileError;
using remedy::FileResult;

FileError refuse(Refusal code, std::string message) {
    return FileError{code, std::move(message), {}};
}

FileResult<void> make_parents(const std::string& path) {
    std::error_code error;
    fs::create_directories(fs::path{path}.parent_path(), error);
    return error ? fail(remedy::storage_error(path, error.value())) : FileResult<void>{};
}

}  // namespace

FileResult<std::optional<remedy::FileTree>> tree_at(const std::string& path,
                                                    const remedy::PathPolicy& policy) {
    const auto parent = remedy::open_parent(path, policy);
    if (!parent) {
        return fail(parent.error());
    }
    return remedy::scan_tree(
        parent->directory.get(), parent->name, remedy::TreeLimits{}, remedy::hash_content);
}

FileResult<std::string> picture_of(const std::string& path, const remedy::PathPolicy& policy) {
    auto tree = tree_at(path, policy);
    if (!tree) {
        return fail(tree.error());
    }
    if (!tree->has_value()) {
        return std::string{};
    }
    for (remedy::TreeEntry& entry : (*tree)->entries) {
        if (entry.times) {
            entry.times->accessed = 0;
        }
    }
    return remedy::write_tree(**tree);
}

std::string copy_path(const DrillTools& drill, const std::string& path) {
    return drill.directory + path;
}

FileResult<std::string> copy_in(const DrillTools& drill, const std::string& path) {
    remedy::SnapshotStore& snapshots = drill.tools.snapshots;
    auto original = picture_of(path, snapshots.policy());
    if (!original) {
        return original;
    }
    const auto id = snapshots.keep(path);
    if (!id) {
        return fail(id.error());
    }
    const std::string copy = copy_path(drill, path);
    if (const auto made = make_parents(copy); !made) {
        return fail(made.error());
    }
    if (const auto put = snapshots.put(*id, copy, {}); !put) {
        return fail(put.error());
    }
    const auto copied = picture_of(copy, snapshots.policy());
    if (!copied) {
        return copied;
    }
    return *copied == *original
               ? original
               : fail(refuse(Refusal::conflict, "the copy of " + path + " is not the same"));
}

FileResult<void> edit_copy(const std::string& copy, const std::string& mark) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(copy, error);
    if (fs::is_symlink(status)) {
        fs::remove(copy, error);
        fs::create_symlink(mark, copy, error);
    } else {
        const std::string file = fs::is_directory(status) ? copy + "/" + mark : copy;
        std::ofstream out{file, std::ios::binary | std::ios::app};
        out << mark << "\n" << std::flush;
        error = out ? std::error_code{} : std::make_error_code(std::errc::io_error);
    }
    return error ? fail(remedy::storage_error(copy, error.value())) : FileResult<void>{};
}

FileResult<remedy::WayBackRecord> carry_out(remedy::Execution& execution) {
    std::optional<remedy::Prepared> prepared;
    execution.prepare([&](const remedy::Prepared& told) { prepared = told; });
    PRIMUM_CHECK(prepared.has_value());  // nothing but files is asked
    if (prepared->refusal != Refusal::none) {
        return fail(FileError{prepared->refusal, prepared->detail, prepared->facts.conflict});
    }
    std::optional<remedy::Report> report;
    execution.run([&](const remedy::Report& told) { report = told; });
    PRIMUM_CHECK(report.has_value());
    if (report->result != ActionResult::done) {
        return fail(FileError{report->refusal, report->detail, report->facts.conflict});
    }
    return std::move(prepared->way_back);
}

Proof not_so(std::string what, const FileError& error) {
    std::string detail = error.message;
    if (error.refusal != Refusal::none) {
        detail += fmt::format(" ({})", name_of(error.refusal));
    }
    return {error.refusal == Refusal::storage ? Shown::not_proved : Shown::failed,
            std::move(what),
            std::move(detail)};
}

Proof prove_conflict(const DrillTools& drill,
                     const remedy::WayBackRecord& way_back,
                     const std::string& copy) {
    constexpr const char* what = "edited since";
    const remedy::PathPolicy& policy = drill.tools.snapshots.policy();
    if (const auto edited = edit_copy(copy, "edited-since"); !edited) {
        return not_so(what, edited.error());
    }
    const auto before = picture_of(copy, policy);
    const auto back = carry_out(*remedy::make_rollback(drill.tools, way_back));
    const auto after = picture_of(copy, policy);
    if (!before || !after) {
        return not_so(what, before ? after.error() : before.error());
    }
    if (back || *before != *after) {
        return {Shown::failed, what, "the way back overwrites what somebody edited"};
    }
    return back.error().refusal == Refusal::conflict
               ? Proof{Shown::proved, what, "an edited copy is a conflict, told and left as it is"}
               : not_so(what, back.error());
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "ctl/run.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace primum::ctl {

// A directory of our own under $TMPDIR (or /var/tmp), for us only; gone with its owner.
class ScratchDirectory {
public:
    // The error is for people.
    [[nodiscard]] static Result<ScratchDirectory, std::string> make();
    ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchDirectory& operator=(ScratchDirectory&&) = delete;
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ~ScratchDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    explicit ScratchDirectory(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

// Puts a whole copy of the ledger at `to`: of the file that --database names; else of primumd's
// ledger, as primumd gives it, or of the file itself while no primumd runs. The ledger's own files
// are only ever read. Tells what went wrong.
[[nodiscard]] Exit copy_ledger(const Command& command,
                               const std::filesystem::path& to,
                               Surroundings& world);

// The verbs `ledger verify`, `ledger backup` and `ledger export`.
[[nodiscard]] Exit work_on_ledger(const Command& command, Surroundings& world);

}  // namespace primum::ctl

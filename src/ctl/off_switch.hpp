// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <filesystem>
#include <string>

namespace primum::ctl {

// The off switch as files: primumd and primum-actuator read them just before every effect. While
// either exists, nothing acts.
class OffSwitch {
public:
    // `root` is put before the paths; "/" on a real host.
    explicit OffSwitch(std::filesystem::path root = "/");

    [[nodiscard]] const std::filesystem::path& run_file() const { return run_file_; }
    [[nodiscard]] const std::filesystem::path& etc_file() const { return etc_file_; }

    // Whether the file is there, or cannot be ruled out (only ENOENT rules it out).
    [[nodiscard]] static bool is_set(const std::filesystem::path& file);

    // Creates /run/primum/disabled (with its directory, where that is missing) and writes `note`
    // into it for people. The file alone is the switch: it counts even if the note was not written.
    [[nodiscard]] Result<void, std::string> set(const std::string& note) const;
    // Removes /run/primum/disabled. True: it was there. /etc/primum/disabled is left alone.
    [[nodiscard]] Result<bool, std::string> clear() const;

private:
    std::filesystem::path run_file_;
    std::filesystem::path etc_file_;
};

}  // namespace primum::ctl

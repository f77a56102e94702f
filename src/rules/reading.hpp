// SPDX-License-Identifier: MIT
#pragma once

#include "rules/loader.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace primum::rules {

// Finds and reads rule files. What was opened, and what could not be read, goes into the load.
class Reading {
public:
    explicit Reading(RulesLoad& load) : load_(load) {}

    // A file, with its NAME.d/*.toml, or a directory of them.
    void add(const std::filesystem::path& path);

    // Of each of these templates the file NAME.toml, with its NAME.d/*.toml, in the first of the
    // directories that has one. One that none has is left out.
    void add_templates(const std::vector<std::string>& names,
                       const std::vector<std::filesystem::path>& directories);

    std::vector<RuleFile> files;  // in the order of their reading

private:
    void add_with_overrides(const std::filesystem::path& path);
    void add_file(const std::filesystem::path& path);

    RulesLoad& load_;
};

// The file NAME.toml that `path`, when it is NAME.d/x.toml, overrides; else empty.
[[nodiscard]] std::filesystem::path overridden_by(const std::filesystem::path& path);

// The templates that stand in these directories, by the names of their files.
[[nodiscard]] std::vector<std::string> names_in(
    const std::vector<std::filesystem::path>& directories);

}  // namespace primum::rules

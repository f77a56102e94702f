// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error.hpp"
#include "rules/settings.hpp"

#include <primum/rules.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

class Places;

// A rule file larger than this is refused; split it.
inline constexpr std::size_t max_file_bytes = 64 * std::size_t{1024};

// One rule file as read. NAME.d/x.toml overrides NAME.toml when both are among the files.
struct RuleFile {
    std::string path;
    std::string text;
};

struct RulesLoad {
    std::shared_ptr<const RuleSet> rules;  // null when there is any error
    std::vector<RuleError> errors;         // all of one run, in order of file, line and column
    // Every file read and the settings that decisions depend on, for recordings: see
    // split_rules_text and compile_recorded_rules.
    std::string text;
    std::vector<std::filesystem::path> files;  // what was read, in order, for ownership checks
    // Of each target that could be read, by its name: the file in which it begins.
    std::map<std::string, std::string, std::less<>> target_files;
};

// Reads and compiles rules. A directory stands for its *.toml, sorted by name; beside each
// NAME.toml NAME.d/*.toml are read, sorted, and override it key by key. A path that does not exist
// is an error; an empty directory is an empty rule set. Mistakes of meaning are all collected; a
// syntax error ends the reading of its own file only. `places`, where it is given, gets where each
// key was written.
[[nodiscard]] RulesLoad load_rules(const std::vector<std::filesystem::path>& files_or_dirs,
                                   const Settings& settings,
                                   Places* places = nullptr);

// The same from text that is already in memory.
[[nodiscard]] RulesLoad compile_rules(const std::vector<RuleFile>& files,
                                      const Settings& settings,
                                      Places* places = nullptr);

// Takes RulesLoad::text apart again: compile_rules(split_rules_text(text), settings) gives the same
// rule set. Text without file markers becomes one file named "rules".
[[nodiscard]] std::vector<RuleFile> split_rules_text(std::string_view text);

// The settings in RulesLoad::text: those that decisions depend on, and the machine it was loaded
// for; all others at their defaults.
// Text without them gives the defaults.
[[nodiscard]] SettingsLoad recorded_settings(std::string_view text);

// The rule set that RulesLoad::text was made of, under the settings that are in it.
[[nodiscard]] RulesLoad compile_recorded_rules(std::string_view text);

}  // namespace primum::rules

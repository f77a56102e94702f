// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/run.hpp"
#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>

// What promote and demote have in common.
namespace primum::ctl {

// A password may be asked for; polkit gives up after two minutes.
inline constexpr Duration polkit_timeout{std::chrono::seconds{150}};

struct DiskRules {
    rules::Settings settings;
    rules::RulesLoad load;  // with the mistakes of the settings too
};

// The settings and rules that primumd would read now.
[[nodiscard]] DiskRules rules_on_disk(const Surroundings& world);

// nullptr: there is none of that name.
[[nodiscard]] const TargetRule* find_target(const rules::RulesLoad& load, const std::string& name);

// Nothing: there is no such file.
[[nodiscard]] std::optional<std::string> text_at(const std::filesystem::path& path);

// Answered when the rules are in force, or have been refused.
[[nodiscard]] Result<void, CallFailure> reload_rules(const std::string& reason,
                                                     Surroundings& world);

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <primum/result.hpp>
#include <primum/rules.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>

// The file that promotions of a target stand in: FILE.d/90-promoted-TARGET.toml, beside the rule
// file FILE.toml that has the target.
namespace primum::ctl {

struct DropIn {
    std::string target;
    Mode mode = Mode::dry_run;
    std::optional<Level> enforce_up_to;  // nothing: as the rules say
    std::array<std::optional<Promotion>, level_count> promoted;
    std::string note;  // lines for whoever reads the file, such as who waived what
};

// Where it is, or is to be. Nothing where the rules that were read have no such target, and no
// such file lies beside any of them.
[[nodiscard]] std::optional<std::filesystem::path> drop_in_of(const rules::RulesLoad& load,
                                                              const std::string& target);

[[nodiscard]] std::string drop_in_text(const DropIn& drop_in);

// The rules as they would be with `text` at `path`; with nothing, without that file.
[[nodiscard]] rules::RulesLoad rules_with(const rules::RulesLoad& load,
                                          const rules::Settings& settings,
                                          const std::filesystem::path& path,
                                          const std::optional<std::string>& text);

// Puts `text` (nothing: no file) in the place of what is there, whole or not at all: 0644, durable
// when it returns. The error is for people.
[[nodiscard]] Result<void, std::string> put_drop_in(const std::filesystem::path& path,
                                                    const std::optional<std::string>& text);

}  // namespace primum::ctl

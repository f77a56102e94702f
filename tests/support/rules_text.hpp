// SPDX-License-Identifier: MIT
#pragma once

#include "support/temp_dir.hpp"

#include <primum/rules.hpp>

#include <memory>
#include <string_view>

namespace primum::support {

// Compiles rules as the daemon does: the real loader, from files. `settings` is the text of a
// primum.toml, `rules` that of one file of its rules.d. Throws std::runtime_error with every error
// that the loader found.
[[nodiscard]] std::shared_ptr<const RuleSet> load_rule_set(const TempDir& dir,
                                                           std::string_view settings,
                                                           std::string_view rules);

}  // namespace primum::support

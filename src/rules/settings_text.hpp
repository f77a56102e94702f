// SPDX-License-Identifier: MIT
#pragma once

#include "rules/settings.hpp"

#include <string>

namespace primum::rules {

// The settings that decisions depend on, as a settings file: parse_settings of it gives the same
// `decision` and `breaker`.
[[nodiscard]] std::string decision_settings_text(const Settings& settings);

}  // namespace primum::rules

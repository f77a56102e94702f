// SPDX-License-Identifier: MIT
#include "support/rules_text.hpp"

#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace primum::support {
namespace {

[[noreturn]] void give_up(const std::vector<rules::RuleError>& errors) {
    std::string text = "the rules are refused:";
    for (const rules::RuleError& error : errors) {
        text += "\n  " + rules::format_error(error);
    }
    throw std::runtime_error(text);
}

}  // namespace

std::shared_ptr<const RuleSet> load_rule_set(const TempDir& dir,
                                             std::string_view settings,
                                             std::string_view rules) {
    auto daemon = rules::load_settings(dir.write("primum.toml", settings));
    if (!daemon.errors.empty()) {
        give_up(daemon.errors);
    }
    daemon.settings.library = {PRIMUM_RULE_LIBRARY};
    const auto load = rules::load_rules({dir.write("rules.toml", rules)}, daemon.settings);
    if (load.rules == nullptr) {
        give_up(load.errors);
    }
    return load.rules;
}

}  // namespace primum::support

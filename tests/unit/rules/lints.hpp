// SPDX-License-Identifier: MIT
#pragma once

#include "rule_text.hpp"
#include "rules/lint.hpp"

#include <primum/names.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

inline std::vector<Lint> lints_of(std::string_view text, const Settings& settings = {}) {
    Places places;
    const RulesLoad load =
        compile_rules({RuleFile{"r.toml", std::string{text}}}, settings, &places);
    EXPECT_THAT(formatted(load.errors), testing::IsEmpty());
    LintList lints{places};
    if (load.rules != nullptr) {
        lint_rules(*load.rules, lints);
    }
    return lints.take();
}

// The codes alone, with the line: "never_entered:4".
inline std::vector<std::string> codes_of(std::string_view text, const Settings& settings = {}) {
    std::vector<std::string> codes;
    for (const Lint& lint : lints_of(text, settings)) {
        codes.push_back(std::string{name_of(lint.code)} + ":" + std::to_string(lint.at.line));
    }
    return codes;
}

}  // namespace primum::rules

// SPDX-License-Identifier: MIT
#pragma once

#include "rules/loader.hpp"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

inline std::vector<std::string> formatted(const std::vector<RuleError>& errors) {
    std::vector<std::string> lines;
    for (const RuleError& error : errors) {
        lines.push_back(format_error(error));
    }
    return lines;
}

// The errors of one file named r.toml, as people see them.
inline std::vector<std::string> errors_of(std::string_view text) {
    return formatted(compile_rules({RuleFile{"r.toml", std::string{text}}}, Settings{}).errors);
}

// The rule set of one file; the test fails, and an empty one comes back, when it has errors.
inline RuleSet rules_of(std::string_view text, const Settings& settings = {}) {
    const RulesLoad load = compile_rules({RuleFile{"r.toml", std::string{text}}}, settings);
    EXPECT_THAT(formatted(load.errors), testing::IsEmpty());
    return load.rules ? *load.rules : RuleSet{};
}

// The smallest target and source there are, to put mistakes beside.
inline constexpr std::string_view small_target =
    "[target.web]\n"
    "unit = \"web.service\"\n"
    "indicator.unit.value = \"unit_state\"\n";
inline constexpr std::string_view small_source =
    "[source.m]\n"
    "kind = \"prometheus\"\n"
    "url = \"http://127.0.0.1:9100/metrics\"\n"
    "interval = \"5s\"\n";

inline std::string target_with(std::string_view more) {
    return std::string{small_target} + std::string{more};
}

// A target with one gauge indicator `i`; `more` stands in the indicator's table (from line 8 on).
inline std::string indicator_with(std::string_view more) {
    return std::string{small_source} + "[target.web]\nunit = \"web.service\"\n" +
           "[target.web.indicator.i]\n" + std::string{more};
}

}  // namespace primum::rules

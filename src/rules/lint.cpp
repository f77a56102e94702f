// SPDX-License-Identifier: MIT
#include "rules/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace primum::rules {
namespace {

bool has_remedy(const TargetRule& target) {
    return std::any_of(target.rungs.begin(), target.rungs.end(), [](const RungRule& rung) {
        return !rung.remedies.empty();
    });
}

// Two ladders on one unit: each has cooldowns, budgets and an opinion of its own.
void lint_shared_units(const RuleSet& rules, LintList& lints) {
    std::map<std::string_view, std::string_view> acting;  // unit -> target
    for (const TargetRule& target : rules.targets) {
        if (!has_remedy(target) || target.mode == Mode::observe) {
            continue;
        }
        const auto [first, fresh] = acting.emplace(target.unit, target.name);
        if (!fresh) {
            lints.add(LintCode::shared_unit,
                      fmt::format("target.{}.unit", target.name),
                      fmt::format("target {} acts on {} too: cooldowns and budgets of one do not "
                                  "hold for the other",
                                  first->second,
                                  target.unit),
                      "put the indicators of both into one target, or set mode = \"observe\" in "
                      "one of them");
        }
    }
}

}  // namespace

void LintList::add(LintCode code, std::string key, std::string message, std::string remedy) {
    KeyPlace at = places_->nearest(key);
    found_.push_back(
        Lint{code, std::move(at), std::move(key), std::move(message), std::move(remedy)});
}

std::vector<Lint> LintList::take() {
    std::stable_sort(found_.begin(), found_.end(), [](const Lint& a, const Lint& b) {
        return std::tie(a.at.file, a.at.line, a.at.column, a.code) <
               std::tie(b.at.file, b.at.line, b.at.column, b.code);
    });
    return std::exchange(found_, {});
}

void lint_rules(const RuleSet& rules, LintList& lints) {
    for (const TargetRule& target : rules.targets) {
        lint_ladder(rules, target, lints);
        lint_indicators(rules, target, lints);
    }
    lint_shared_units(rules, lints);
    lint_budgets(rules, lints);
}

bool can_be_at(const IndicatorRule& indicator, Severity severity) {
    for (auto i = static_cast<std::size_t>(severity); i < severity_count; ++i) {
        if (indicator.thresholds.at(i)) {
            return true;
        }
    }
    return indicator.kind == ValueKind::unit_state;
}

std::string rung_key(const TargetRule& target, Level level, std::string_view key) {
    return fmt::format(
        "target.{}.ladder.{}{}{}", target.name, name_of(level), key.empty() ? "" : ".", key);
}

std::string format_lint(const Lint& lint) {
    std::string out = lint.at.file;
    if (lint.at.line != 0) {
        out += fmt::format("{}{}:{}", out.empty() ? "" : ":", lint.at.line, lint.at.column);
    }
    return fmt::format("{}{}warning: {} (key \"{}\"); {} [{}]",
                       out,
                       out.empty() ? "" : ": ",
                       lint.message,
                       lint.key,
                       lint.remedy,
                       name_of(lint.code));
}

}  // namespace primum::rules

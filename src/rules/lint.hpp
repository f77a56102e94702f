// SPDX-License-Identifier: MIT
#pragma once

#include "rules/places.hpp"

#include <primum/names.hpp>
#include <primum/rules.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What is right as rules go and yet rarely meant. docs/rules.md explains each code.
namespace primum::rules {

enum class LintCode : std::uint8_t {
    enforced_level_empty,
    fallback_without_restart,
    falling_severity,
    irreversible_first,
    undo_repeats_action,
    unchecked_fallback,
    save_without_restore,
    budget_multiplies,
    attempts_over_budget,
    budget_over_host,
    verify_too_short,
    no_hysteresis,
    single_source,
    never_entered,
    always_passed,
    attempts_out_of_reach,
    remedy_out_of_reach,
    cannot_fail_over,
    shared_unit,
    // Those that systemd is asked for.
    unit_not_loaded,
    cannot_reload,
    start_limit,
    lock_step,
    other_watchdog,
};

}  // namespace primum::rules

namespace primum {

template <>
inline constexpr std::array<std::string_view, 24> enum_names<rules::LintCode>{
    "enforced_level_empty",
    "fallback_without_restart",
    "falling_severity",
    "irreversible_first",
    "undo_repeats_action",
    "unchecked_fallback",
    "save_without_restore",
    "budget_multiplies",
    "attempts_over_budget",
    "budget_over_host",
    "verify_too_short",
    "no_hysteresis",
    "single_source",
    "never_entered",
    "always_passed",
    "attempts_out_of_reach",
    "remedy_out_of_reach",
    "cannot_fail_over",
    "shared_unit",
    "unit_not_loaded",
    "cannot_reload",
    "start_limit",
    "lock_step",
    "other_watchdog"};

}  // namespace primum

namespace primum::rules {

struct Lint {
    LintCode code = LintCode::enforced_level_empty;
    KeyPlace at;
    std::string key;      // dotted, from the top
    std::string message;  // what it comes to
    std::string remedy;   // what to do about it
};

// Collects lints for one rule set.
class LintList {
public:
    // `places` outlives the list.
    explicit LintList(const Places& places) : places_(&places) {}

    // `key` need not be written: the nearest table above it is then the place.
    void add(LintCode code, std::string key, std::string message, std::string remedy);
    [[nodiscard]] const Places& places() const { return *places_; }

    // All of them in order of file, line, column and code; the list is empty afterwards.
    [[nodiscard]] std::vector<Lint> take();

private:
    const Places* places_;
    std::vector<Lint> found_;
};

// All that can be told from the rules alone.
void lint_rules(const RuleSet& rules, LintList& lints);

// Its parts.
void lint_ladder(const RuleSet& rules, const TargetRule& target, LintList& lints);
void lint_indicators(const RuleSet& rules, const TargetRule& target, LintList& lints);
void lint_budgets(const RuleSet& rules, LintList& lints);

// The most actions that one level of a target can come to within `span`: by its attempts for each
// incident, by the time between incidents (soak, relapse and what lies before an action), by its
// cooldowns, and by the target's budget.
[[nodiscard]] std::uint32_t most_actions(const TargetRule& target, Level level, Duration span);

// Whether the indicator can say `severity` or worse; unit_state says critical of a failed unit.
[[nodiscard]] bool can_be_at(const IndicatorRule& indicator, Severity severity);

// "target.NAME.ladder.LEVEL" and, where `key` is not empty, ".KEY".
[[nodiscard]] std::string rung_key(const TargetRule& target,
                                   Level level,
                                   std::string_view key = {});

// "file:line:column: warning: message; remedy [code]".
[[nodiscard]] std::string format_lint(const Lint& lint);

}  // namespace primum::rules

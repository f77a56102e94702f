// SPDX-License-Identifier: MIT
#include "rules/duration.hpp"
#include "rules/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace primum::rules {
namespace {

constexpr Duration hour = std::chrono::hours{1};
constexpr std::uint32_t ceiling = 100'000;  // of any count here; far above every real budget

std::string text_of(const Budget& budget) {
    return fmt::format("{} per {}", budget.actions, format_duration(budget.per));
}

// What a budget allows within a span: its windows slide, so the span may touch one more than fit.
std::uint32_t allowed(const Budget& budget, Duration span) {
    const std::int64_t windows = (span + budget.per - Duration{1}) / budget.per;
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(ceiling, budget.actions * std::max<std::int64_t>(1, windows)));
}

// The shortest time from one incident's first action to that of the next with attempts of its own.
Duration cycle_of(const TargetRule& target) {
    Duration before{0};
    Duration after = hour * 24;
    for (const RungRule& rung : target.rungs) {
        if (rung.named) {
            before += rung.remedies.empty() ? rung.dwell : Duration{0};
        }
        if (!rung.remedies.empty()) {
            after = std::min(after, rung.dwell + rung.settle + rung.verify);
        }
    }
    return std::max<Duration>(before + after + target.soak + target.relapse,
                              std::chrono::seconds{1});
}

std::uint32_t by_attempts(const TargetRule& target, const RungRule& rung, Duration span) {
    const std::int64_t incidents = 1 + span / cycle_of(target);
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(ceiling, std::int64_t{rung.attempts} * incidents));
}

// The first of each incident may come at once; within one the cooldown grows.
std::uint32_t by_cooldown(const RungRule& rung, Duration span) {
    std::uint32_t count = 1;
    double wait = static_cast<double>(rung.cooldown.initial.count());
    double at = 0;
    while (count < ceiling) {
        at += std::max(1.0, wait) + static_cast<double>(rung.settle.count());
        if (at > static_cast<double>(span.count())) {
            break;
        }
        ++count;
        wait =
            std::min(wait * rung.cooldown.factor, static_cast<double>(rung.cooldown.max.count()));
    }
    return count;
}

bool acts(const TargetRule& target, Level level) {
    return target.mode == Mode::enforce && level <= target.enforce_up_to;
}

// Levels that really act and those that only would have budgets of their own.
struct Sum {
    std::uint32_t actions = 0;
    std::uint32_t targets = 0;
    const TargetRule* largest = nullptr;
    std::uint32_t most = 0;

    void add(const TargetRule& target, std::uint32_t count) {
        if (count == 0) {
            return;
        }
        actions = std::min(ceiling, actions + count);
        ++targets;
        if (count > most) {
            most = count;
            largest = &target;
        }
    }
};

Sum sum_of(const RuleSet& rules, std::optional<Level> only, bool acting, Duration span) {
    Sum sum;
    for (const TargetRule& target : rules.targets) {
        if (target.mode == Mode::observe) {
            continue;
        }
        std::uint32_t count = 0;
        for (std::size_t i = 0; i < level_count; ++i) {
            const auto level = static_cast<Level>(i);
            if (!target.rungs.at(i).remedies.empty() && acts(target, level) == acting &&
                (!only || *only == level)) {
                count += most_actions(target, level, span);
            }
        }
        sum.add(target, target.budget ? std::min(count, allowed(*target.budget, span)) : count);
    }
    return sum;
}

void lint_multiplying(const RuleSet& rules,
                      const Budget& budget,
                      std::optional<Level> level,
                      LintList& lints) {
    for (const bool acting : {true, false}) {
        const Sum sum = sum_of(rules, level, acting, budget.per);
        if (sum.actions <= budget.actions || sum.targets == 0) {
            continue;
        }
        const std::string what = level ? fmt::format("level {}", name_of(*level)) : "the host";
        lints.add(LintCode::budget_multiplies,
                  fmt::format("target.{}.budget", sum.largest->name),
                  fmt::format("{} target{} may {} {} actions in {}, the budget of {} is {}: who "
                              "is ill first uses it up",
                              sum.targets,
                              sum.targets == 1 ? "" : "s",
                              acting ? "take" : "come to",
                              sum.actions,
                              format_duration(budget.per),
                              what,
                              text_of(budget)),
                  fmt::format("give target {} a smaller budget (it may {} {} of them), or raise "
                              "budget.{} in the settings",
                              sum.largest->name,
                              acting ? "take" : "come to",
                              sum.most,
                              level ? fmt::format("level.{}", name_of(*level)) : "host"));
        return;
    }
}

void lint_attempts(const TargetRule& target, LintList& lints) {
    const Budget& budget = *target.budget;
    for (const bool acting : {true, false}) {
        std::uint32_t attempts = 0;
        std::uint32_t levels = 0;
        const RungRule* last = nullptr;
        for (std::size_t i = 0; i < level_count; ++i) {
            const RungRule& rung = target.rungs.at(i);
            if (!rung.remedies.empty() && acts(target, static_cast<Level>(i)) == acting) {
                attempts += rung.attempts;
                ++levels;
                last = &rung;
            }
        }
        if (attempts <= budget.actions) {
            continue;
        }
        const bool given_up = budget.per > last->max_wait;
        lints.add(LintCode::attempts_over_budget,
                  fmt::format("target.{}.budget", target.name),
                  fmt::format("one incident has {} attempts on {} level{}, the target's budget is "
                              "{}: the last of them {}",
                              attempts,
                              levels,
                              levels == 1 ? "" : "s",
                              text_of(budget),
                              given_up ? "are given up" : "wait for it"),
                  fmt::format("give actions = {} or more, or fewer attempts", attempts));
        return;
    }
}

}  // namespace

std::uint32_t most_actions(const TargetRule& target, Level level, Duration span) {
    const RungRule& rung = target.rungs.at(index_of(level));
    if (rung.remedies.empty()) {
        return 0;
    }
    const std::uint32_t count = std::min(by_attempts(target, rung, span), by_cooldown(rung, span));
    return target.budget ? std::min(count, allowed(*target.budget, span)) : count;
}

void lint_budgets(const RuleSet& rules, LintList& lints) {
    const Budget& host = rules.settings.host;
    for (const TargetRule& target : rules.targets) {
        if (!target.budget || target.mode == Mode::observe) {
            continue;
        }
        lint_attempts(target, lints);
        if (allowed(*target.budget, hour) > allowed(host, hour)) {
            lints.add(LintCode::budget_over_host,
                      fmt::format("target.{}.budget", target.name),
                      fmt::format("the target's budget of {} is more than the host's of {}: it "
                                  "never decides",
                                  text_of(*target.budget),
                                  text_of(host)),
                      "make it smaller, so that something is left for other targets");
        }
    }
    lint_multiplying(rules, host, std::nullopt, lints);
    for (std::size_t i = 0; i < level_count; ++i) {
        if (const auto& budget = rules.settings.per_level.at(i)) {
            lint_multiplying(rules, *budget, static_cast<Level>(i), lints);
        }
    }
}

}  // namespace primum::rules

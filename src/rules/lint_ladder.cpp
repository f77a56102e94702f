// SPDX-License-Identifier: MIT
#include "rules/duration.hpp"
#include "rules/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

namespace primum::rules {
namespace {

std::string remedy_key(const TargetRule& target, Level level, std::size_t index) {
    return fmt::format("{}[{}].{}",
                       rung_key(target, level, "remedy"),
                       index,
                       name_of(target.rungs.at(index_of(level)).remedies.at(index).kind));
}

// Whether enough indicators can be as ill as the rung wants it. A failed unit satisfies any number.
void lint_entry(const TargetRule& target, Level level, LintList& lints) {
    const RungRule& rung = target.rungs.at(index_of(level));
    const auto can = std::count_if(
        target.indicators.begin(), target.indicators.end(), [&](const IndicatorRule& each) {
            return can_be_at(each, rung.when);
        });
    const bool unit = std::any_of(
        target.indicators.begin(), target.indicators.end(), [](const IndicatorRule& each) {
            return each.kind == ValueKind::unit_state;
        });
    if (unit || can >= std::int64_t{rung.indicators}) {
        return;
    }
    lints.add(
        LintCode::never_entered,
        rung_key(target, level, "when"),
        fmt::format("level {} asks for {} indicator{} at {} or worse, {} can be: neither it "
                    "nor a level above is ever entered",
                    name_of(level),
                    rung.indicators,
                    rung.indicators == 1 ? "" : "s",
                    name_of(rung.when),
                    can == 0 ? std::string{"none"} : fmt::format("only {}", can)),
        fmt::format("give an indicator a threshold {} = {{ ... }}, or the level a milder when",
                    name_of(rung.when)));
}

void lint_order(const TargetRule& target, LintList& lints) {
    const RungRule* lower = nullptr;
    Level lower_level = Level::observe;
    for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
        const RungRule& rung = target.rungs.at(i);
        const auto level = static_cast<Level>(i);
        if (!rung.named) {
            continue;
        }
        if (lower != nullptr && rung.when < lower->when) {
            lints.add(LintCode::falling_severity,
                      rung_key(target, level, "when"),
                      fmt::format("level {} is for {}, but level {} below it waits for {}",
                                  name_of(level),
                                  name_of(rung.when),
                                  name_of(lower_level),
                                  name_of(lower->when)),
                      fmt::format("give it when = \"{}\", or the lower one a milder when",
                                  name_of(lower->when)));
        }
        lower = &rung;
        lower_level = level;
    }
    const RungRule& fallback = target.rungs.at(index_of(Level::fallback));
    const RungRule& restart = target.rungs.at(index_of(Level::restart));
    if (!fallback.remedies.empty() && restart.remedies.empty()) {
        lints.add(LintCode::fallback_without_restart,
                  rung_key(target, Level::fallback),
                  "the configuration is replaced before a restart was tried",
                  fmt::format("give {}.remedy = [{{ restart = {{}} }}]",
                              rung_key(target, Level::restart)));
    }
}

void lint_enforcement(const TargetRule& target, LintList& lints) {
    if (target.mode != Mode::enforce ||
        !target.rungs.at(index_of(target.enforce_up_to)).remedies.empty() ||
        target.enforce_up_to == Level::observe) {
        return;
    }
    lints.add(LintCode::enforced_level_empty,
              fmt::format("target.{}.enforce_up_to", target.name),
              fmt::format("enforced up to {}, where there is no remedy: one that is added later "
                          "acts at once",
                          name_of(target.enforce_up_to)),
              "enforce up to the highest level with a remedy that has been watched");
}

// The n-th action of an incident waits for the cooldown after the one before.
void lint_attempts(const TargetRule& target, Level level, LintList& lints) {
    const RungRule& rung = target.rungs.at(index_of(level));
    const Cooldown& cooldown = rung.cooldown;
    double wait = static_cast<double>(cooldown.initial.count());
    for (std::uint32_t done = 1; done < rung.attempts; ++done) {
        if (wait > static_cast<double>(rung.max_wait.count())) {
            lints.add(LintCode::attempts_out_of_reach,
                      rung_key(target, level, "attempts"),
                      fmt::format("attempt {} of {} comes after a cooldown of {}, but max_wait is "
                                  "{}: the incident is given up before",
                                  done + 1,
                                  rung.attempts,
                                  format_duration(Duration{std::llround(wait)}),
                                  format_duration(rung.max_wait)),
                      fmt::format("give attempts = {}, a longer max_wait or a shorter cooldown.max",
                                  done));
            return;
        }
        wait = std::min(wait * cooldown.factor, static_cast<double>(cooldown.max.count()));
    }
    if (rung.attempts < rung.remedies.size()) {
        lints.add(LintCode::remedy_out_of_reach,
                  rung_key(target, level, "attempts"),
                  fmt::format("{} attempt{} for {} remedies: the last are never tried",
                              rung.attempts,
                              rung.attempts == 1 ? "" : "s",
                              rung.remedies.size()),
                  fmt::format("give attempts = {}, or fewer remedies", rung.remedies.size()));
    }
}

// A failover takes only candidates that are known to be well; without an indicator none is.
void lint_failover(const RuleSet& rules,
                   const std::string& key,
                   const FailoverPlan& plan,
                   LintList& lints) {
    const auto provider =
        std::find_if(rules.providers.begin(), rules.providers.end(), [&](const ProviderRule& each) {
            return each.name == plan.provider;
        });
    if (provider == rules.providers.end()) {
        return;
    }
    const auto judged = std::count_if(provider->candidates.begin(),
                                      provider->candidates.end(),
                                      [](const auto& each) { return each.indicator.has_value(); });
    if (judged >= 1 && provider->candidates.size() >= 2) {
        return;
    }
    lints.add(LintCode::cannot_fail_over,
              key,
              judged == 0 ? fmt::format("no candidate of provider {} has an indicator: what is not "
                                        "known to be well is never chosen",
                                        plan.provider)
                          : fmt::format("provider {} has one candidate: there is nothing to fail "
                                        "over to",
                                        plan.provider),
              judged == 0 ? "give each candidate an indicator" : "name a second candidate");
}

bool same(const HttpCall& a, const HttpCall& b) {
    return a.method == b.method && a.url == b.url && a.body == b.body;
}

bool same(const DbusCall& a, const DbusCall& b) {
    return a.destination == b.destination && a.path == b.path && a.interface == b.interface &&
           a.member == b.member && a.arguments == b.arguments;
}

bool undo_repeats_action(const RemedyPlan& plan) {
    if (const auto* http = std::get_if<HttpPlan>(&plan)) {
        return http->undo && same(http->call, *http->undo);
    }
    if (const auto* dbus = std::get_if<DbusPlan>(&plan)) {
        return dbus->undo && same(dbus->call, *dbus->undo);
    }
    const auto* exec = std::get_if<ExecPlan>(&plan);
    return exec != nullptr && !exec->undo.empty() && exec->undo == exec->run;
}

void lint_ways_back(const RuleSet& rules, const TargetRule& target, Level level, LintList& lints) {
    const RungRule& rung = target.rungs.at(index_of(level));
    for (std::size_t i = 0; i < rung.remedies.size(); ++i) {
        const RemedyRule& remedy = rung.remedies[i];
        const std::string key = remedy_key(target, level, i);
        const bool gentler_behind =
            std::any_of(rung.remedies.begin() + static_cast<std::ptrdiff_t>(i),
                        rung.remedies.end(),
                        [](const RemedyRule& each) { return each.irreversible.empty(); });
        if (!remedy.irreversible.empty() && gentler_behind) {
            lints.add(LintCode::irreversible_first,
                      key,
                      "what cannot be undone is tried before what can",
                      "put it at the end of the list");
        }
        if (undo_repeats_action(remedy.plan)) {
            lints.add(LintCode::undo_repeats_action,
                      fmt::format("{}.undo", key),
                      "undo does the same again: it is no way back",
                      "give what puts things back, or irreversible = \"why\"");
        }
        if (const auto* fallback = std::get_if<FallbackPlan>(&remedy.plan);
            fallback != nullptr && fallback->check.empty()) {
            lints.add(LintCode::unchecked_fallback,
                      key,
                      "the files are put in place without a look at them",
                      "give check = [...], like the program's own test of its configuration");
        }
        if (const auto* restart = std::get_if<RestartPlan>(&remedy.plan);
            restart != nullptr && !restart->save.empty() && restart->restore.empty()) {
            lints.add(LintCode::save_without_restore,
                      fmt::format("{}.save", key),
                      "what is saved before the restart is never brought back",
                      "give restore = [...], or leave save out");
        }
        if (const auto* failover = std::get_if<FailoverPlan>(&remedy.plan)) {
            lint_failover(rules, key, *failover, lints);
        }
    }
}

}  // namespace

void lint_ladder(const RuleSet& rules, const TargetRule& target, LintList& lints) {
    lint_enforcement(target, lints);
    lint_order(target, lints);
    for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
        const auto level = static_cast<Level>(i);
        const RungRule& rung = target.rungs.at(i);
        if (!rung.named) {
            continue;
        }
        lint_entry(target, level, lints);
        if (rung.remedies.empty() && level > Level::observe) {
            lints.add(LintCode::always_passed,
                      rung_key(target, level),
                      fmt::format("level {} has no remedy: it only delays the next by {}",
                                  name_of(level),
                                  format_duration(rung.dwell)),
                      "give it a remedy, or leave it out");
        }
        lint_attempts(target, level, lints);
        lint_ways_back(rules, target, level, lints);
    }
}

}  // namespace primum::rules

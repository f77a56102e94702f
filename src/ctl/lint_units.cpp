// SPDX-License-Identifier: MIT
#include "ctl/lint_units.hpp"

#include "rules/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace primum::ctl {
namespace {

using rules::format_duration;
using rules::LintCode;
using rules::LintList;

Then then_of(const RemedyRule& remedy) {
    if (const auto* failover = std::get_if<FailoverPlan>(&remedy.plan)) {
        return failover->then;
    }
    if (const auto* fallback = std::get_if<FallbackPlan>(&remedy.plan)) {
        return fallback->then;
    }
    return remedy.kind == RemedyKind::reload    ? Then::reload
           : remedy.kind == RemedyKind::restart ? Then::restart
                                                : Then::nothing;
}

bool has_remedy(const TargetRule& target) {
    return std::any_of(target.rungs.begin(), target.rungs.end(), [](const RungRule& rung) {
        return !rung.remedies.empty();
    });
}

// Whether systemd would do anything with it; what keeps it from that is said.
bool lint_loaded(const TargetRule& target, const UnitSight& unit, LintList& lints) {
    if (unit.load_state == "loaded" && !unit.refuses_manual) {
        return true;
    }
    lints.add(LintCode::unit_not_loaded,
              fmt::format("target.{}.unit", target.name),
              unit.load_state == "loaded"
                  ? fmt::format("{} refuses to be started or stopped by hand", target.unit)
                  : fmt::format("systemd here says of {}: {}", target.unit, unit.load_state),
              unit.load_state == "masked"
                  ? "what is masked is left alone: unmask it, or take the target out"
                  : "check the unit's name (systemctl status shows it), or check with --offline "
                    "what is for another host");
    return false;
}

void lint_reload(const TargetRule& target, const UnitSight& unit, LintList& lints) {
    for (std::size_t i = 0; i < level_count && !unit.can_reload; ++i) {
        const auto level = static_cast<Level>(i);
        for (const RemedyRule& remedy : target.rungs.at(i).remedies) {
            if (then_of(remedy) == Then::reload) {
                lints.add(LintCode::cannot_reload,
                          rules::rung_key(target, level, "remedy"),
                          fmt::format("{} asks for a reload, {} cannot: it has no ExecReload=",
                                      name_of(remedy.kind),
                                      unit.id),
                          remedy.kind == RemedyKind::reload
                              ? "take it out, or use a signal that the program knows"
                              : "say then = \"restart\" or \"nothing\"");
            }
        }
    }
}

void lint_start_limit(const TargetRule& target, const UnitSight& unit, LintList& lints) {
    if (unit.start_limit == 0 || unit.start_limit_interval == Duration{0}) {
        return;
    }
    std::uint32_t restarts = 0;
    Level highest = Level::restart;
    for (std::size_t i = 0; i < level_count; ++i) {
        const auto level = static_cast<Level>(i);
        const auto& remedies = target.rungs.at(i).remedies;
        if (std::any_of(remedies.begin(), remedies.end(), [](const RemedyRule& each) {
                return then_of(each) == Then::restart;
            })) {
            restarts += rules::most_actions(target, level, unit.start_limit_interval);
            highest = level;
        }
    }
    if (restarts < unit.start_limit) {
        return;
    }
    lints.add(LintCode::start_limit,
              rules::rung_key(target, highest),
              fmt::format("up to {} restarts in {}, but systemd allows {} start{} of {} in that "
                          "time, its own among them",
                          restarts,
                          format_duration(unit.start_limit_interval),
                          unit.start_limit,
                          unit.start_limit == 1 ? "" : "s",
                          unit.id),
              "give a longer cooldown.initial or a smaller budget, or raise StartLimitBurst= in "
              "the unit");
}

struct Beat {
    std::string what;
    Duration period{0};
};

std::vector<Beat> beats_of(const UnitSight& unit) {
    std::vector<Beat> beats;
    if (unit.service && unit.restart != "no" && !unit.restart.empty()) {
        beats.push_back({fmt::format("RestartSec= of {}", unit.id), unit.restart_after});
    }
    if (unit.watchdog > Duration{0}) {
        beats.push_back({fmt::format("WatchdogSec= of {}", unit.id), unit.watchdog});
    }
    for (const TimerSight& timer : unit.timers) {
        beats.push_back({fmt::format("the period of {}, which acts on {},", timer.name, unit.id),
                         timer.period});
    }
    return beats;
}

void lint_beats(const TargetRule& target, const UnitSight& unit, LintList& lints) {
    for (std::size_t i = 0; i < level_count; ++i) {
        const RungRule& rung = target.rungs.at(i);
        const auto level = static_cast<Level>(i);
        for (const Beat& beat : rung.remedies.empty() ? std::vector<Beat>{} : beats_of(unit)) {
            const bool dwell = in_step(rung.dwell, beat.period);
            if (!dwell && !in_step(rung.cooldown.initial, beat.period)) {
                continue;
            }
            const std::string_view key = dwell ? "for" : "cooldown";
            lints.add(LintCode::lock_step,
                      rules::rung_key(target, level, key),
                      fmt::format("{} ({}) and {} ({}) are in step: both act at the same moments",
                                  dwell ? "for" : "cooldown.initial",
                                  format_duration(dwell ? rung.dwell : rung.cooldown.initial),
                                  beat.what,
                                  format_duration(beat.period)),
                      fmt::format("make it longer by a third, like \"{}\"",
                                  format_duration(
                                      std::chrono::seconds{std::chrono::ceil<std::chrono::seconds>(
                                          (dwell ? rung.dwell : rung.cooldown.initial) * 4 / 3)})));
        }
    }
}

void lint_watchdogs(const TargetRule& target, const UnitSight& unit, LintList& lints) {
    for (const TimerSight& check : unit.watchdogs) {
        lints.add(LintCode::other_watchdog,
                  fmt::format("target.{}.unit", target.name),
                  fmt::format("monit's check {} restarts {} too, looking every {}: what one does "
                              "the other takes for a fault",
                              check.name,
                              unit.id,
                              format_duration(check.period)),
                  "let one of them be: mode passive in monit, or mode = \"observe\" here");
    }
}

}  // namespace

bool in_step(Duration one, Duration other) {
    const Duration shorter = std::min(one, other);
    const Duration longer = std::max(one, other);
    if (shorter < std::chrono::seconds{1}) {
        return false;
    }
    const auto close = [](Duration a, Duration b) { return std::chrono::abs(a - b) * 20 <= b; };
    return close(longer, shorter) || close(longer, 2 * shorter);
}

std::vector<Duration> periods_of(const UnitSight& unit) {
    std::vector<Duration> periods;
    for (const Beat& beat : beats_of(unit)) {
        periods.push_back(beat.period);
    }
    return periods;
}

void lint_unit(const TargetRule& target, const UnitSight& unit, rules::LintList& lints) {
    if (lint_loaded(target, unit, lints)) {
        lint_reload(target, unit, lints);
        lint_start_limit(target, unit, lints);
        lint_beats(target, unit, lints);
        lint_watchdogs(target, unit, lints);
    }
}

void lint_units(const RuleSet& rules, LiveUnits& units, rules::LintList& lints) {
    for (const TargetRule& target : rules.targets) {
        if (target.unit.empty() || !has_remedy(target)) {
            continue;
        }
        if (const auto sight = units.look(target.unit)) {
            lint_unit(target, *sight, lints);
        }
    }
}

}  // namespace primum::ctl

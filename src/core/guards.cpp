// SPDX-License-Identifier: MIT
#include "core/guards.hpp"

#include "core/enforcement.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace primum::core {
namespace {

// One guard's answer, with the time at which it may change if that is known.
struct Answer {
    bool veto = false;
    std::string detail;
    std::optional<Instant> until;
};

Answer pass(std::string detail = {}) {
    return {false, std::move(detail), {}};
}
Answer veto(std::string detail, std::optional<Instant> until = {}) {
    return {true, std::move(detail), until};
}

// Collects the answers in their order.
class Round {
public:
    void ask(Guard guard, Answer answer) {
        report_.verdicts.push_back(
            {guard, answer.veto ? Verdict::veto : Verdict::pass, std::move(answer.detail)});
        if (answer.veto && !report_.veto) {
            report_.veto = guard;
            report_.look_again = answer.until;
        }
    }
    void skip(Guard guard) { report_.verdicts.push_back({guard, Verdict::not_asked, {}}); }
    [[nodiscard]] bool vetoed() const { return report_.veto.has_value(); }
    [[nodiscard]] GuardReport take() { return std::move(report_); }

private:
    GuardReport report_;
};

Answer ask_disabled(const World& world, const TargetState& target) {
    if (world.disabled) {
        return veto("the off switch is on: " + world.disabled_by);
    }
    if (const auto* disable = world.holds.covering(world.now.t, target.rule->name, true)) {
        return veto("disabled: " + disable->reason, disable->until.t);
    }
    return pass();
}

Answer ask_held(const World& world, const TargetState& target) {
    if (const auto* hold = world.holds.covering(world.now.t, target.rule->name, false)) {
        return veto("held by uid " + std::to_string(hold->uid) + ": " + hold->reason,
                    hold->until.t);
    }
    return pass();
}

Answer ask_breaker(const World& world, const TargetState& target) {
    const BreakerRecord* breaker = world.breakers.covering(target.rule->name);
    return breaker == nullptr ? pass()
                              : veto((breaker->target.empty() ? "the host's: " : "") +
                                     breaker->reason + ", " + breaker->detail);
}

Answer ask_warming_up(const World& world, const TargetState& target) {
    if (world.now.t < target.warm_up_until) {
        return veto("ends " + until_text(world.now.t, target.warm_up_until), target.warm_up_until);
    }
    return pass();
}

Answer ask_no_data(const TargetState& target, Level level) {
    return target.condition_of(level) == Condition::yes
               ? pass()
               : veto("what is known does not say whether the rung's condition still holds");
}

Answer ask_flapping(const World& world, const TargetState& target) {
    const Instant now = world.now.t;
    if (!target.flapping.at(now)) {
        return pass();
    }
    const auto percent = std::lround(100 * target.flapping.share(now));
    return veto("its state changed in " + std::to_string(percent) + " % of its last checks",
                target.flapping.ends(now));
}

// What triggers the rung is getting better by itself, all of it. A unit's state never does so.
Answer ask_recovering(const TargetState& target, Level level) {
    std::string names;
    for (const IndicatorState& indicator : target.indicators) {
        if (indicator.severity() < target.rung(level).when) {
            continue;
        }
        if (!indicator.trend().recovering()) {
            return pass();
        }
        names += (names.empty() ? "" : ", ") + indicator.rule().name;
    }
    return names.empty() ? pass() : veto("getting better by itself: " + names);
}

Answer ask_dependency(const World& world, const TargetState& target) {
    for (const std::string& name : target.rule->depends_on) {
        const auto dependency = world.targets.find(name);
        if (dependency != world.targets.end() && is_in_trouble(*dependency->second)) {
            return veto("it depends on " + name + ", which is ill");
        }
    }
    return pass();
}

Answer ask_common_cause(const World& world) {
    if (!world.census.common_cause()) {
        return pass();
    }
    return veto(std::to_string(world.census.ill()) + " of " + std::to_string(world.census.known()) +
                " targets are ill at once: it is not they");
}

Answer ask_foreign_actor(const World& world, const TargetState& target, Level level) {
    const Duration grace = target.rung(level).settle + target.rung(level).verify;
    const auto unit = world.units.find(target.rule->unit);
    if (!target.rule->unit.empty() && unit != world.units.end()) {
        if (const auto actor = unit->second.foreign_actor(world.now.t, grace)) {
            return veto(actor->detail, actor->until);
        }
    }
    if (target.edited && world.now.t < target.edited->at + grace) {
        return veto("somebody else changed " + target.edited->path + " a moment ago",
                    target.edited->at + grace);
    }
    return pass();
}

Answer ask_host_busy(const World& world) {
    return world.busy.empty() ? pass() : veto(world.busy + " is at work");
}

// What starts the unit uses systemd's own budget for it, and must leave a start to others: were it
// spent, systemd would refuse even a person's.
Answer ask_start_limit(const World& world, const TargetState& target, Level level) {
    const auto index = next_remedy(world, target, level);
    const auto unit = world.units.find(target.rule->unit);
    const bool starts = index && target.rung(level).remedies[*index].kind == RemedyKind::restart;
    if (!starts || unit == world.units.end()) {
        return pass();
    }
    const auto limit = unit->second.starts().limit(world.now.t);
    if (!limit) {
        return pass("the unit has no start limit");
    }
    std::string detail = std::to_string(limit->used) + " of " + std::to_string(limit->burst) +
                         " starts used in " + duration_text(limit->interval);
    return limit->nearly_spent ? veto(std::move(detail), limit->until) : pass(std::move(detail));
}

Answer ask_cooldown(const World& world, const TargetState& target, Level level, bool dry_run) {
    const auto until = cooldown_until(world, target, level, dry_run);
    if (until && world.now.t < *until) {
        return veto("ends " + until_text(world.now.t, *until), until);
    }
    return pass();
}

Answer within(const Budget& budget, const BudgetUse& use, const std::string& whose) {
    std::string detail = std::to_string(use.used) + " of " + std::to_string(budget.actions) +
                         " used in " + duration_text(budget.per) + whose;
    return use.used >= budget.actions ? veto(std::move(detail), use.frees_at)
                                      : pass(std::move(detail));
}

Answer ask_target_budget(const World& world, const TargetState& target, bool dry_run) {
    const auto& budget = target.rule->budget;
    if (!budget) {
        return pass("no budget of its own");
    }
    return within(
        *budget, world.actions.use(world.now.t, budget->per, dry_run, target.rule->name), "");
}

Answer ask_host_budget(const World& world, Level level, bool dry_run) {
    const DecisionSettings& settings = world.rules->settings;
    if (world.actions.full()) {
        return veto("too many actions to remember; ask again later");
    }
    if (const auto& budget = settings.per_level[index_of(level)]) {
        Answer answer = within(*budget,
                               world.actions.use(world.now.t, budget->per, dry_run, {}, level),
                               " at level " + std::string{name_of(level)});
        if (answer.veto) {
            return answer;
        }
    }
    return within(settings.host, world.actions.use(world.now.t, settings.host.per, dry_run), "");
}

// To a person's force a dry-run is no action: it gives way.
Answer ask_in_flight(const World& world,
                     const TargetState& target,
                     bool dry_run,
                     bool is_forced = false) {
    const std::uint32_t flying = dry_run ? world.flights.dry : world.flights.real;
    if (target.flight && !(is_forced && target.flight->record.dry_run)) {
        return veto("its action " + target.flight->record.id + " is not verified yet");
    }
    for (const auto& [action, asked] : world.asked_back) {
        if (asked.target == target.rule->name) {
            return veto("its action " + action + " is being rolled back");
        }
    }
    if (flying >= world.rules->settings.in_flight) {
        return veto(std::to_string(flying) + " of " +
                    std::to_string(world.rules->settings.in_flight) + " on this host");
    }
    return pass();
}

Answer ask_ledger(const World& world, const TargetState& target) {
    if (!world.ledger_healthy) {
        return veto("cannot record: " + world.ledger_detail);
    }
    const auto& held_back = target.held_back;
    if (held_back && held_back->guard == Guard::ledger && world.now.t < held_back->ask_again) {
        return veto(held_back->detail, held_back->ask_again);
    }
    return pass();
}

template <class Answers>
std::optional<GuardVerdict> first_veto(const Answers& answers) {
    for (const auto& [guard, answer] : answers) {
        if (answer.veto) {
            return GuardVerdict{guard, Verdict::veto, answer.detail};
        }
    }
    return std::nullopt;
}

std::string why_not_enforced(const World& world, const TargetState& target, Level level) {
    const std::string why =
        enforcement_of(*target.rule, world.rules->settings.mode, world.now.wall).held_back;
    return "level " + std::string{name_of(level)} + " is not enforced" +
           (why.empty() ? "" : ": " + why);
}

void ask_after_preflight(Round& round, const World& world, const TargetState& target, Level level) {
    const auto& held_back = target.held_back;
    const bool holds = held_back && world.now.t < held_back->ask_again;
    if (round.vetoed() || !holds) {
        round.skip(Guard::preflight);
    } else if (held_back->guard == Guard::preflight) {
        round.ask(Guard::preflight, veto(held_back->detail, held_back->ask_again));
    } else {
        round.ask(Guard::preflight, pass());
    }
    if (round.vetoed()) {
        round.skip(Guard::dry_run);
    } else {
        round.ask(
            Guard::dry_run,
            enforced(world, target, level) ? pass() : veto(why_not_enforced(world, target, level)));
    }
}

}  // namespace

bool enforced(const World& world, const TargetState& target, Level level) {
    return target.rule->enforces(level, world.rules->settings.mode, world.now.wall);
}

std::optional<std::uint32_t> next_remedy(const World& world,
                                         const TargetState& target,
                                         Level level) {
    const RungRule& rung = target.rung(level);
    std::vector<std::uint32_t> usable;
    for (std::uint32_t i = 0; i < rung.remedies.size(); ++i) {
        if (!world.trials.demoted(target.rule->name, level, i, rung.remedies[i].plan_digest)) {
            usable.push_back(i);
        }
    }
    if (usable.empty()) {
        return std::nullopt;
    }
    std::uint32_t used = 0;
    if (target.incident) {
        const auto& all = enforced(world, target, level) ? target.incident->attempts
                                                         : target.incident->dry_attempts;
        used = all[index_of(level)];
    }
    return usable[used % usable.size()];
}

std::uint32_t next_streak(const World& world,
                          const TargetState& target,
                          Level level,
                          bool dry_run) {
    const auto* last = world.actions.latest(target.rule->name, level, dry_run);
    const bool continues = last != nullptr && target.incident &&
                           (last->incident == target.incident->id || !target.fresh);
    return continues ? last->streak + 1 : 1;
}

std::optional<Instant> cooldown_until(const World& world,
                                      const TargetState& target,
                                      Level level,
                                      bool dry_run) {
    const auto* last = world.actions.latest(target.rule->name, level, dry_run);
    if (last == nullptr || !last->ended) {
        return std::nullopt;
    }
    const Cooldown& rule = target.rung(level).cooldown;
    const bool continues =
        !target.incident || last->incident == target.incident->id || !target.fresh;
    const double factor =
        std::pow(rule.factor, static_cast<double>(continues ? last->streak - 1 : 0));
    const double length = std::min(static_cast<double>(rule.initial.count()) * factor,
                                   static_cast<double>(std::max(rule.max, rule.initial).count()));
    return *last->ended + Duration{static_cast<Duration::rep>(length)};
}

GuardReport ask_guards(const World& world, const TargetState& target, Level level) {
    return ask_guards(world, target, level, !enforced(world, target, level));
}

GuardReport ask_guards(const World& world, const TargetState& target, Level level, bool dry_run) {
    Round round;
    round.ask(Guard::disabled, ask_disabled(world, target));
    round.ask(Guard::held, ask_held(world, target));
    round.ask(Guard::breaker, ask_breaker(world, target));
    round.ask(Guard::warming_up, ask_warming_up(world, target));
    round.ask(Guard::no_data, ask_no_data(target, level));
    round.ask(Guard::flapping, ask_flapping(world, target));
    round.ask(Guard::recovering, ask_recovering(target, level));
    round.ask(Guard::dependency, ask_dependency(world, target));
    round.ask(Guard::common_cause, ask_common_cause(world));
    round.ask(Guard::foreign_actor, ask_foreign_actor(world, target, level));
    round.ask(Guard::host_busy, ask_host_busy(world));
    round.ask(Guard::start_limit, ask_start_limit(world, target, level));
    round.ask(Guard::cooldown, ask_cooldown(world, target, level, dry_run));
    round.ask(Guard::target_budget, ask_target_budget(world, target, dry_run));
    round.ask(Guard::host_budget, ask_host_budget(world, level, dry_run));
    round.ask(Guard::in_flight, ask_in_flight(world, target, dry_run));
    const auto& held_back = target.held_back;
    const bool too_wide =
        held_back && held_back->guard == Guard::blast_radius && world.now.t < held_back->ask_again;
    if (too_wide && !round.vetoed()) {
        round.ask(Guard::blast_radius, veto(held_back->detail, held_back->ask_again));
    } else {
        round.skip(Guard::blast_radius);
    }
    round.ask(Guard::ledger, ask_ledger(world, target));
    ask_after_preflight(round, world, target, level);
    return round.take();
}

// A user other than the one whose failover is undone is only to be left in peace.
GuardReport ask_failback_guards(const World& world,
                                const Away& away,
                                const std::vector<std::string>& users) {
    Round round;
    for (const std::string& user : users) {
        const auto found = world.targets.find(user);
        if (found == world.targets.end()) {
            continue;
        }
        const TargetState& target = *found->second;
        round.ask(Guard::disabled, ask_disabled(world, target));
        round.ask(Guard::held, ask_held(world, target));
        round.ask(Guard::breaker, ask_breaker(world, target));
        round.ask(Guard::warming_up, ask_warming_up(world, target));
        const bool is_well = target.phase == Phase::steady && target.level == Level::steady &&
                             target.severity() != Severity::unknown &&
                             target.severity() < Severity::warning;
        round.ask(Guard::no_data, is_well ? pass() : veto(user + " is not known to be well"));
        round.ask(Guard::flapping, ask_flapping(world, target));
        round.ask(Guard::dependency, ask_dependency(world, target));
    }
    round.ask(Guard::common_cause, ask_common_cause(world));
    round.ask(Guard::host_busy, ask_host_busy(world));
    const auto found = world.targets.find(away.target);
    if (found == world.targets.end() || found->second->gone) {
        round.ask(Guard::dry_run, veto(away.target + " is no longer in the rules"));
        return round.take();
    }
    const TargetState& target = *found->second;
    round.ask(Guard::foreign_actor, ask_foreign_actor(world, target, away.level));
    round.ask(Guard::target_budget, ask_target_budget(world, target, false));
    round.ask(Guard::host_budget, ask_host_budget(world, away.level, false));
    round.ask(Guard::in_flight, ask_in_flight(world, target, false));
    round.ask(Guard::ledger, ask_ledger(world, target));
    round.ask(Guard::dry_run,
              enforced(world, target, away.level) ? pass() : veto("failover is not enforced"));
    return round.take();
}

std::optional<GuardReport> frozen_by_flapping(const World& world, const TargetState& target) {
    Round round;
    round.ask(Guard::flapping, ask_flapping(world, target));
    return round.vetoed() ? std::optional{round.take()} : std::nullopt;
}

std::optional<GuardVerdict> called_off(const World& world,
                                       const TargetState& target,
                                       const Flight& flight) {
    const bool is_forced = flight.record.operator_uid != nobody;
    const std::array answers{
        std::pair{Guard::disabled, ask_disabled(world, target)},
        std::pair{Guard::held, ask_held(world, target)},
        std::pair{Guard::breaker, ask_breaker(world, target)},
        std::pair{Guard::foreign_actor,
                  is_forced ? pass() : ask_foreign_actor(world, target, flight.record.level)},
        std::pair{Guard::host_busy, is_forced ? pass() : ask_host_busy(world)},
    };
    return first_veto(answers);
}

std::optional<GuardVerdict> refused_by(const World& world, const TargetState& target) {
    const std::array answers{
        std::pair{Guard::disabled, ask_disabled(world, target)},
        std::pair{Guard::held, ask_held(world, target)},
        std::pair{Guard::breaker, ask_breaker(world, target)},
        std::pair{Guard::in_flight, ask_in_flight(world, target, false, true)},
        std::pair{Guard::ledger, ask_ledger(world, target)},
    };
    return first_veto(answers);
}

}  // namespace primum::core

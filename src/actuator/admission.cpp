// SPDX-License-Identifier: MIT
#include "actuator/admission.hpp"

#include "remedy/catalog.hpp"
#include "rules/protected.hpp"
#include "rules/settings.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace primum::actuator {
namespace {

Answer not_now(Refusal code, std::string detail) {
    return {Preflight::not_now, code, std::move(detail)};
}

Answer cannot(Refusal code, std::string detail) {
    return {Preflight::cannot, code, std::move(detail)};
}

bool stopped(const systemd::UnitFacts& unit) {
    return unit.active_state == "inactive" || unit.active_state == "failed";
}

Answer admit_budget(const Ask& ask, const PlanFacts& facts, const TargetRule& target) {
    constexpr auto ceiling = rules::max_actions_per_hour;
    if (facts.used.last_hour >= ceiling) {
        return not_now(Refusal::budget,
                       std::to_string(ceiling) + " actions an hour is all that is ever allowed");
    }
    if (ask.forced) {
        return {};
    }
    const auto used_up = [](const std::optional<Budget>& budget, std::uint32_t used) {
        return budget.has_value() && used >= budget->actions;
    };
    const auto& settings = facts.rules->settings;
    if (used_up(settings.host, facts.used.host)) {
        return not_now(Refusal::budget, "the host's budget is used up");
    }
    if (used_up(settings.per_level[index_of(ask.level)], facts.used.level)) {
        return not_now(Refusal::budget, "the level's budget is used up");
    }
    if (used_up(target.budget, facts.used.target)) {
        return not_now(Refusal::budget, "the target's budget is used up");
    }
    return {};
}

Answer admit_candidate(const Ask& ask, const Plan& plan) {
    if (plan.remedy->kind != RemedyKind::failover) {
        return ask.candidate.empty()
                   ? Answer{}
                   : not_now(Refusal::bad_request, "only a failover has a candidate");
    }
    if (plan.provider == nullptr) {
        return not_now(Refusal::stale_plan, "the rules have no such provider");
    }
    if (plan.candidate == nullptr) {
        return not_now(Refusal::no_provider,
                       plan.provider->name + " has no candidate \"" + ask.candidate + '"');
    }
    return {};
}

std::string first_protected_file(const std::vector<std::string>& paths) {
    const auto found = std::find_if(paths.begin(), paths.end(), [](const std::string& path) {
        return rules::is_protected_file(path);
    });
    return found != paths.end() ? *found : "";
}

std::string protected_call(const DbusCall& call) {
    return rules::is_protected_bus_name(call.destination) ? call.destination : "";
}

// What of the remedy no remedy may ever write or call; empty: nothing. The rules were checked for
// it, and are checked again by the one who acts.
std::string protected_part(const Plan& plan) {
    if (plan.provider != nullptr) {
        return first_protected_file({plan.provider->pointer.path});
    }
    const auto& of = plan.remedy->plan;
    if (const auto* exec = std::get_if<ExecPlan>(&of)) {
        return first_protected_file(exec->writes);
    }
    if (const auto* restart = std::get_if<RestartPlan>(&of)) {
        return first_protected_file(restart->state);
    }
    if (const auto* fallback = std::get_if<FallbackPlan>(&of)) {
        std::vector<std::string> paths;
        for (const auto& file : fallback->files) {
            paths.push_back(file.path);
        }
        return first_protected_file(paths);
    }
    if (const auto* dbus = std::get_if<DbusPlan>(&of)) {
        const auto call = protected_call(dbus->call);
        return call.empty() && dbus->undo.has_value() ? protected_call(*dbus->undo) : call;
    }
    return {};
}

Then then_of(const RemedyRule& remedy) {
    if (const auto* failover = std::get_if<FailoverPlan>(&remedy.plan)) {
        return failover->then;
    }
    const auto* fallback = std::get_if<FallbackPlan>(&remedy.plan);
    return fallback != nullptr ? fallback->then : Then::nothing;
}

Answer admit_needs(const UnitNeeds& needs, const systemd::UnitFacts& unit) {
    if ((needs.reload || needs.running) && stopped(unit)) {
        return cannot(Refusal::not_applicable,
                      unit.id + " is " + unit.active_state + "; only what runs can " +
                          (needs.reload ? "reload" : "take a signal"));
    }
    if (needs.reload && !unit.can_reload) {
        return cannot(Refusal::not_applicable, unit.id + " has no ExecReload=");
    }
    if (needs.restart && (unit.refuses_manual_start || unit.refuses_manual_stop)) {
        return cannot(Refusal::not_applicable, unit.id + " refuses to be started or stopped");
    }
    if (needs.failed && unit.active_state != "failed") {
        return cannot(Refusal::not_applicable,
                      unit.id + " is " + unit.active_state + ", not failed");
    }
    return {};
}

// A link may say where it points as seen from its own directory.
std::string absolute(const std::string& path, const std::string& beside) {
    return path.starts_with('/') ? path : beside.substr(0, beside.rfind('/') + 1) + path;
}

}  // namespace

UnitNeeds needs_of(const RemedyRule& remedy) {
    const Then then = then_of(remedy);
    UnitNeeds needs;
    needs.running = remedy.kind == RemedyKind::signal;
    needs.failed = remedy.kind == RemedyKind::reset_failed;
    needs.reload = remedy.kind == RemedyKind::reload || then == Then::reload;
    needs.restart = remedy.kind == RemedyKind::restart || then == Then::restart;
    needs.unit = needs.running || needs.failed || needs.reload || needs.restart;
    return needs;
}

std::vector<std::string> trusted_paths(const Plan& plan) {
    std::vector<std::string> paths;
    const auto add_program = [&paths](const Argv& run) {
        if (!run.empty()) {
            paths.push_back(run.front());
        }
    };
    const auto& of = plan.remedy->plan;
    if (const auto* exec = std::get_if<ExecPlan>(&of)) {
        add_program(exec->run);
        add_program(exec->undo);
    } else if (const auto* restart = std::get_if<RestartPlan>(&of)) {
        add_program(restart->save);
        add_program(restart->restore);
    } else if (const auto* fallback = std::get_if<FallbackPlan>(&of)) {
        add_program(fallback->check);
        for (const auto& file : fallback->files) {
            paths.push_back(file.good);
        }
    } else if (plan.provider != nullptr && plan.candidate != nullptr) {
        const auto& pointer = plan.provider->pointer;
        if (pointer.form == PointerForm::symlink || pointer.form == PointerForm::file) {
            paths.push_back(absolute(plan.candidate->points_to, pointer.path));
        }
    }
    return paths;
}

Plan find_plan(const Ask& ask, const RuleSet& rules) {
    Plan plan;
    const auto found = std::lower_bound(
        rules.targets.begin(),
        rules.targets.end(),
        ask.target,
        [](const TargetRule& target, const std::string& name) { return target.name < name; });
    if (found == rules.targets.end() || found->name != ask.target) {
        return plan;
    }
    plan.target = &*found;
    if (index_of(ask.level) < level_count && ask.level != Level::steady) {
        plan.rung = &found->rungs[index_of(ask.level)];
        if (ask.index < plan.rung->remedies.size()) {
            plan.remedy = &plan.rung->remedies[ask.index];
        }
    }
    const auto* failover =
        plan.remedy != nullptr ? std::get_if<FailoverPlan>(&plan.remedy->plan) : nullptr;
    if (failover != nullptr) {
        for (const auto& provider : rules.providers) {
            plan.provider = provider.name == failover->provider ? &provider : plan.provider;
        }
    }
    if (plan.provider != nullptr) {
        for (const auto& candidate : plan.provider->candidates) {
            plan.candidate = candidate.name == ask.candidate ? &candidate : plan.candidate;
        }
    }
    return plan;
}

Answer admit_plan(const Ask& ask, const PlanFacts& facts) {
    if (facts.rules == nullptr) {
        return not_now(Refusal::rules_unreadable, facts.rules_trouble);
    }
    const Plan plan = find_plan(ask, *facts.rules);
    if (plan.remedy == nullptr) {
        return not_now(Refusal::stale_plan,
                       plan.target == nullptr ? "the rules have no target " + ask.target
                                              : "the rules have no such remedy on that rung");
    }
    if (!remedy::entry_of(plan.remedy->kind).available) {
        return cannot(Refusal::not_available,
                      std::string(name_of(plan.remedy->kind)) + " is not available yet");
    }
    if (plan.remedy->plan_digest != ask.plan_digest) {
        return not_now(Refusal::stale_plan, "the rules have changed; reload primumd");
    }
    if (auto answer = admit_candidate(ask, plan); !answer.can()) {
        return answer;
    }
    if (facts.disabled) {
        return not_now(Refusal::disabled, facts.disabled_detail);
    }
    const auto ceiling = facts.rules->settings.mode;
    const bool allowed = ask.forced ? ceiling == Mode::enforce
                                    : plan.target->enforces(ask.level, ceiling, facts.wall);
    if (!ask.dry_run && !allowed) {
        return not_now(Refusal::not_enforced,
                       "mode or enforce_up_to does not allow " + std::string(name_of(ask.level)));
    }
    if (plan.target->unit.empty() && needs_of(*plan.remedy).unit) {
        return cannot(Refusal::unit_missing, "the target names no unit");
    }
    if (rules::is_protected_unit(plan.target->unit)) {
        return cannot(Refusal::protected_unit, plan.target->unit + " is never touched");
    }
    if (const auto what = protected_part(plan); !what.empty()) {
        return cannot(Refusal::unsafe_path, what + " is never touched");
    }
    if (ask.not_after.has_value() && facts.now > *ask.not_after) {
        return not_now(Refusal::too_late, "the plan grew too old");
    }
    return ask.dry_run ? Answer{} : admit_budget(ask, facts, *plan.target);
}

bool stopped_on_purpose(const systemd::UnitFacts& unit) {
    static constexpr std::array<std::string_view, 5> of_systemd{
        "watchdog", "oom-kill", "start-limit-hit", "protocol", "resources"};
    const bool failed = unit.active_state == "failed";
    const Instant never{};
    if (failed &&
        std::find(of_systemd.begin(), of_systemd.end(), unit.result) != of_systemd.end()) {
        return false;
    }
    if (failed && unit.active_entered < unit.inactive_left) {
        return false;  // it did not become active this time
    }
    const bool tells = unit.service && !unit.remain_after_exit && unit.main_exited != never &&
                       unit.active_left != never && unit.main_exited >= unit.inactive_left;
    if (!tells) {
        return !failed;
    }
    return unit.main_exited > unit.active_left;
}

Answer admit_unit(const UnitNeeds& needs,
                  const systemd::UnitFacts& unit,
                  const std::optional<OwnAction>& own) {
    if (unit.load_state == "masked" || unit.unit_file_state.starts_with("masked")) {
        return cannot(Refusal::masked, unit.id + " is masked");
    }
    if (unit.load_state == "not-found") {
        return cannot(Refusal::unit_missing, "systemd does not know " + unit.id);
    }
    if (unit.load_state != "loaded") {
        return cannot(Refusal::unit_missing,
                      "systemd cannot load " + unit.id + ": " + unit.load_state);
    }
    if (rules::is_protected_unit(unit.id)) {
        return cannot(Refusal::protected_unit, unit.id + " is never touched");
    }
    if (unit.job_id != 0) {
        return not_now(Refusal::foreign_job,
                       "job " + std::to_string(unit.job_id) + " is queued on " + unit.id);
    }
    if (stopped(unit)) {
        const bool ours = own.has_value() && unit.inactive_entered >= own->from &&
                          unit.inactive_entered <= own->until;
        if (!ours && stopped_on_purpose(unit)) {
            return not_now(Refusal::stopped_by_person,
                           unit.id + " is " + unit.active_state +
                               ", and it did not get there by itself as far as systemd can tell");
        }
    } else if (unit.active_state != "active") {
        return not_now(Refusal::foreign_job,
                       unit.id + " is " + unit.active_state + ": systemd is at work on it");
    }
    return admit_needs(needs, unit);
}

Answer admit_blast(const std::vector<std::string>& units, std::optional<std::uint32_t> most) {
    const auto found = std::find_if(units.begin(), units.end(), [](const std::string& unit) {
        return rules::is_protected_unit(unit);
    });
    if (found != units.end()) {
        return cannot(Refusal::protected_unit, *found + " would go down with it");
    }
    if (most.has_value() && units.size() > *most) {
        std::string names;
        for (const auto& unit : units) {
            names += (names.empty() ? "" : ", ") + unit;
        }
        return not_now(Refusal::blast_radius,
                       std::to_string(units.size()) + " units would go down with it, " +
                           std::to_string(*most) + " may: " + names);
    }
    return {};
}

}  // namespace primum::actuator

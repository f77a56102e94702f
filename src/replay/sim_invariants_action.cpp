// SPDX-License-Identifier: MIT
// What must be true of every action.
#include "replay/sim_invariants.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::replay {
namespace {

constexpr Duration memory = std::chrono::hours{27};
constexpr std::size_t intents_to_remember = 2'048;
// What the way of an answer may take beyond every time limit, and a start of primumd in between.
constexpr Duration answer_slack = std::chrono::minutes{10};

}  // namespace

void SimInvariants::see(const ActionRecord& record) {
    const auto target = world_.target_index(record.target);
    if (!target) {
        return breach("an intent for " + record.target + ", which is not in the rules");
    }
    if (intents_.contains(record.sequence)) {
        breach("the id " + record.id + " is used twice");
    }
    if (intents_.size() > intents_to_remember) {
        std::erase_if(intents_, [&](const auto& entry) {
            return passed_ - entry.second.at > memory && !entry.second.flying;
        });
    }
    const RungRule& rung = rule(*target).rungs[index_of(record.level)];
    if (record.index >= rung.remedies.size()) {
        return breach("an intent for a remedy that the rung does not have");
    }
    Intent intent;
    intent.id = record.id;
    intent.target = *target;
    intent.level = record.level;
    intent.incident = record.incident;
    intent.way_back = rung.remedies[record.index].way_back;
    intent.at = passed_;
    intent.answer_by =
        now_ + rung.max_plan_age + 2 * rung.remedies[record.index].timeout + answer_slack;
    intent.not_after = stamp_.t + rung.max_plan_age;
    intent.dry_run = record.dry_run;
    intent.flying = !record.dry_run;
    check_candidate(record, "an intent");
    remember_failover(record);
    if (!record.dry_run) {
        check_intent(record, *target);
        check_in_flight(intent);
        if (record.operator_uid == nobody) {
            check_cooldown(intent);
        }
        overdue_at_ = std::min(overdue_at_.value_or(intent.answer_by), intent.answer_by);
    } else {
        intent.ended = passed_;
    }
    intents_[record.sequence] = std::move(intent);
}

void SimInvariants::check_intent(const ActionRecord& record, std::uint32_t target) {
    const TargetRule& of = rule(target);
    const DecisionSettings& settings = world_.rules().settings;
    const Patient& patient = patients_[target];
    check_untouchable(target, "an intent");
    if (!ledger_healthy_) {
        breach("an intent while the ledger is unhealthy");
    }
    if (patient.in_doubt) {
        breach("an intent after an action in doubt");
    }
    if (patient.breaker || host_breaker_) {
        breach("an intent while the breaker is tripped");
    }
    if (record.operator_uid != nobody) {  // the rest a person may pass over
        if (settings.mode != Mode::enforce) {
            breach("a forced intent under a daemon that does not enforce");
        }
        return;
    }
    if (!of.enforces(record.level, settings.mode, stamp_.wall)) {
        breach("an intent at a level that is not enforced");
    }
    if (of.budget) {
        check_budget(record, *of.budget, "target");
    }
    check_budget(record, settings.host, "host");
    if (const auto& budget = settings.per_level[index_of(record.level)]) {
        check_budget(record, *budget, "level");
    }
    check_evidence(record, target);
    if (now_ < patient.warm_from + of.warm_up) {
        breach("an intent during the warm-up of " + record.target);
    }
    if ((patient.spent >> index_of(record.level) & 1U) != 0) {
        breach("an intent at a rung that is spent");
    }
    for (const GuardVerdict& verdict : record.guards) {
        if (verdict.verdict == Verdict::veto) {
            breach(fmt::format("an intent against the veto of {}", name_of(verdict.guard)));
        }
    }
}

// An intent without an outcome counts; one that never became durable does not.
void SimInvariants::check_budget(const ActionRecord& record,
                                 const Budget& budget,
                                 std::string_view whose) {
    const auto counts = [&](const Intent& other) {
        return !other.dry_run && other.at > passed_ - budget.per &&
               (whose != "target" || rule(other.target).name == record.target) &&
               (whose != "level" || other.level == record.level);
    };
    const auto used = std::count_if(intents_.begin(),
                                    intents_.end(),
                                    [&](const auto& entry) { return counts(entry.second); }) +
                      std::count_if(failbacks_.begin(), failbacks_.end(), counts);
    if (used >= static_cast<std::ptrdiff_t>(budget.actions)) {
        breach(fmt::format("the budget of the {} is exceeded: {} used", whose, used));
    }
}

void SimInvariants::check_in_flight(const Intent& intent) {
    std::uint32_t flying = 0;
    for (const auto& [sequence, other] : intents_) {
        if (other.flying && other.target == intent.target) {
            breach("a second action beside " + other.id);
        }
        flying += other.flying ? 1 : 0;
    }
    if (flying >= world_.rules().settings.in_flight) {
        breach(fmt::format("{} other actions are in flight", flying));
    }
}

void SimInvariants::check_cooldown(const Intent& intent) {
    const Duration least = rule(intent.target).rungs[index_of(intent.level)].cooldown.initial;
    for (const auto& [sequence, other] : intents_) {
        const bool concerns =
            !other.dry_run && other.target == intent.target && other.level == intent.level;
        if (concerns && (other.ended ? passed_ < *other.ended + least : !other.record_lost)) {
            breach("an intent within the cooldown of " + other.id);
        }
    }
}

// What is unknown triggers nothing: the condition must stand on what is known, and known lately.
void SimInvariants::check_evidence(const ActionRecord& record, std::uint32_t target) {
    const TargetRule& of = rule(target);
    const RungRule& rung = of.rungs[index_of(record.level)];
    std::uint32_t ill = 0;
    bool unit_failed = false;
    for (const IndicatorRule& indicator : of.indicators) {
        const auto item = std::find_if(
            record.evidence.begin(), record.evidence.end(), [&](const EvidenceItem& each) {
                return each.indicator == indicator.name;
            });
        if (item == record.evidence.end() || item->severity < rung.when) {
            continue;
        }
        ++ill;
        if (indicator.kind == ValueKind::unit_state) {
            unit_failed = unit_failed || item->severity == Severity::critical;
            continue;
        }
        const auto collected = world_.collected(indicator.source);
        if (!collected || now_ - *collected > indicator.stale_after) {
            breach("an intent on evidence that is stale: " + indicator.name);
        }
    }
    if (ill < rung.indicators && !unit_failed) {
        breach("an intent on evidence that does not meet the rung's condition");
    }
}

void SimInvariants::check_untouchable(std::uint32_t target, std::string_view what) {
    const std::string& name = rule(target).name;
    if (off_) {
        breach(fmt::format("{} on {} while the off switch is on", what, name));
    }
    if (is_held(target)) {
        breach(fmt::format("{} on {}, which is held or disabled", what, name));
    }
    if (world_.is_stopped_by_person(target)) {
        breach(fmt::format("{} on {}, which a person has stopped", what, name));
    }
}

void SimInvariants::see(const RunAction& run) {
    Intent* intent = find(run.action);
    if (intent == nullptr) {
        return breach("an action without an intent: " + run.action);
    }
    if (!intent->durable) {
        breach("an action before its intent is durable: " + run.action);
    }
    if (intent->dry_run) {
        breach("a dry-run that runs: " + run.action);
    }
    if (intent->ran || intent->record_lost) {
        breach("an action that runs again: " + run.action);
    }
    const RungRule& rung = rule(intent->target).rungs[index_of(run.level)];
    if (stamp_.t > intent->not_after) {
        breach("a plan that grew too old: " + run.action);
    }
    if (run.index >= rung.remedies.size() ||
        rung.remedies[run.index].plan_digest != run.plan_digest) {
        breach("a plan that the rules do not have any more: " + run.action);
    }
    intent->ran = true;
    if (const auto moved = moved_.find(run.action); moved != moved_.end()) {
        check_candidate(moved->second, "a failover");
    }
    check_untouchable(intent->target, "an action");
}

void SimInvariants::see(const TransitionRecord& record) {
    Intent* intent = find(record.action);
    if (intent == nullptr) {
        return;
    }
    if (record.state == ActionState::finished && record.reason != "late") {
        intent->ended = passed_;
        if (++intent->outcomes > 1) {
            breach("a second outcome of " + record.action);
        }
        const bool in_doubt = record.result == ActionResult::ambiguous;
        Patient& patient = patients_[intent->target];
        if (in_doubt && patient.incident && patient.incident->id == intent->incident) {
            patient.in_doubt = true;
        }
        intent->flying = intent->flying && !in_doubt && record.reason != "abandoned";
    }
    if (record.state == ActionState::kept || record.state == ActionState::rolled_back ||
        record.state == ActionState::rollback_failed) {
        intent->flying = false;
    }
    if (record.state == ActionState::started && intent->ended && !intent->dry_run) {
        breach("it starts after its end: " + record.action);
    }
}

// One outcome an intent, within its time limits.
void SimInvariants::check_overdue() {
    overdue_at_.reset();
    for (auto& [sequence, intent] : intents_) {
        if (intent.dry_run || !intent.durable || intent.ended || intent.record_lost) {
            continue;
        }
        if (now_ > intent.answer_by) {
            breach("no outcome within its time: " + intent.id);
            intent.record_lost = true;  // said once
        } else {
            overdue_at_ = std::min(overdue_at_.value_or(intent.answer_by), intent.answer_by);
        }
    }
}

}  // namespace primum::replay

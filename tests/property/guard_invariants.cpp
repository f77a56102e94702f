// SPDX-License-Identifier: MIT
#include "property/guard_invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

namespace primum::property {
namespace {

const TargetRule* find_rule(const RuleSet& rules, const std::string& name) {
    const auto found = std::find_if(rules.targets.begin(),
                                    rules.targets.end(),
                                    [&](const TargetRule& each) { return each.name == name; });
    return found == rules.targets.end() ? nullptr : &*found;
}

bool stands_against_force(Guard guard) {
    constexpr std::array guards{Guard::disabled,
                                Guard::held,
                                Guard::breaker,
                                Guard::in_flight,
                                Guard::blast_radius,
                                Guard::ledger,
                                Guard::preflight};
    return std::find(guards.begin(), guards.end(), guard) != guards.end();
}

}  // namespace

std::vector<std::string> GuardInvariants::see(const support::Turn& turn) {
    breaches_.clear();
    now_ = turn.event.at.t;
    see_event(turn.event.body);
    for (const Effect& effect : turn.effects) {
        if (const auto* change = std::get_if<SeverityChanged>(&effect)) {
            severities_[{change->target, change->indicator}] = change->to;
        } else if (const auto* start = std::get_if<UnitStarted>(&effect)) {
            if (start->by == StartedBy::somebody) {
                units_[start->unit].started_by_somebody = now_;
            }
        } else if (const auto* run = std::get_if<RunAction>(&effect)) {
            if (busy_ && run->operator_uid == nobody) {
                breaches_.push_back("an action while the host is busy: " + run->action);
            }
        } else if (const auto* recorded = std::get_if<RecordEffect>(&effect)) {
            if (const auto* incident = std::get_if<IncidentRecord>(&recorded->record)) {
                incidents_[incident->target] = *incident;
            } else if (const auto* action = std::get_if<ActionRecord>(&recorded->record)) {
                check(*action);
            }
        }
    }
    return breaches_;
}

void GuardInvariants::see_event(const EventBody& body) {
    if (const auto* unit = std::get_if<UnitEvent>(&body)) {
        see(*unit);
    } else if (const auto* host = std::get_if<HostEvent>(&body)) {
        busy_ = host->change == HostChange::busy ? host->busy : busy_;
    } else if (const auto* file = std::get_if<FileEvent>(&body)) {
        edits_[file->target] = now_;
    } else if (std::holds_alternative<RulesEvent>(body)) {
        reloaded_ = !severities_.empty();
    } else if (const auto* restore = std::get_if<RestoreEvent>(&body)) {
        if (restore->state.boot_id.empty()) {
            return;  // one that comes too late, and is rejected
        }
        busy_ = reloaded_ = false;
        units_.clear();
        edits_.clear();
        incidents_.clear();
        severities_.clear();
    }
}

void GuardInvariants::see(const UnitEvent& event) {
    Unit& unit = units_[event.unit];
    const bool starts =
        unit.invocation && !event.invocation_id.empty() && *unit.invocation != event.invocation_id;
    if (starts) {
        unit.starts.push_back(now_);
    }
    if (!event.invocation_id.empty() || !unit.invocation) {
        unit.invocation = event.invocation_id;
    }
    unit.state = event;
}

void GuardInvariants::check(const ActionRecord& record) {
    check_verdicts(record);
    const TargetRule* target = find_rule(world_.rules(), record.target);
    if (target == nullptr || record.operator_uid != nobody) {
        return;
    }
    if (busy_) {
        breaches_.push_back("an intent while the host is busy");
    }
    check_dependencies(*target);
    if (!reloaded_) {
        check_common_cause();
    }
    const RungRule& rung = target->rungs[index_of(record.level)];
    const Duration grace = rung.settle + rung.verify;
    const auto edit = edits_.find(record.target);
    if (edit != edits_.end() && now_ < edit->second + grace) {
        breaches_.push_back("an intent on what somebody has just edited");
    }
    const auto unit = units_.find(target->unit);
    if (unit == units_.end()) {
        return;
    }
    const auto somebody = unit->second.started_by_somebody;
    if (somebody && now_ < *somebody + grace) {
        breaches_.push_back("an intent on what somebody has just started");
    }
    if (record.kind == name_of(RemedyKind::restart)) {
        check_start_limit(unit->second);
    }
}

void GuardInvariants::check_verdicts(const ActionRecord& record) {
    for (std::size_t i = 0; i < record.guards.size(); ++i) {
        const GuardVerdict& each = record.guards[i];
        const bool expected = record.operator_uid == nobody
                                  ? record.dry_run && each.guard == Guard::dry_run
                                  : !stands_against_force(each.guard);
        if (each.verdict == Verdict::veto && !expected) {
            breaches_.push_back(fmt::format("an intent against a veto of {}", name_of(each.guard)));
        }
        if (i > 0 && record.guards[i - 1].guard >= each.guard) {
            breaches_.push_back(fmt::format("{} is asked out of its turn", name_of(each.guard)));
        }
    }
}

void GuardInvariants::check_dependencies(const TargetRule& target) {
    for (const std::string& name : target.depends_on) {
        const auto incident = incidents_.find(name);
        if (incident == incidents_.end() || find_rule(world_.rules(), name) == nullptr) {
            continue;
        }
        const Phase phase = incident->second.phase;
        if (incident->second.open && phase != Phase::soaking && phase != Phase::exhausted) {
            breaches_.push_back("an intent on " + target.name + " while " + name + " is ill");
        }
    }
}

// Only what depends on nothing: nothing else can explain its illness.
void GuardInvariants::check_common_cause() {
    std::size_t ill = 0;
    const auto& targets = world_.rules().targets;
    for (const TargetRule& target : targets) {
        ill += target.depends_on.empty() && is_ill(target) ? 1 : 0;
    }
    if (ill >= 4 && 2 * ill > targets.size()) {
        breaches_.push_back(fmt::format("an intent while {} of {} are ill", ill, targets.size()));
    }
}

bool GuardInvariants::is_ill(const TargetRule& target) const {
    const RungRule& observe = target.rungs[index_of(Level::observe)];
    const Severity when = observe.named ? observe.when : Severity::warning;
    std::uint32_t ill = 0;
    for (const IndicatorRule& indicator : target.indicators) {
        const auto found = severities_.find({target.name, indicator.name});
        const Severity severity = found == severities_.end() ? Severity::unknown : found->second;
        if (severity == Severity::critical && indicator.kind == ValueKind::unit_state) {
            return true;
        }
        ill += severity >= when ? 1 : 0;
    }
    return ill >= (observe.named ? observe.indicators : 1);
}

void GuardInvariants::check_start_limit(const Unit& unit) {
    const std::uint32_t burst = unit.state.start_limit_burst;
    const Duration interval = unit.state.start_limit_interval;
    if (burst == 0 || interval <= Duration{0}) {
        return;
    }
    const auto recent = std::count_if(unit.starts.begin(), unit.starts.end(), [&](Instant each) {
        return each + interval > now_;
    });
    if (recent >= std::max<std::int64_t>(1, std::int64_t{burst} - 1)) {
        breaches_.push_back(fmt::format("a restart with {} of {} starts used", recent, burst));
    }
}

}  // namespace primum::property

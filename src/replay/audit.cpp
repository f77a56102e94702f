// SPDX-License-Identifier: MIT
#include "replay/audit.hpp"

#include <algorithm>
#include <variant>

namespace primum::replay {
namespace {

// An incident of a source of evidence is none of a target.
bool is_source(std::string_view target) {
    return target.starts_with("source:");
}

template <std::size_t n>
void add_all(std::array<std::uint64_t, n>& to, const std::array<std::uint64_t, n>& from) {
    for (std::size_t i = 0; i < n; ++i) {
        to[i] += from[i];
    }
}

std::size_t index(Outcome outcome) {
    return static_cast<std::size_t>(outcome);
}

}  // namespace

void AuditCounts::add(const AuditCounts& other) {
    detected += other.detected;
    would_act += other.would_act;
    acted += other.acted;
    forced += other.forced;
    add_all(results, other.results);
    add_all(outcomes, other.outcomes);
    add_all(dry_outcomes, other.dry_outcomes);
    rolled_back += other.rolled_back;
    rollback_failed += other.rollback_failed;
    justified += other.justified;
    unjustified += other.unjustified;
    labelled += other.labelled;
}

Share AuditCounts::improved() const {
    const std::uint64_t better = outcomes[index(Outcome::improved)];
    return {better + outcomes[index(Outcome::unchanged)] + outcomes[index(Outcome::worse)], better};
}

Share AuditCounts::recovered_anyway() const {
    const std::uint64_t alone = dry_outcomes[index(Outcome::recovered_anyway)];
    return {alone + dry_outcomes[index(Outcome::unchanged)], alone};
}

void AuditGuards::add(const AuditGuards& other) {
    add_all(first, other.first);
    add_all(all, other.all);
}

std::uint64_t AuditGuards::total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : first) {
        sum += count;
    }
    return sum;
}

AuditCounts AuditTarget::counts() const {
    AuditCounts sum;
    for (const AuditCounts& rung : rungs) {
        sum.add(rung);
    }
    return sum;
}

Audit::Audit(AuditScope scope, AuditLimits limits) : scope_(std::move(scope)), limits_(limits) {}

void Audit::begin_host(std::string host) {
    host_ = std::move(host);
}

void Audit::take(const Record& record) {
    std::visit([this](const auto& one) { take_one(one); }, record);
}

std::size_t Audit::place_of(const std::string& name) {
    if (is_source(name) || (!scope_.target.empty() && name != scope_.target)) {
        return none;
    }
    const auto known = places_.find({host_, name});
    if (known != places_.end()) {
        return known->second;
    }
    const bool full = targets_.size() >= limits_.targets;
    const std::size_t place = full ? limits_.targets : targets_.size();
    if (place == targets_.size()) {
        AuditTarget target;
        target.host = full ? "" : host_;
        target.name = full ? "(others)" : name;
        targets_.push_back(std::move(target));
    }
    if (places_.size() < limits_.targets * 2) {
        places_.emplace(std::pair{host_, name}, place);
        seen_.cut.targets += full ? 1 : 0;
    }
    return place;
}

Audit::Incident* Audit::incident_of(std::uint64_t id) {
    const std::pair key{host_, id};
    const auto known = incidents_.find(key);
    if (known != incidents_.end()) {
        return &known->second;
    }
    if (incidents_.size() >= limits_.incidents) {
        return nullptr;
    }
    return &incidents_[key];
}

Audit::Action* Audit::action_of(const std::string& id) {
    const std::pair key{host_, id};
    const auto known = actions_.find(key);
    if (known != actions_.end()) {
        return &known->second;
    }
    if (actions_.size() >= limits_.actions) {
        return nullptr;
    }
    return &actions_[key];
}

void Audit::saw(WallTime at) {
    const bool first = seen_.to == WallTime{};
    seen_.from = first ? at : std::min(seen_.from, at);
    seen_.to = first ? at : std::max(seen_.to, at);
}

void Audit::take_one(const IncidentRecord& record) {
    if (is_source(record.target)) {
        return;
    }
    Incident* const incident = incident_of(record.id);
    if (incident == nullptr) {
        return;
    }
    if (incident->target == none && scope_.has(record.opened.wall)) {
        incident->target = place_of(record.target);
    }
    incident->opened = record.opened.wall;
    incident->closed = record.closed.wall;
    incident->open = record.open;
    if (incident->target != none) {
        saw(record.opened.wall);
        AuditTarget& target = targets_[incident->target];
        target.peak = std::max(target.peak, record.peak);
    }
}

void Audit::take_one(const DecisionRecord& record) {
    const bool counts = scope_.has(record.at.wall);
    if (is_source(record.target)) {
        if (counts && record.kind == DecisionKind::source_failed) {
            ++seen_.sources_failed;
        }
        return;
    }
    if (Incident* const incident = incident_of(record.incident)) {
        if (record.kind == DecisionKind::soaking) {
            incident->better = record.at.wall;
        } else if (record.kind == DecisionKind::recovered) {
            incident->recovered = true;
        }
    } else if (counts && record.kind == DecisionKind::opened) {
        ++seen_.cut.incidents;
    }
    if (record.kind == DecisionKind::verified && !record.action.empty()) {
        Action* const action = action_of(record.action);
        if (action != nullptr && action->row.after.empty()) {
            action->row.after.assign(
                record.evidence.begin(),
                record.evidence.begin() + static_cast<std::ptrdiff_t>(
                                              std::min(record.evidence.size(), limits_.evidence)));
        }
    }
    const std::size_t place = counts ? place_of(record.target) : none;
    if (place == none) {
        return;
    }
    saw(record.at.wall);
    ++seen_.decisions;
    seen_.breaker_trips += record.kind == DecisionKind::breaker_tripped ? 1 : 0;
    AuditTarget& target = targets_[place];
    target.exhausted += record.kind == DecisionKind::exhausted ? 1 : 0;
    target.stalled += record.kind == DecisionKind::stalled ? 1 : 0;
    target.relapsed += record.kind == DecisionKind::relapsed ? 1 : 0;
    note_step(record, target);
    note_waited(record, target);
}

void Audit::note_step(const DecisionRecord& record, AuditTarget& target) {
    const bool enters = record.kind == DecisionKind::entered;
    if (!enters && record.kind != DecisionKind::recovered &&
        record.kind != DecisionKind::abandoned) {
        return;
    }
    if (enters && record.reason == "condition_met") {
        ++target.rungs.at(index_of(record.level)).detected;
    }
    if (target.steps.size() < limits_.steps_of_target) {
        target.steps.push_back({record.at.wall, enters ? record.level : Level::steady});
    } else {
        ++target.cut.steps;
    }
}

void Audit::note_waited(const DecisionRecord& record, AuditTarget& target) {
    if (record.kind != DecisionKind::waited) {
        return;
    }
    bool any = false;
    for (const GuardVerdict& one : record.guards) {
        if (one.verdict == Verdict::veto) {
            ++target.guards.all.at(static_cast<std::size_t>(one.guard));
            any = true;
        }
    }
    if (const auto first = from_name<Guard>(record.reason)) {
        ++target.guards.first.at(static_cast<std::size_t>(*first));
        target.guards.all.at(static_cast<std::size_t>(*first)) += any ? 0 : 1;
    }
}

void Audit::take_one(const ActionRecord& record) {
    if (!scope_.has(record.intended.wall)) {
        return;
    }
    const std::size_t place = place_of(record.target);
    if (place == none) {
        return;
    }
    saw(record.intended.wall);
    AuditTarget& target = targets_[place];
    const bool forced = record.operator_uid != nobody;
    AuditCounts& rung = target.rungs.at(index_of(record.level));
    ++(record.dry_run ? rung.would_act : forced ? rung.forced : rung.acted);
    if (Incident* const incident = incident_of(record.incident)) {
        incident->acted = incident->acted || !record.dry_run;
        if (incident->decided == WallTime{}) {
            incident->decided = record.intended.wall;
        }
    }
    Action* const action = action_of(record.id);
    if (action == nullptr) {
        ++target.cut.actions;
        return;
    }
    action->target = place;
    AuditAction& row = action->row;
    row.id = record.id;
    row.incident = record.incident;
    row.level = record.level;
    row.kind = record.kind;
    row.candidate = record.candidate;
    row.dry_run = record.dry_run;
    row.forced = forced;
    row.intended = record.intended.wall;
    row.before.assign(record.evidence.begin(),
                      record.evidence.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                    record.evidence.size(), limits_.evidence)));
}

void Audit::take_one(const TransitionRecord& record) {
    Action* const action = action_of(record.action);
    if (action == nullptr) {
        return;
    }
    AuditAction& row = action->row;
    row.state = record.state;
    if (record.state == ActionState::finished) {
        row.result = record.result;
    } else if (record.state == ActionState::verified) {
        row.outcome = record.outcome;
        row.verified = record.at.wall;
    }
}

void Audit::take_one(const JudgementRecord& record) {
    Action* const action = record.judged == ActionLabel::none ? nullptr : action_of(record.action);
    if (action != nullptr) {
        action->row.judged = record.judged;
        action->row.by_person = record.by == JudgedBy::person;
        action->row.judged_for = record.reason;
    }
}

void Audit::take_one(const OperatorRecord& record) {
    const bool stops = record.verb == "hold" || record.verb == "disable";
    if (record.accepted && stops && scope_.has(record.at.wall)) {
        ++seen_.holds;
    }
}

void Audit::note_first_sign(std::uint64_t incident, WallTime at) {
    const auto known = incidents_.find({host_, incident});
    if (known != incidents_.end() && known->second.first_sign == WallTime{}) {
        known->second.first_sign = at;
    }
}

void Audit::note_cost(const std::string& action, const AuditCost& cost) {
    const auto known = actions_.find({host_, action});
    if (known != actions_.end()) {
        known->second.row.cost = cost;
    }
}

void Audit::note_cost_series(const std::string& target) {
    const std::size_t place = place_of(target);
    if (place != none) {
        targets_[place].has_cost = true;
    }
}

}  // namespace primum::replay

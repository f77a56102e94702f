// SPDX-License-Identifier: MIT
// What an audit has counted, worked out.
#include "replay/audit.hpp"

#include <algorithm>

namespace primum::replay {
namespace {

void count(const AuditAction& row, AuditCounts& rung) {
    if (!row.dry_run) {
        ++rung.results.at(static_cast<std::size_t>(row.result));
    }
    auto& outcomes = row.dry_run ? rung.dry_outcomes : rung.outcomes;
    ++outcomes.at(static_cast<std::size_t>(row.outcome));
    rung.rolled_back += row.state == ActionState::rolled_back ? 1 : 0;
    rung.rollback_failed += row.state == ActionState::rollback_failed ? 1 : 0;
    if (row.forced) {
        return;
    }
    rung.justified += row.judged == ActionLabel::justified ? 1 : 0;
    rung.unjustified += row.judged == ActionLabel::unjustified ? 1 : 0;
    rung.labelled += row.judged != ActionLabel::none && row.by_person ? 1 : 0;
}

}  // namespace

void Audit::Times::add(const Incident& incident) {
    if (incident.first_sign != WallTime{}) {
        detect.add(incident.opened - incident.first_sign);
    }
    if (incident.decided != WallTime{}) {
        decide.add(incident.decided - incident.opened);
    }
    if (incident.recovered && !incident.open && incident.better != WallTime{}) {
        (incident.acted ? recover_acted : recover_waited).add(incident.better - incident.opened);
    }
}

AuditTimes Audit::Times::spreads() const {
    return {detect.spread(), decide.spread(), recover_acted.spread(), recover_waited.spread()};
}

void Audit::count_incidents(AuditReport& report) const {
    Times all;
    std::vector<Times> times(report.targets.size());
    for (const auto& [key, incident] : incidents_) {
        if (incident.target == none) {
            continue;
        }
        AuditTarget& target = report.targets[incident.target];
        ++target.incidents;
        target.open += incident.open ? 1 : 0;
        const WallTime end = incident.open ? report.to : incident.closed;
        target.ill += std::max(end - incident.opened, Duration{0});
        times[incident.target].add(incident);
        all.add(incident);
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        report.targets[i].times = times[i].spreads();
    }
    report.times = all.spreads();
}

void Audit::count_actions(AuditReport& report) const {
    for (const auto& [key, action] : actions_) {
        if (action.target == none) {
            continue;
        }
        AuditTarget& target = report.targets[action.target];
        count(action.row, target.rungs.at(index_of(action.row.level)));
        target.actions.push_back(action.row);
    }
    for (AuditTarget& target : report.targets) {
        auto& rows = target.actions;
        std::sort(rows.begin(), rows.end(), [](const AuditAction& a, const AuditAction& b) {
            return a.intended != b.intended ? a.intended < b.intended : a.id < b.id;
        });
        if (rows.size() > limits_.actions_of_target) {
            target.cut.actions += rows.size() - limits_.actions_of_target;
            rows.resize(limits_.actions_of_target);
        }
    }
}

AuditReport Audit::report() const {
    AuditReport report = seen_;
    report.targets = targets_;
    if (scope_.from != WallTime::min()) {
        report.from = scope_.from;
    }
    if (scope_.to != WallTime::max()) {
        report.to = scope_.to;
    }
    count_incidents(report);
    count_actions(report);
    for (const AuditTarget& target : report.targets) {
        report.incidents += target.incidents;
        report.guards.add(target.guards);
        report.cut.actions += target.cut.actions;
        report.cut.steps += target.cut.steps;
        for (std::size_t i = 0; i < level_count; ++i) {
            report.rungs.at(i).add(target.rungs.at(i));
            report.total.add(target.rungs.at(i));
        }
    }
    std::sort(report.targets.begin(),
              report.targets.end(),
              [](const AuditTarget& a, const AuditTarget& b) {
                  return a.host != b.host ? a.host < b.host : a.name < b.name;
              });
    return report;
}

}  // namespace primum::replay

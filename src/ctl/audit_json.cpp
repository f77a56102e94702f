// SPDX-License-Identifier: MIT
#include "ctl/audit.hpp"
#include "event/json_writer.hpp"

#include <primum/names.hpp>

namespace primum::ctl {
namespace {

using event::JsonWriter;
using replay::AuditCounts;

template <class T>
void member(JsonWriter& writer, std::string_view key, const T& value) {
    writer.key(key);
    writer.value(value);
}

void write_span(JsonWriter& writer, std::string_view key, std::optional<Duration> span) {
    writer.key(key);
    if (span) {
        writer.value(std::int64_t{span->count()});
    } else {
        writer.null();
    }
}

void write_wall(JsonWriter& writer, std::string_view key, WallTime at) {
    writer.key(key);
    if (at == WallTime{}) {
        writer.null();
    } else {
        writer.value(to_us(at));
    }
}

void write_share(JsonWriter& writer, std::string_view key, const replay::Share& share) {
    writer.key(key);
    writer.begin_object();
    member(writer, "is", share.is);
    member(writer, "of", share.of);
    writer.key("share");
    if (const auto value = share.value()) {
        writer.value(*value);
    } else {
        writer.null();
    }
    member(writer, "low", share.low());
    member(writer, "high", share.high());
    writer.end_object();
}

void write_spread(JsonWriter& writer, std::string_view key, const replay::Spread& spread) {
    writer.key(key);
    writer.begin_object();
    member(writer, "count", spread.count);
    const bool any = spread.count > 0;
    write_span(writer, "least_us", any ? std::optional{spread.least} : std::nullopt);
    write_span(writer, "median_us", any ? std::optional{spread.median} : std::nullopt);
    write_span(writer, "most_us", any ? std::optional{spread.most} : std::nullopt);
    write_span(writer, "low_us", spread.low);
    write_span(writer, "high_us", spread.high);
    member(writer, "thinned", spread.thinned);
    writer.end_object();
}

void write_times(JsonWriter& writer,
                 const AuditFindings& findings,
                 const replay::AuditTimes& times) {
    writer.key("times");
    writer.begin_object();
    if (findings.has_first_signs) {
        write_spread(writer, "detect", times.detect);
    } else {
        writer.key("detect");
        writer.null();
    }
    write_spread(writer, "decide", times.decide);
    write_spread(writer, "recover_acted", times.recover_acted);
    write_spread(writer, "recover_waited", times.recover_waited);
    writer.end_object();
}

// By name; those that are 0 are left out.
template <class E, std::size_t n>
void write_named(JsonWriter& writer,
                 std::string_view key,
                 const std::array<std::uint64_t, n>& counts) {
    writer.key(key);
    writer.begin_object();
    for (std::size_t i = 0; i < n; ++i) {
        if (counts.at(i) > 0) {
            member(writer, name_of(static_cast<E>(i)), counts.at(i));
        }
    }
    writer.end_object();
}

void write_counts(JsonWriter& writer, const AuditCounts& counts) {
    member(writer, "detected", counts.detected);
    member(writer, "would_act", counts.would_act);
    member(writer, "acted", counts.acted);
    member(writer, "forced", counts.forced);
    write_named<ActionResult>(writer, "results", counts.results);
    write_named<Outcome>(writer, "outcomes", counts.outcomes);
    write_named<Outcome>(writer, "dry_outcomes", counts.dry_outcomes);
    member(writer, "rolled_back", counts.rolled_back);
    member(writer, "rollback_failed", counts.rollback_failed);
    member(writer, "justified", counts.justified);
    member(writer, "unjustified", counts.unjustified);
    member(writer, "labelled", counts.labelled);
    write_share(writer, "precision", counts.precision());
    write_share(writer, "improved", counts.improved());
    write_share(writer, "recovered_anyway", counts.recovered_anyway());
}

void write_rungs(JsonWriter& writer, const std::array<AuditCounts, level_count>& rungs) {
    writer.key("levels");
    writer.begin_object();
    for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
        if (rungs.at(i) == AuditCounts{}) {
            continue;
        }
        writer.key(name_of(static_cast<Level>(i)));
        writer.begin_object();
        write_counts(writer, rungs.at(i));
        writer.end_object();
    }
    writer.end_object();
}

void write_guards(JsonWriter& writer, const replay::AuditGuards& guards) {
    writer.key("held_back");
    writer.begin_object();
    write_named<Guard>(writer, "first_veto", guards.first);
    write_named<Guard>(writer, "any_veto", guards.all);
    writer.end_object();
}

void write_evidence(JsonWriter& writer,
                    std::string_view key,
                    const std::vector<EvidenceItem>& evidence) {
    writer.key(key);
    writer.begin_array();
    for (const EvidenceItem& item : evidence) {
        writer.begin_object();
        member(writer, "indicator", item.indicator);
        member(writer, "severity", name_of(item.severity));
        member(writer, "value", item.value);
        member(writer, "why", item.why);
        writer.end_object();
    }
    writer.end_array();
}

void write_cost(JsonWriter& writer, const std::optional<replay::AuditCost>& cost) {
    writer.key("cost");
    if (!cost) {
        writer.null();
        return;
    }
    writer.begin_object();
    member(writer, "during", cost->during);
    writer.key("before");
    if (cost->before) {
        writer.value(*cost->before);
    } else {
        writer.null();
    }
    write_span(writer, "span_us", cost->span);
    writer.end_object();
}

void write_action(JsonWriter& writer, const replay::AuditAction& action) {
    writer.begin_object();
    member(writer, "id", action.id);
    member(writer, "incident", action.incident);
    member(writer, "level", name_of(action.level));
    member(writer, "kind", action.kind);
    member(writer, "candidate", action.candidate);
    member(writer, "dry_run", action.dry_run);
    member(writer, "forced", action.forced);
    write_wall(writer, "intended_wall_us", action.intended);
    write_wall(writer, "verified_wall_us", action.verified);
    member(writer, "state", name_of(action.state));
    member(writer, "result", name_of(action.result));
    member(writer, "outcome", name_of(action.outcome));
    member(writer, "judged", name_of(action.judged));
    member(writer,
           "judged_by",
           action.judged == ActionLabel::none ? ""
           : action.by_person                 ? "person"
                                              : "comparison");
    member(writer, "judged_for", action.judged_for);
    write_evidence(writer, "before", action.before);
    write_evidence(writer, "after", action.after);
    write_cost(writer, action.cost);
    writer.end_object();
}

void write_cuts(JsonWriter& writer, const replay::AuditCuts& cut) {
    writer.key("left_out");
    writer.begin_object();
    member(writer, "targets", cut.targets);
    member(writer, "incidents", cut.incidents);
    member(writer, "actions", cut.actions);
    member(writer, "steps", cut.steps);
    writer.end_object();
}

void write_target(JsonWriter& writer,
                  const AuditFindings& findings,
                  const replay::AuditTarget& target) {
    writer.begin_object();
    member(writer, "host", target.host);
    member(writer, "target", target.name);
    member(writer, "incidents", target.incidents);
    member(writer, "open", target.open);
    member(writer, "exhausted", target.exhausted);
    member(writer, "stalled", target.stalled);
    member(writer, "relapsed", target.relapsed);
    member(writer, "peak", name_of(target.peak));
    write_span(writer, "ill_us", target.ill);
    member(writer, "has_cost", target.has_cost);
    write_counts(writer, target.counts());
    write_rungs(writer, target.rungs);
    write_guards(writer, target.guards);
    write_times(writer, findings, target.times);
    writer.key("steps");
    writer.begin_array();
    for (const replay::AuditStep& step : target.steps) {
        writer.begin_array();
        writer.value(to_us(step.at));
        writer.value(std::uint64_t{index_of(step.level)});
        writer.end_array();
    }
    writer.end_array();
    writer.key("actions");
    writer.begin_array();
    for (const replay::AuditAction& action : target.actions) {
        write_action(writer, action);
    }
    writer.end_array();
    write_cuts(writer, target.cut);
    writer.end_object();
}

void write_difference(JsonWriter& writer, const std::optional<AuditDifference>& difference) {
    constexpr std::array<std::string_view, 3> changes{"new", "gone", "changed"};
    writer.key("against");
    if (!difference) {
        writer.null();
        return;
    }
    const AuditChanges count = changes_of(difference->report);
    writer.begin_object();
    member(writer, "rules", difference->rules);
    member(writer, "first", difference->report.first);
    member(writer, "second", difference->report.second);
    member(writer, "same", difference->report.same);
    member(writer, "new", std::uint64_t{count.appeared});
    member(writer, "gone", std::uint64_t{count.gone});
    member(writer, "changed", std::uint64_t{count.changed});
    writer.key("differences");
    writer.begin_array();
    for (const replay::Difference& one : difference->report.differences) {
        writer.begin_object();
        member(writer, "change", changes.at(static_cast<std::size_t>(one.change)));
        member(writer, "key", one.key());
        member(writer, "target", one.action.target);
        member(writer, "level", name_of(one.action.level));
        member(writer, "kind", one.action.kind);
        member(writer, "dry_run", one.action.dry_run);
        write_wall(writer, "wall_us", one.action.intended.wall);
        member(writer, "evidence", one.evidence);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
}

}  // namespace

std::string audit_json(const AuditFindings& findings) {
    const replay::AuditReport& report = findings.report;
    std::string json;
    JsonWriter writer{json};
    writer.begin_object();
    member(writer, "v", 1);
    member(writer, "schema", audit_schema);
    member(writer, "of", findings.of);
    write_wall(writer, "made_wall_us", findings.made);
    write_wall(writer, "from_wall_us", report.from);
    write_wall(writer, "to_wall_us", report.to);
    member(writer, "incidents", report.incidents);
    member(writer, "decisions", report.decisions);
    member(writer, "breaker_trips", report.breaker_trips);
    member(writer, "holds", report.holds);
    member(writer, "sources_failed", report.sources_failed);
    write_counts(writer, report.total);
    write_rungs(writer, report.rungs);
    write_guards(writer, report.guards);
    write_times(writer, findings, report.times);
    write_difference(writer, findings.difference);
    writer.key("targets");
    writer.begin_array();
    for (const replay::AuditTarget& target : report.targets) {
        write_target(writer, findings, target);
    }
    writer.end_array();
    write_cuts(writer, report.cut);
    writer.key("remarks");
    writer.begin_array();
    for (const std::string& remark : findings.remarks) {
        writer.value(remark);
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

}  // namespace primum::ctl

// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>

#include <vector>

namespace primum::event {

inline Stamp stamp(std::int64_t us) {
    return {instant_from_us(us), wall_from_us(1'795'312'800'000'000 + us)};
}

inline ActionRecord sample_action() {
    ActionRecord action;
    action.id = "uuid-4";
    action.sequence = 4;
    action.incident = 2;
    action.target = "gateway";
    action.unit = "gateway.service";
    action.level = Level::restart;
    action.index = 1;
    action.kind = "restart";
    action.provider = "upstream";
    action.from = "east";
    action.candidate = "west";
    action.way_back = WayBack::files;
    action.plan_digest = "abc";
    action.dry_run = true;
    action.streak = 3;
    action.intended = stamp(-5);
    action.guards = {{Guard::cooldown, Verdict::veto, "until \"noon\""},
                     {Guard::preflight, Verdict::not_asked, ""}};
    action.evidence = {{"latency", Severity::critical, "0.5", "above 0.25"}};
    return action;
}

inline IncidentRecord sample_incident() {
    IncidentRecord incident;
    incident.id = 2;
    incident.target = "gateway";
    incident.opened = stamp(1);
    incident.updated = stamp(2);
    incident.closed = stamp(3);
    incident.open = false;
    incident.dry_run = true;
    incident.level = Level::retry;
    incident.peak = Level::restart;
    incident.phase = Phase::soaking;
    incident.reason = "recovered";
    incident.spent = 6;
    incident.helped = Level::restart;
    incident.attempts = {0, 1, 2, 3, 4, 5};
    incident.dry_attempts = {5, 4, 3, 2, 1, 0};
    incident.exhausted_code = "cooldown";
    incident.paged = 5;
    incident.in_other_hands = true;
    incident.changes = 9;
    incident.held_back_since = {Instant{Duration{7}}, WallTime{Duration{8}}};
    return incident;
}

inline HoldRecord sample_hold() {
    return {9, "gateway", true, 1000, "upgrade", stamp(10), stamp(20), false};
}

inline RestoredState sample_state() {
    RestoredState state;
    state.boot_id = "boot-b";
    state.clock_synchronised = true;
    state.ledger_uuid = "uuid";
    state.next_action = 5;
    state.next_incident = 3;
    state.next_hold = 10;
    state.ledger_healthy = false;
    state.disabled = true;
    state.incidents.push_back(
        {sample_incident(), {stamp(1), "boot-a"}, {stamp(2), "boot-a"}, {stamp(3), "boot-b"}});
    state.actions.push_back({sample_action(),
                             ActionState::verified,
                             ActionResult::done,
                             Outcome::worse,
                             {stamp(-5), "boot-a"},
                             {stamp(7), "boot-b"}});
    state.holds.push_back({sample_hold(), {stamp(10), "boot-a"}, {stamp(20), "boot-b"}});
    return state;
}

// One event of every type, no field at its default.
inline std::vector<Event> sample_events() {
    std::vector<EventBody> bodies;
    bodies.push_back(RestoreEvent{sample_state()});
    bodies.push_back(RulesEvent{"digest", "[target.x]\n\"é\"", nullptr});
    bodies.push_back(SeriesEvent{"metrics",
                                 7,
                                 "requests{code=\"500\",a=\"b\"}",
                                 {"requests", {{"a", "b"}, {"code", "500"}}}});
    bodies.push_back(SampleEvent{"metrics", 7, 0.1});
    bodies.push_back(SamplesEvent{"metrics", {{7, 1}, {8, -2.5}}});
    bodies.push_back(SourceEvent{"metrics", true, "timeout", "late"});
    bodies.push_back(UnitEvent{"a.service",
                               "loaded",
                               "failed",
                               "dead",
                               "signal",
                               "0af",
                               "always",
                               Duration{100'000},
                               3,
                               44});
    bodies.push_back(JobEvent{"a.service", 44, "restart", true, "done", true});
    bodies.push_back(FileEvent{"gateway", "/etc/x"});
    bodies.push_back(ProviderEvent{"upstream", "west", "points to /etc/west"});
    bodies.push_back(OperatorEvent{1,
                                   OperatorVerb::mark,
                                   "gateway",
                                   2,
                                   "l-1",
                                   Level::restart,
                                   ActionLabel::unjustified,
                                   "upstream",
                                   "west",
                                   CandidateState::rate_limited,
                                   Duration{5},
                                   true,
                                   "not seen ill",
                                   "why",
                                   1000,
                                   {4711, "session-3.scope", "3"}});
    bodies.push_back(HostEvent{HostChange::clock_jumped, true, true, "by 3 s"});
    bodies.push_back(
        PreflightEvent{3, Preflight::cannot, Refusal::masked, "masked", {"b.service"}});
    bodies.push_back(ActionEvent{"uuid-4",
                                 ActionPhase::settled,
                                 ActionResult::ambiguous,
                                 Refusal::bus,
                                 SettledAs::running,
                                 "job 44",
                                 Duration{9}});
    bodies.push_back(LedgerEvent{LedgerNews::unhealthy, "uuid-4", "disk full"});
    bodies.push_back(SlotEvent{8, true, "1 of 2"});
    bodies.push_back(TickEvent{});
    std::vector<Event> events;
    std::int64_t at = -1;
    for (EventBody& body : bodies) {
        events.push_back({stamp(at++), std::move(body)});
    }
    return events;
}

}  // namespace primum::event

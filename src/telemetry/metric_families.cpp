// SPDX-License-Identifier: MIT
#include "telemetry/metric_families.hpp"

#include <string>

namespace primum::telemetry {
namespace {

using prometheus::Registry;

MetricFamilies::Counters& counters(Registry& registry,
                                   const std::string& name,
                                   const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

MetricFamilies::Gauges& gauges(Registry& registry,
                               const std::string& name,
                               const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

MetricFamilies::Histograms& histograms(Registry& registry,
                                       const std::string& name,
                                       const std::string& help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

// clang-format off: a table
MetricFamilies::MetricFamilies()
    : build_info(gauges(registry, "primum_build_info",
          "Always 1; the label names the version that runs.")),
      events(counters(registry, "primum_events_total",
          "Events that reached the core, by type.")),
      events_rejected(counters(registry, "primum_events_rejected_total",
          "Events that the core did not take, by reason.")),
      decisions(counters(registry, "primum_decisions_total",
          "Decisions recorded, by target, level and kind; dry-run ones included.")),
      guard_vetoes(counters(registry, "primum_guard_vetoes_total",
          "Vetoes in recorded decisions, by target and guard.")),
      action_intents(counters(registry, "primum_action_intents_total",
          "Real actions intended, by target, level and remedy.")),
      actions(counters(registry, "primum_actions_total",
          "Real actions finished, by target, level, remedy and result.")),
      action_outcomes(counters(registry, "primum_action_outcomes_total",
          "Real actions verified, by target, level, remedy and outcome.")),
      rollbacks(counters(registry, "primum_rollbacks_total",
          "Ways back taken, by target, level, remedy and result.")),
      lost_state(counters(registry, "primum_lost_state_total",
          "Restarts after which less of the unit's state was there than before, by target.")),
      would_act(counters(registry, "primum_would_act_total",
          "Actions that only dry-run held back, by target, level and remedy.")),
      would_act_outcomes(counters(registry, "primum_would_act_outcomes_total",
          "What became of the target after a would-act, by target, level, remedy and outcome.")),
      refusals(counters(registry, "primum_refusals_total",
          "Refusals by the actuator or on the way to it, by code.")),
      incidents_opened(counters(registry, "primum_incidents_opened_total",
          "Incidents opened, by target.")),
      incidents_closed(counters(registry, "primum_incidents_closed_total",
          "Incidents closed, by target.")),
      incidents_open(gauges(registry, "primum_incidents_open",
          "Incidents open now, those of sources included.")),
      target_level(gauges(registry, "primum_target_level",
          "Rung of the target, 0 to 5; a target without news since the start is at 0 and absent.")),
      indicator_severity(gauges(registry, "primum_indicator_severity",
          "Confirmed severity: 0 unknown, 1 ok, 2 info, 3 warning, 4 error, 5 critical.")),
      targets(gauges(registry, "primum_targets",
          "Targets in the rules in force.")),
      holds(gauges(registry, "primum_holds",
          "Operators' holds and disables in force.")),
      disabled(gauges(registry, "primum_disabled",
          "1 while the off switch is on.")),
      warming_up(gauges(registry, "primum_warming_up",
          "1 while the host warms up and only level 1 is allowed.")),
      ledger_healthy(gauges(registry, "primum_ledger_healthy",
          "1 while the ledger takes records; else nothing is done.")),
      actions_in_flight(gauges(registry, "primum_actions_in_flight",
          "Real actions between intent and verification.")),
      host_actions_used(gauges(registry, "primum_host_actions_used",
          "Real actions counted in the window of the host's budget.")),
      source_up(gauges(registry, "primum_source_up",
          "1 when the last collection of the source succeeded.")),
      source_age(gauges(registry, "primum_source_age_seconds",
          "Time since the last successful collection of the source.")),
      source_samples(gauges(registry, "primum_source_samples",
          "Samples taken from the last successful collection of the source.")),
      source_series(gauges(registry, "primum_source_series",
          "Series of the source that are held now.")),
      source_late(gauges(registry, "primum_source_late_seconds",
          "How long after its due time the last collection of the source began.")),
      source_latest(gauges(registry, "primum_source_latest_seconds",
          "The longest time after its due time that a collection of the source began.")),
      source_duration(gauges(registry, "primum_source_duration_seconds",
          "How long the last collection of the source took, its tries included.")),
      source_collections(counters(registry, "primum_source_collections_total",
          "Successful collections of the source.")),
      source_failures(counters(registry, "primum_source_failures_total",
          "Failed collections of the source, by class of error.")),
      source_retries(counters(registry, "primum_source_retries_total",
          "Further tries of the source within an interval.")),
      source_samples_taken(counters(registry, "primum_source_samples_total",
          "Samples taken from the source.")),
      source_refused(counters(registry, "primum_source_refused_total",
          "Series or lines of the source over a limit, or not allowed.")),
      source_partial(counters(registry, "primum_source_partial_total",
          "Answers of the source that said they were not whole.")),
      source_bytes(counters(registry, "primum_source_bytes_total",
          "Bytes read from the source.")),
      rules_reloads(counters(registry, "primum_rules_reloads_total",
          "Loads of the rules, by result; the one at start included.")),
      rules_last_reload_ok(gauges(registry, "primum_rules_last_reload_ok",
          "0 when the last reload was refused and older rules are in force.")),
      rules_info(gauges(registry, "primum_rules_info",
          "Always 1; the label is the digest of the rules in force.")),
      queue_dropped(counters(registry, "primum_queue_dropped_total",
          "Entries that were lost before they were written, by queue.")),
      push_refused(counters(registry, "primum_push_refused_total",
          "Pushed lines and datagrams that were refused, by code.")),
      webhooks_refused(counters(registry, "primum_webhooks_refused_total",
          "Webhooks of alerts that were refused before it was known whose they are.")),
      recording(gauges(registry, "primum_recording",
          "1 while events are recorded; absent where they are not to be.")),
      pages(counters(registry, "primum_pages_total",
          "Pages for people, by kind.")),
      operator_commands(counters(registry, "primum_operator_commands_total",
          "Operators' commands, by verb and whether they were accepted.")),
      unit_starts(counters(registry, "primum_unit_starts_total",
          "Starts of watched units, by who started them: us, systemd or somebody.")),
      breaker_tripped(gauges(registry, "primum_breaker_tripped",
          "1 while a breaker is tripped; target is empty for the host's.")),
      candidate_state(gauges(registry, "primum_provider_candidate_state",
          "1 for the state in which the candidate of a provider stands, 0 for the others.")),
      provider_current(gauges(registry, "primum_provider_current",
          "1 for the candidate that the provider's pointer names, 0 for the others.")),
      failovers(counters(registry, "primum_failovers_total",
          "Real failovers intended, by provider and the candidate pointed at.")),
      failbacks(counters(registry, "primum_failbacks_total",
          "Failovers undone because what is preferred is healthy, by target and result.")),
      decision_latency(histograms(registry, "primum_decision_latency_seconds",
          "From the arrival of an event until its effects were known.")),
      loop_turn(histograms(registry, "primum_loop_turn_seconds",
          "One turn of the loop, without the waiting.")),
      action_duration(histograms(registry, "primum_action_duration_seconds",
          "Real actions from start to the end of their job, by remedy.")),
      resident_memory(gauges(registry, "primum_process_resident_memory_bytes",
          "Resident memory of primumd.")),
      cpu_seconds(counters(registry, "primum_process_cpu_seconds_total",
          "CPU time used by primumd, user and system.")) {}
// clang-format on

}  // namespace primum::telemetry

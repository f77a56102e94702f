// SPDX-License-Identifier: MIT
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace primum::telemetry {

// Every metric family that primumd exposes, with its help text; the one place where names stand.
struct MetricFamilies {
    using Counters = prometheus::Family<prometheus::Counter>;
    using Gauges = prometheus::Family<prometheus::Gauge>;
    using Histograms = prometheus::Family<prometheus::Histogram>;

    MetricFamilies();

    prometheus::Registry registry;

    Gauges& build_info;
    Counters& events;
    Counters& events_rejected;
    Counters& decisions;
    Counters& guard_vetoes;
    Counters& action_intents;
    Counters& actions;
    Counters& action_outcomes;
    Counters& rollbacks;
    Counters& lost_state;
    Counters& would_act;
    Counters& would_act_outcomes;
    Counters& refusals;
    Counters& incidents_opened;
    Counters& incidents_closed;
    Gauges& incidents_open;
    Gauges& target_level;
    Gauges& indicator_severity;
    Gauges& targets;
    Gauges& holds;
    Gauges& disabled;
    Gauges& warming_up;
    Gauges& ledger_healthy;
    Gauges& actions_in_flight;
    Gauges& host_actions_used;
    Gauges& source_up;
    Gauges& source_age;
    Gauges& source_samples;
    Gauges& source_series;
    Gauges& source_late;
    Gauges& source_latest;
    Gauges& source_duration;
    Counters& source_collections;
    Counters& source_failures;
    Counters& source_retries;
    Counters& source_samples_taken;
    Counters& source_refused;
    Counters& source_partial;
    Counters& source_bytes;
    Counters& rules_reloads;
    Gauges& rules_last_reload_ok;
    Gauges& rules_info;
    Counters& queue_dropped;
    Counters& push_refused;
    Counters& webhooks_refused;
    Gauges& recording;
    Counters& pages;
    Counters& notices;
    Gauges& notices_waiting;
    Gauges& notices_oldest;
    Counters& operator_commands;
    Counters& unit_starts;
    Gauges& breaker_tripped;
    Gauges& precision_actions;
    Gauges& candidate_state;
    Gauges& provider_current;
    Counters& failovers;
    Counters& failbacks;
    Histograms& decision_latency;
    Histograms& loop_turn;
    Histograms& action_duration;
    Gauges& resident_memory;
    Counters& cpu_seconds;
};

}  // namespace primum::telemetry

// SPDX-License-Identifier: MIT
#include "telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace primum::telemetry {
namespace {

class MetricsTest : public testing::Test {
protected:
    MetricsTest() { load({"gateway", "postgres"}, {"web"}, "d1"); }

    void load(const std::vector<std::string>& targets,
              const std::vector<std::string>& sources,
              const std::string& digest) {
        auto rules = std::make_shared<RuleSet>();
        for (const auto& name : targets) {
            rules->targets.emplace_back().name = name;
        }
        for (const auto& name : sources) {
            rules->sources.emplace_back().name = name;
        }
        RulesEvent event;
        event.digest = digest;
        event.compiled = rules;
        metrics_.observe(Event{at(0), event});
    }
    static Stamp at(std::int64_t seconds) {
        return {instant_from_us(seconds * 1'000'000), wall_from_us(0)};
    }
    void event(EventBody body, std::int64_t seconds = 0) {
        metrics_.observe(Event{at(seconds), std::move(body)});
    }
    void record(Record body) { metrics_.observe(Effect{RecordEffect{std::move(body)}}); }

    void act(const std::string& id, bool dry_run, const std::string& target = "gateway") {
        ActionRecord action;
        action.id = id;
        action.target = target;
        action.level = Level::restart;
        action.kind = "restart";
        action.dry_run = dry_run;
        record(action);
    }
    void finish(const std::string& id, ActionResult result) {
        TransitionRecord transition;
        transition.action = id;
        transition.state = ActionState::finished;
        transition.result = result;
        transition.took = std::chrono::milliseconds{1'500};
        record(transition);
    }
    void verify(const std::string& id, Outcome outcome) {
        TransitionRecord transition;
        transition.action = id;
        transition.state = ActionState::verified;
        transition.outcome = outcome;
        record(transition);
    }
    void move(const std::string& id, ActionState state) {
        TransitionRecord transition;
        transition.action = id;
        transition.state = state;
        record(transition);
    }
    void decide(const std::string& target, DecisionKind kind) {
        DecisionRecord decision;
        decision.target = target;
        decision.kind = kind;
        decision.level = Level::retry;
        decision.guards = {{Guard::held, Verdict::veto, ""},
                           {Guard::cooldown, Verdict::veto, ""},
                           {Guard::breaker, Verdict::pass, ""},
                           {Guard::preflight, Verdict::not_asked, ""}};
        record(decision);
    }
    // The value of one line of the page, or "absent".
    [[nodiscard]] std::string value(const std::string& series) const {
        const auto page = "\n" + metrics_.page();
        const auto found = page.find("\n" + series + " ");
        if (found == std::string::npos) {
            return "absent";
        }
        const auto begin = found + series.size() + 2;
        return page.substr(begin, page.find('\n', begin) - begin);
    }

    Metrics metrics_{"0.1.0"};
};

TEST_F(MetricsTest, CountsEventsByType) {
    event(TickEvent{});
    event(TickEvent{});
    event(UnitEvent{});
    EXPECT_EQ(value("primum_events_total{type=\"tick\"}"), "2");
    EXPECT_EQ(value("primum_events_total{type=\"unit\"}"), "1");
    EXPECT_EQ(value("primum_events_total{type=\"rules\"}"), "1");
    EXPECT_EQ(value("primum_events_total{type=\"slot\"}"), "0");
    event(SlotEvent{});
    EXPECT_EQ(value("primum_events_total{type=\"slot\"}"), "1");
}

TEST_F(MetricsTest, CountsDecisionsAndTheVetoesInThem) {
    decide("gateway", DecisionKind::waited);
    decide("gateway", DecisionKind::waited);
    EXPECT_EQ(value("primum_decisions_total{kind=\"waited\",level=\"retry\",target=\"gateway\"}"),
              "2");
    EXPECT_EQ(value("primum_guard_vetoes_total{guard=\"held\",target=\"gateway\"}"), "2");
    EXPECT_EQ(value("primum_guard_vetoes_total{guard=\"cooldown\",target=\"gateway\"}"), "2");
    EXPECT_EQ(value("primum_guard_vetoes_total{guard=\"breaker\",target=\"gateway\"}"), "absent");
    EXPECT_EQ(value("primum_guard_vetoes_total{guard=\"preflight\",target=\"gateway\"}"), "absent");
}

TEST_F(MetricsTest, CountsRealActionsByResultAndOutcome) {
    act("a-1", false);
    finish("a-1", ActionResult::done);
    verify("a-1", Outcome::worse);
    move("a-1", ActionState::rolled_back);
    act("a-2", false);
    finish("a-2", ActionResult::failed);
    const std::string who = "level=\"restart\",";
    const std::string on = ",target=\"gateway\"}";
    EXPECT_EQ(value("primum_action_intents_total{" + who + "remedy=\"restart\"" + on), "2");
    EXPECT_EQ(value("primum_actions_total{" + who + "remedy=\"restart\",result=\"done\"" + on),
              "1");
    EXPECT_EQ(value("primum_actions_total{" + who + "remedy=\"restart\",result=\"failed\"" + on),
              "1");
    EXPECT_EQ(
        value("primum_action_outcomes_total{" + who + "outcome=\"worse\",remedy=\"restart\"" + on),
        "1");
    EXPECT_EQ(value("primum_rollbacks_total{" + who + "remedy=\"restart\",result=\"done\"" + on),
              "1");
    EXPECT_EQ(value("primum_action_duration_seconds_count{remedy=\"restart\"}"), "2");
    EXPECT_EQ(value("primum_action_duration_seconds_sum{remedy=\"restart\"}"), "3");
}

TEST_F(MetricsTest, CountsRestartsThatLostState) {
    act("a-1", false);
    TransitionRecord transition;
    transition.action = "a-1";
    transition.state = ActionState::finished;
    transition.result = ActionResult::done;
    transition.facts.lost_state = true;
    record(transition);
    EXPECT_EQ(value("primum_lost_state_total{target=\"gateway\"}"), "1");
}

// Lesson: dry-run moves the real counters.
TEST_F(MetricsTest, DryRunMovesNoRealCounter) {
    act("d-1", true);
    finish("d-1", ActionResult::done);
    verify("d-1", Outcome::recovered_anyway);
    move("d-1", ActionState::rolled_back);
    const std::string who = "{level=\"restart\",remedy=\"restart\",target=\"gateway\"}";
    EXPECT_EQ(value("primum_would_act_total" + who), "1");
    EXPECT_EQ(
        value("primum_would_act_outcomes_total{level=\"restart\",outcome=\"recovered_anyway\","
              "remedy=\"restart\",target=\"gateway\"}"),
        "1");
    const auto page = metrics_.page();
    for (const auto* real : {"primum_action_intents_total",
                             "primum_actions_total",
                             "primum_action_outcomes_total",
                             "primum_rollbacks_total",
                             "primum_action_duration_seconds"}) {
        EXPECT_EQ(page.find(real), std::string::npos) << real;
    }
}

TEST_F(MetricsTest, KnowsTheActionsOfBeforeTheStart) {
    RestoreEvent restore;
    restore.state.actions.resize(1);
    restore.state.actions[0].action.id = "old-1";
    restore.state.actions[0].action.target = "postgres";
    restore.state.actions[0].action.level = Level::retry;
    restore.state.actions[0].action.kind = "reload";
    event(restore);
    finish("old-1", ActionResult::ambiguous);
    EXPECT_EQ(value("primum_actions_total{level=\"retry\",remedy=\"reload\",result=\"ambiguous\","
                    "target=\"postgres\"}"),
              "1");
    finish("never-seen", ActionResult::done);
    EXPECT_EQ(value("primum_actions_total{level=\"unknown\",remedy=\"unknown\",result=\"done\","
                    "target=\"other\"}"),
              "1");
}

TEST_F(MetricsTest, CountsIncidentsOnceHoweverOftenTheyAreWritten) {
    IncidentRecord incident;
    incident.id = 5;
    incident.target = "gateway";
    record(incident);
    record(incident);
    EXPECT_EQ(value("primum_incidents_open"), "1");
    incident.open = false;
    record(incident);
    record(incident);
    EXPECT_EQ(value("primum_incidents_opened_total{target=\"gateway\"}"), "1");
    EXPECT_EQ(value("primum_incidents_closed_total{target=\"gateway\"}"), "1");
    EXPECT_EQ(value("primum_incidents_open"), "0");
}

TEST_F(MetricsTest, RestoredIncidentsAreOpenButNotNew) {
    Metrics fresh;
    RestoreEvent restore;
    restore.state.incidents.resize(1);
    auto& incident = restore.state.incidents[0].incident;
    incident.id = 9;
    incident.target = "gateway";
    incident.level = Level::restart;
    fresh.observe(Event{at(0), restore});
    RulesEvent rules;
    auto compiled = std::make_shared<RuleSet>();
    compiled->targets.emplace_back().name = "gateway";
    rules.compiled = compiled;
    fresh.observe(Event{at(0), rules});
    const auto page = fresh.page();
    EXPECT_NE(page.find("\nprimum_incidents_open 1\n"), std::string::npos);
    EXPECT_NE(page.find("\nprimum_target_level{target=\"gateway\"} 4\n"), std::string::npos);
    EXPECT_EQ(page.find("primum_incidents_opened_total"), std::string::npos);
    EXPECT_EQ(page.find("primum_build_info"), std::string::npos);
}

TEST_F(MetricsTest, ShowsLevelsAndSeverities) {
    EXPECT_EQ(value("primum_target_level{target=\"gateway\"}"), "absent");
    metrics_.observe(Effect{LevelChanged{"gateway", 1, Level::observe, Level::retry, ""}});
    metrics_.observe(
        Effect{SeverityChanged{"gateway", "errors", Severity::ok, Severity::critical, ""}});
    EXPECT_EQ(value("primum_target_level{target=\"gateway\"}"), "2");
    EXPECT_EQ(value("primum_indicator_severity{indicator=\"errors\",target=\"gateway\"}"), "5");
    EXPECT_EQ(value("primum_targets"), "2");
}

TEST_F(MetricsTest, PrecisionGoesOnAfterARestartAndGoesWithItsTarget) {
    const auto shown = [&](const char* what) {
        return value(std::string{"primum_precision_actions{level=\"observe\",target=\"gateway\","} +
                     "what=\"" + what + "\"}");
    };
    PrecisionRecord row{"gateway", Level::observe, "digest", 1, 5, 4, 0, 2, 1, 1, 0, {}, {}};
    EXPECT_EQ(shown("detected"), "absent");
    RestoreEvent restore;
    restore.state.precision = {row};
    event(std::move(restore));
    load({"gateway"}, {"web"}, "d2");
    EXPECT_EQ(shown("detected"), "5");
    EXPECT_EQ(shown("unjustified"), "1");
    row.justified = 3;
    record(row);
    EXPECT_EQ(shown("justified"), "3");
    load({"gateway"}, {"web"}, "d3");
    EXPECT_EQ(shown("justified"), "3") << "a reload that changes nothing here";
    row.target = "stranger";
    record(row);
    EXPECT_EQ(metrics_.page().find("stranger"), std::string::npos);
    load({}, {"web"}, "d4");
    EXPECT_EQ(shown("detected"), "absent");
}

TEST_F(MetricsTest, ShowsHowCandidatesStandAndWhichIsInUse) {
    const auto standing = [](const char* candidate, const char* state) {
        return std::string{"primum_provider_candidate_state{candidate=\""} + candidate +
               "\",provider=\"up\",state=\"" + state + "\"}";
    };
    auto rules = std::make_shared<RuleSet>();
    rules->targets.emplace_back().name = "gateway";
    ProviderRule& provider = rules->providers.emplace_back();
    provider.name = "up";
    provider.digest = "p1";
    provider.candidates.resize(2);
    provider.candidates[0].name = "east";
    provider.candidates[1].name = "west";
    event(RulesEvent{"d2", "", rules});
    EXPECT_EQ(value(standing("east", "unknown")), "1");
    EXPECT_EQ(value(standing("east", "dead")), "0");
    ProviderRecord news;
    news.provider = "up";
    news.candidate = "east";
    news.state = CandidateState::dead;
    news.current = true;
    record(news);
    EXPECT_EQ(value(standing("east", "unknown")), "0");
    EXPECT_EQ(value(standing("east", "dead")), "1");
    EXPECT_EQ(value("primum_provider_current{candidate=\"east\",provider=\"up\"}"), "1");
    ActionRecord action;
    action.id = "a-1";
    action.target = "gateway";
    action.kind = "failover";
    action.provider = "up";
    action.candidate = "west";
    record(action);
    EXPECT_EQ(value("primum_failovers_total{candidate=\"west\",provider=\"up\"}"), "1");
    DecisionRecord decision;
    decision.target = "gateway";
    decision.kind = DecisionKind::rolled_back;
    decision.reason = "failback";
    record(decision);
    EXPECT_EQ(value("primum_failbacks_total{result=\"rolled_back\",target=\"gateway\"}"), "1");
    auto without = std::make_shared<RuleSet>();
    without->targets.emplace_back().name = "gateway";
    event(RulesEvent{"d3", "", without});
    EXPECT_EQ(value(standing("east", "dead")), "absent");
    news.provider = "a stranger";
    record(news);
    EXPECT_EQ(value("primum_provider_current{candidate=\"east\",provider=\"a stranger\"}"),
              "absent");
}

TEST_F(MetricsTest, ShowsWhatItsSourcesDo) {
    event(SourceEvent{"web", false, "timeout", ""}, 5);
    EXPECT_EQ(value("primum_source_up{source=\"web\"}"), "0");
    event(SourceEvent{"web", false, "made up by a stranger", ""}, 6);
    event(SourceEvent{"web", true, "", ""}, 10);
    event(SamplesEvent{"web", {{0, 1}}}, 10);
    EXPECT_EQ(value("primum_source_up{source=\"web\"}"), "1");
    EXPECT_EQ(value("primum_source_samples{source=\"web\"}"), "1");
    EXPECT_EQ(value("primum_source_failures_total{error_class=\"timeout\",source=\"web\"}"), "1");
    EXPECT_EQ(value("primum_source_failures_total{error_class=\"other\",source=\"web\"}"), "1");
}

TEST_F(MetricsTest, EveryWordOfAFailureIsALabel) {
    for (const auto word : enum_names<SourceFailure>) {
        event(SourceEvent{"web", false, std::string{word}, ""});
        EXPECT_EQ(value("primum_source_failures_total{error_class=\"" + std::string{word} +
                        "\",source=\"web\"}"),
                  "1");
    }
}

TEST_F(MetricsTest, ShowsTheFiguresOfItsSources) {
    const auto web = [this](const std::string& name) {
        return value("primum_source_" + name + "{source=\"web\"}");
    };
    SourceStats stats;
    stats.collections = 10;
    stats.failures = 4;
    stats.retries = 3;
    stats.samples = 60;
    stats.refused = 2;
    stats.partial = 1;
    stats.bytes = 4'096;
    stats.series = 12;
    stats.took = std::chrono::milliseconds{1'500};
    stats.late = std::chrono::milliseconds{250};
    stats.latest = std::chrono::milliseconds{500};
    stats.failing_since = at(5).t;
    metrics_.sources({{"web", stats}, {"a stranger", stats}}, at(17).t);
    EXPECT_EQ(web("up"), "0");
    EXPECT_EQ(web("age_seconds"), "absent") << "there was no good collection yet";
    EXPECT_EQ(value("primum_source_up{source=\"a stranger\"}"), "absent");

    stats.failing_since.reset();
    stats.last = at(10).t;
    stats.collections = 12;
    metrics_.sources({{"web", stats}}, at(17).t);
    EXPECT_EQ(web("up"), "1");
    EXPECT_EQ(web("age_seconds"), "7");
    EXPECT_EQ(web("collections_total"), "8");
    EXPECT_EQ(web("retries_total"), "3");
    EXPECT_EQ(web("samples_total"), "60");
    EXPECT_EQ(web("refused_total"), "2");
    EXPECT_EQ(web("partial_total"), "1");
    EXPECT_EQ(web("bytes_total"), "4096");
    EXPECT_EQ(web("series"), "12");
    EXPECT_EQ(web("duration_seconds"), "1.5");
    EXPECT_EQ(web("late_seconds"), "0.25");
    EXPECT_EQ(web("latest_seconds"), "0.5");
}

TEST_F(MetricsTest, TheCountsOfASourceThatBeganAnewGoOn) {
    SourceStats stats;
    stats.bytes = 100;
    metrics_.sources({{"web", stats}}, at(1).t);
    stats.bytes = 30;
    metrics_.sources({{"web", stats}}, at(2).t);
    EXPECT_EQ(value("primum_source_bytes_total{source=\"web\"}"), "130");
}

TEST_F(MetricsTest, AnIncidentOfASourceHasItsName) {
    decide("source:web", DecisionKind::source_failed);
    EXPECT_EQ(value("primum_decisions_total{kind=\"source_failed\",level=\"retry\","
                    "target=\"source:web\"}"),
              "1");
}

TEST_F(MetricsTest, WhatTheRulesDoNotNameIsOther) {
    decide("stranger", DecisionKind::waited);
    decide("source:stranger", DecisionKind::waited);
    EXPECT_EQ(value("primum_decisions_total{kind=\"waited\",level=\"retry\",target=\"other\"}"),
              "2");
    metrics_.observe(Effect{LevelChanged{"stranger", 1, Level::observe, Level::retry, ""}});
    event(SamplesEvent{"stranger", {}});
    EXPECT_EQ(metrics_.page().find("stranger"), std::string::npos);
}

TEST_F(MetricsTest, AReloadForgetsWhatIsGoneAndKeepsTheRest) {
    decide("gateway", DecisionKind::waited);
    decide("postgres", DecisionKind::waited);
    act("a-1", false);
    event(SamplesEvent{"web", {}});
    load({"postgres"}, {}, "d2");
    const auto page = metrics_.page();
    EXPECT_EQ(page.find("gateway"), std::string::npos) << page;
    EXPECT_EQ(page.find("source=\"web\""), std::string::npos) << page;
    EXPECT_EQ(value("primum_decisions_total{kind=\"waited\",level=\"retry\",target=\"postgres\"}"),
              "1");
    EXPECT_EQ(value("primum_rules_info{digest=\"d2\"}"), "1");
    EXPECT_EQ(value("primum_rules_info{digest=\"d1\"}"), "absent");
    EXPECT_EQ(value("primum_targets"), "1");
    load({"gateway", "postgres"}, {"web"}, "d3");
    decide("gateway", DecisionKind::waited);
    SourceStats stats;
    stats.collections = 1;
    metrics_.sources({{"web", stats}}, at(1).t);
    EXPECT_EQ(value("primum_decisions_total{kind=\"waited\",level=\"retry\",target=\"gateway\"}"),
              "1");
    EXPECT_EQ(value("primum_source_collections_total{source=\"web\"}"), "1");
}

TEST_F(MetricsTest, SaysThatTheLastReloadWasRefused) {
    EXPECT_EQ(value("primum_rules_last_reload_ok"), "1");
    metrics_.rules_refused();
    EXPECT_EQ(value("primum_rules_last_reload_ok"), "0");
    EXPECT_EQ(value("primum_rules_reloads_total{result=\"refused\"}"), "1");
    EXPECT_EQ(value("primum_rules_info{digest=\"d1\"}"), "1");
    load({"gateway"}, {}, "d2");
    EXPECT_EQ(value("primum_rules_last_reload_ok"), "1");
    EXPECT_EQ(value("primum_rules_reloads_total{result=\"ok\"}"), "2");
}

TEST_F(MetricsTest, CountsRefusalsByCode) {
    event(PreflightEvent{1, Preflight::can, Refusal::none, "", {}});
    event(PreflightEvent{2, Preflight::not_now, Refusal::foreign_job, "", {}});
    ActionEvent refused;
    refused.phase = ActionPhase::finished;
    refused.result = ActionResult::failed;
    refused.refusal = Refusal::disabled;
    event(refused);
    EXPECT_EQ(value("primum_refusals_total{code=\"foreign_job\"}"), "1");
    EXPECT_EQ(value("primum_refusals_total{code=\"disabled\"}"), "1");
    EXPECT_EQ(value("primum_refusals_total{code=\"none\"}"), "absent");
}

TEST_F(MetricsTest, CountsRejectedEventsByAtMostSoManyReasons) {
    metrics_.observe(Effect{Rejected{"time_went_back", "by 3 s"}});
    metrics_.observe(Effect{Rejected{"time_went_back", "by 4 s"}});
    EXPECT_EQ(value("primum_events_rejected_total{reason=\"time_went_back\"}"), "2");
    for (int i = 0; i < 100; ++i) {
        metrics_.observe(Effect{Rejected{"reason_" + std::to_string(i), ""}});
    }
    EXPECT_EQ(value("primum_events_rejected_total{reason=\"other\"}"), "69");
    metrics_.observe(Effect{Rejected{"time_went_back", ""}});
    EXPECT_EQ(value("primum_events_rejected_total{reason=\"time_went_back\"}"), "3");
}

TEST_F(MetricsTest, CountsPagesCommandsAndDrops) {
    Notify page;
    page.kind = PageKind::stalled;
    metrics_.observe(Effect{page});
    OperatorRecord command;
    command.verb = "hold";
    command.accepted = true;
    record(command);
    command.verb = "nonsense";
    command.accepted = false;
    record(command);
    metrics_.queue_dropped("journal", 5);
    metrics_.queue_dropped("journal", 7);
    metrics_.queue_dropped("journal", 7);
    metrics_.recording(true);
    for (const std::uint64_t total : {2U, 3U, 3U}) {
        metrics_.push_refused("rate_limited", total);
        metrics_.webhooks_refused(2 * total);
    }
    EXPECT_EQ(value("primum_push_refused_total{code=\"rate_limited\"}"), "3");
    EXPECT_EQ(value("primum_webhooks_refused_total"), "6");
    EXPECT_EQ(value("primum_pages_total{kind=\"stalled\"}"), "1");
    EXPECT_EQ(value("primum_pages_total{kind=\"exhausted\"}"), "0");
    EXPECT_EQ(value("primum_operator_commands_total{accepted=\"true\",verb=\"hold\"}"), "1");
    EXPECT_EQ(value("primum_operator_commands_total{accepted=\"false\",verb=\"other\"}"), "1");
    EXPECT_EQ(value("primum_queue_dropped_total{queue=\"journal\"}"), "7");
    EXPECT_EQ(value("primum_recording"), "1");
}

TEST_F(MetricsTest, CountsNoticesByWhatCameOfThem) {
    metrics_.notice("exec", "exhausted", "failed");
    metrics_.notice("exec", "exhausted", "failed");
    metrics_.notice("exec", "exhausted", "delivered");
    metrics_.notices_waiting("alertmanager", 3, std::chrono::milliseconds{1'500});
    const std::string labels = "channel=\"exec\",kind=\"exhausted\",result=";
    EXPECT_EQ(value("primum_notices_total{" + labels + "\"failed\"}"), "2");
    EXPECT_EQ(value("primum_notices_total{" + labels + "\"delivered\"}"), "1");
    EXPECT_EQ(value("primum_notices_waiting{channel=\"alertmanager\"}"), "3");
    EXPECT_EQ(value("primum_notices_oldest_seconds{channel=\"alertmanager\"}"), "1.5");
}

TEST_F(MetricsTest, ShowsTheHostAsItIsNow) {
    HostView host;
    host.disabled = true;
    host.ledger_healthy = false;
    host.warm_up_until = at(100).t;
    host.in_flight = 1;
    host.host_actions_used = 4;
    host.holds.resize(3);
    metrics_.refresh(host, at(99).t, {4096, 1.5});
    EXPECT_EQ(value("primum_disabled"), "1");
    EXPECT_EQ(value("primum_ledger_healthy"), "0");
    EXPECT_EQ(value("primum_warming_up"), "1");
    EXPECT_EQ(value("primum_actions_in_flight"), "1");
    EXPECT_EQ(value("primum_host_actions_used"), "4");
    EXPECT_EQ(value("primum_holds"), "3");
    EXPECT_EQ(value("primum_process_resident_memory_bytes"), "4096");
    EXPECT_EQ(value("primum_process_cpu_seconds_total"), "1.5");
    metrics_.refresh({}, at(101).t, {8192, 2.5});
    EXPECT_EQ(value("primum_disabled"), "0");
    EXPECT_EQ(value("primum_warming_up"), "0");
    EXPECT_EQ(value("primum_process_cpu_seconds_total"), "2.5");
}

TEST_F(MetricsTest, MeasuresLatencies) {
    metrics_.observe_decision_latency(std::chrono::milliseconds{2});
    metrics_.observe_decision_latency(std::chrono::seconds{20});
    metrics_.observe_loop_turn(std::chrono::microseconds{7});
    EXPECT_EQ(value("primum_decision_latency_seconds_bucket{le=\"0.001\"}"), "0");
    EXPECT_EQ(value("primum_decision_latency_seconds_bucket{le=\"0.005\"}"), "1");
    EXPECT_EQ(value("primum_decision_latency_seconds_bucket{le=\"+Inf\"}"), "2");
    EXPECT_EQ(value("primum_loop_turn_seconds_bucket{le=\"1e-05\"}"), "1");
}

TEST_F(MetricsTest, PassesPromtool) {
    const char* promtool = std::getenv("PROMTOOL");  // NOLINT(concurrency-mt-unsafe)
    if (promtool == nullptr || *promtool == '\0') {
        GTEST_SKIP() << "promtool is not installed (Debian package prometheus)";
    }
    // Something in every family.
    decide("gateway", DecisionKind::waited);
    for (const bool dry_run : {false, true}) {
        const std::string id = dry_run ? "d" : "a";
        act(id, dry_run);
        finish(id, ActionResult::done);
        verify(id, Outcome::improved);
        move(id, ActionState::rolled_back);
    }
    IncidentRecord incident;
    incident.id = 1;
    incident.target = "gateway";
    record(incident);
    incident.open = false;
    record(incident);
    metrics_.observe(Effect{LevelChanged{"gateway", 1, Level::steady, Level::observe, ""}});
    metrics_.observe(Effect{SeverityChanged{"gateway", "x", Severity::ok, Severity::error, ""}});
    metrics_.observe(Effect{Rejected{"no_rules", ""}});
    event(PreflightEvent{2, Preflight::not_now, Refusal::foreign_job, "", {}});
    event(SourceEvent{"web", false, "timeout", ""});
    SourceStats stats;
    stats.last = at(1).t;
    metrics_.sources({{"web", stats}}, at(1).t);
    event(SamplesEvent{"web", {{0, 1}}});
    record(OperatorRecord{});
    metrics_.queue_dropped("ledger", 1);
    metrics_.notice("exec", "exhausted", "failed");
    metrics_.notices_waiting("exec", 1, std::chrono::seconds{1});
    metrics_.refresh({}, at(1).t, process_usage());

    auto* check = popen((std::string{promtool} + " check metrics 2>&1").c_str(), "w");
    ASSERT_NE(check, nullptr);
    const auto page = metrics_.page();
    ASSERT_EQ(fwrite(page.data(), 1, page.size(), check), page.size());
    EXPECT_EQ(pclose(check), 0) << page;
}

}  // namespace
}  // namespace primum::telemetry

// SPDX-License-Identifier: MIT
#include "replay/audit.hpp"

#include "ledger/store.hpp"
#include "live_run.hpp"
#include "replay/audit_cost.hpp"
#include "replay/audit_recording.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace primum::replay {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::LiveRun;

constexpr std::size_t cooldown = static_cast<std::size_t>(Guard::cooldown);
constexpr std::size_t held = static_cast<std::size_t>(Guard::held);

Stamp at(int second) {
    const Duration since = seconds{second};
    return {instant_from_us(0) + since, wall_from_us(1'795'312'800'000'000) + since};
}

IncidentRecord incident(std::uint64_t id, const std::string& target, int opened, int closed = 0) {
    IncidentRecord record;
    record.id = id;
    record.target = target;
    record.opened = at(opened);
    record.open = closed == 0;
    record.closed = closed == 0 ? Stamp{} : at(closed);
    record.peak = Level::retry;
    return record;
}

DecisionRecord decision(std::uint64_t incident, DecisionKind kind, int second) {
    DecisionRecord record;
    record.incident = incident;
    record.target = "web";
    record.kind = kind;
    record.at = at(second);
    return record;
}

DecisionRecord waited(int second, Guard guard, std::vector<Guard> more = {}) {
    DecisionRecord record = decision(1, DecisionKind::waited, second);
    record.reason = name_of(guard);
    record.guards.push_back({guard, Verdict::veto, ""});
    for (const Guard each : more) {
        record.guards.push_back({each, Verdict::veto, ""});
    }
    record.guards.push_back({Guard::ledger, Verdict::pass, ""});
    return record;
}

ActionRecord action(const std::string& id, std::uint64_t incident, int second, bool dry_run) {
    ActionRecord record;
    record.id = id;
    record.incident = incident;
    record.target = "web";
    record.level = Level::retry;
    record.kind = "reload";
    record.dry_run = dry_run;
    record.intended = at(second);
    record.evidence = {{"latency", Severity::error, "0.4", "above 0.3"}};
    return record;
}

TransitionRecord verified(const std::string& action, int second, Outcome outcome) {
    TransitionRecord record;
    record.action = action;
    record.at = at(second);
    record.state = ActionState::verified;
    record.outcome = outcome;
    return record;
}

// Two incidents: in the first a dry-run reload that changed nothing and a real one that helped, in
// the second a dry-run after which the target recovered anyway.
std::vector<Record> two_incidents() {
    DecisionRecord entered = decision(1, DecisionKind::entered, 130);
    entered.level = Level::retry;
    entered.reason = "condition_met";
    DecisionRecord after = decision(1, DecisionKind::verified, 320);
    after.action = "a-2";
    after.evidence = {{"latency", Severity::ok, "0.1", ""}};
    return {incident(1, "web", 100),
            decision(1, DecisionKind::opened, 100),
            entered,
            waited(140, Guard::held, {Guard::cooldown}),
            waited(150, Guard::cooldown),
            action("a-1", 1, 160, true),
            verified("a-1", 190, Outcome::unchanged),
            action("a-2", 1, 200, false),
            verified("a-2", 320, Outcome::improved),
            after,
            decision(1, DecisionKind::soaking, 320),
            decision(1, DecisionKind::recovered, 620),
            incident(1, "web", 100, 620),
            incident(2, "web", 1'000),
            decision(2, DecisionKind::opened, 1'000),
            action("a-3", 2, 1'030, true),
            verified("a-3", 1'090, Outcome::recovered_anyway),
            decision(2, DecisionKind::soaking, 1'090),
            decision(2, DecisionKind::recovered, 1'390),
            incident(2, "web", 1'000, 1'390)};
}

AuditReport audit_of(const std::vector<Record>& records, AuditScope scope = {}) {
    Audit audit{std::move(scope)};
    for (const Record& record : records) {
        audit.take(record);
    }
    return audit.report();
}

TEST(AuditTest, CountsWhatWasDetectedDoneAndHeldBack) {
    const AuditReport report = audit_of(two_incidents());
    ASSERT_EQ(report.targets.size(), 1U);
    const AuditTarget& web = report.targets[0];
    EXPECT_EQ(web.name, "web");
    EXPECT_EQ(web.incidents, 2U);
    EXPECT_EQ(web.open, 0U);
    EXPECT_EQ(web.ill, seconds{520 + 390});
    EXPECT_EQ(web.peak, Level::retry);
    const AuditCounts& retry = web.rungs[index_of(Level::retry)];
    EXPECT_EQ(retry.detected, 1U);
    EXPECT_EQ(retry.would_act, 2U);
    EXPECT_EQ(retry.acted, 1U);
    EXPECT_EQ(retry.improved(), (Share{1, 1}));
    EXPECT_EQ(retry.recovered_anyway(), (Share{2, 1}));
    EXPECT_EQ(report.guards.first[held], 1U);
    EXPECT_EQ(report.guards.first[cooldown], 1U);
    EXPECT_EQ(report.guards.all[cooldown], 2U);
    EXPECT_EQ(report.guards.total(), 2U);
    EXPECT_EQ(report.decisions, 10U);
    EXPECT_EQ(report.from, at(100).wall);
    EXPECT_EQ(report.to, at(1'390).wall);
    EXPECT_FALSE(report.cut.any());
}

TEST(AuditTest, TellsTimesWithAndWithoutActing) {
    const AuditTimes times = audit_of(two_incidents()).times;
    EXPECT_EQ(times.recover_acted.count, 1U);
    EXPECT_EQ(times.recover_acted.median, seconds{220});
    EXPECT_EQ(times.recover_waited.count, 1U);
    EXPECT_EQ(times.recover_waited.median, seconds{90});
    EXPECT_EQ(times.decide.count, 2U);
    EXPECT_EQ(times.decide.least, seconds{30});
    EXPECT_EQ(times.decide.most, seconds{60});
    EXPECT_EQ(times.detect.count, 0U);
}

TEST(AuditTest, ShowsEachActionBeforeAndAfter) {
    const AuditReport report = audit_of(two_incidents());
    const auto& actions = report.targets.at(0).actions;
    ASSERT_EQ(actions.size(), 3U);
    EXPECT_EQ(actions[1].id, "a-2");
    EXPECT_EQ(actions[1].before.at(0).value, "0.4");
    EXPECT_EQ(actions[1].after.at(0).value, "0.1");
    EXPECT_TRUE(actions[0].after.empty());
    const auto& steps = report.targets.at(0).steps;
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0], (AuditStep{at(130).wall, Level::retry}));
    EXPECT_EQ(steps[1], (AuditStep{at(620).wall, Level::steady}));
}

TEST(AuditTest, ThePrecisionIsThatOfTheNewestJudgements) {
    std::vector<Record> records = two_incidents();
    EXPECT_EQ(audit_of(records).total.precision().of, 0U);
    const auto judge = [&](const char* action, ActionLabel label, JudgedBy by, const char* why) {
        JudgementRecord one;
        one.action = action;
        one.judged = label;
        one.by = by;
        one.reason = why;
        records.emplace_back(one);
    };
    judge("a-1", ActionLabel::none, JudgedBy::comparison, "decided");
    judge("a-1", ActionLabel::justified, JudgedBy::comparison, "still_ill");
    judge("a-2", ActionLabel::justified, JudgedBy::comparison, "improved");
    judge("a-3", ActionLabel::unjustified, JudgedBy::comparison, "recovered_anyway");
    EXPECT_EQ(audit_of(records).total.precision(), (Share{3, 2}));
    EXPECT_EQ(audit_of(records).total.labelled, 0U);
    judge("a-2", ActionLabel::unjustified, JudgedBy::person, "label");
    const AuditReport report = audit_of(records);
    EXPECT_EQ(report.total.precision(), (Share{3, 1}));
    EXPECT_EQ(report.total.labelled, 1U);
    EXPECT_TRUE(report.targets.at(0).actions.at(1).by_person);
    EXPECT_EQ(report.targets.at(0).actions.at(0).judged_for, "still_ill");
}

TEST(AuditTest, WhatAPersonForcedIsNoWordOnTheRules) {
    ActionRecord forced = action("a-9", 1, 500, false);
    forced.operator_uid = 1'000;
    const AuditReport report =
        audit_of({incident(1, "web", 100), forced, verified("a-9", 600, Outcome::worse)});
    EXPECT_EQ(report.total.forced, 1U);
    EXPECT_EQ(report.total.acted, 0U);
    EXPECT_EQ(report.total.precision().of, 0U);
    EXPECT_EQ(report.total.improved(), (Share{1, 0}));
}

TEST(AuditTest, TheScopeIsATimeAndATarget) {
    AuditScope scope;
    scope.from = at(900).wall;
    scope.to = at(1'200).wall;
    const AuditReport late = audit_of(two_incidents(), scope);
    EXPECT_EQ(late.incidents, 1U);
    EXPECT_EQ(late.total.would_act, 1U);
    EXPECT_EQ(late.total.acted, 0U);
    EXPECT_EQ(late.times.recover_waited.count, 1U);
    EXPECT_EQ(late.times.recover_acted.count, 0U);
    EXPECT_EQ(late.from, scope.from);
    AuditScope other;
    other.target = "database";
    EXPECT_TRUE(audit_of(two_incidents(), other).targets.empty());
}

TEST(AuditTest, OneKindAfterTheOtherGivesTheSame) {
    std::vector<Record> sorted = two_incidents();
    std::stable_sort(sorted.begin(), sorted.end(), [](const Record& a, const Record& b) {
        return a.index() < b.index();
    });
    const AuditReport a = audit_of(two_incidents());
    const AuditReport b = audit_of(sorted);
    EXPECT_EQ(a.targets, b.targets);
    EXPECT_EQ(a.total, b.total);
    EXPECT_EQ(a.times, b.times);
}

TEST(AuditTest, HostsAreToldApart) {
    Audit audit{{}};
    for (const char* host : {"a", "b"}) {
        audit.begin_host(host);
        for (const Record& record : two_incidents()) {
            audit.take(record);
        }
    }
    const AuditReport report = audit.report();
    ASSERT_EQ(report.targets.size(), 2U);
    EXPECT_EQ(report.targets[0].host, "a");
    EXPECT_EQ(report.targets[1].host, "b");
    EXPECT_EQ(report.targets[0].incidents, 2U);
    EXPECT_EQ(report.total.acted, 2U);
}

TEST(AuditTest, BeyondItsLimitsItCountsAndSaysSo) {
    AuditLimits limits;
    limits.targets = 2;
    limits.incidents = 3;
    limits.actions = 3;
    limits.steps_of_target = 1;
    Audit audit{{}, limits};
    for (std::uint64_t i = 1; i <= 6; ++i) {
        const std::string target = "t" + std::to_string(i);
        audit.take(incident(i, target, 100));
        DecisionRecord opened = decision(i, DecisionKind::opened, 100);
        opened.target = target;
        audit.take(opened);
        opened.kind = DecisionKind::entered;
        audit.take(opened);
        audit.take(opened);
        ActionRecord one = action("a-" + std::to_string(i), i, 110, true);
        one.target = target;
        audit.take(one);
    }
    const AuditReport report = audit.report();
    EXPECT_EQ(report.targets.size(), 3U);
    EXPECT_EQ(report.targets[0].name, "(others)");
    EXPECT_EQ(report.total.would_act, 6U);
    EXPECT_EQ(report.cut.incidents, 3U);
    EXPECT_EQ(report.cut.actions, 3U);
    EXPECT_GE(report.cut.targets, 2U);
    EXPECT_GE(report.cut.steps, 3U);
}

// The records that a run gives, as a recording of it and as its ledger have them.
class AuditSourcesTest : public ::testing::Test {
protected:
    AuditReport recorded(const LiveRun& live) {
        Audit audit{{}};
        RecordingAudit recording{audit};
        for (const Event& event : live.events) {
            const auto played = recording.play(event);
            EXPECT_TRUE(played) << played.error().message;
        }
        return audit.report();
    }

    AuditReport of_ledger(const LiveRun& live) {
        ledger::StoreOptions options;
        options.path = (folder_.path() / "ledger.db").string();
        options.boot_id = "boot";
        auto store = ledger::Store::open(options);
        EXPECT_TRUE(store);
        Player player;
        for (const Event& event : live.events) {
            const auto effects = player.play(event);
            EXPECT_TRUE(effects);
            std::vector<Record> records;
            for (const Effect& effect : *effects) {
                if (const auto* record = std::get_if<RecordEffect>(&effect)) {
                    records.push_back(record->record);
                }
            }
            EXPECT_TRUE(records.empty() || store->append(records));
        }
        Audit audit{{}};
        EXPECT_TRUE(store->each_record([&](const Record& record) { audit.take(record); }));
        return audit.report();
    }

    // All that a ledger keeps is the same.
    static void expect_same(AuditReport recording, const AuditReport& ledger) {
        EXPECT_EQ(recording.total, ledger.total);
        EXPECT_EQ(recording.guards, ledger.guards);
        EXPECT_EQ(recording.incidents, ledger.incidents);
        EXPECT_EQ(recording.decisions, ledger.decisions);
        EXPECT_EQ(recording.from, ledger.from);
        EXPECT_EQ(recording.to, ledger.to);
        for (AuditTarget& target : recording.targets) {
            target.times.detect = {};
        }
        EXPECT_EQ(recording.targets, ledger.targets);
    }

    support::TempDir folder_;
};

TEST_F(AuditSourcesTest, ARecordingAndItsLedgerGiveTheSame) {
    LiveRun live;
    live.start(test::restart_rules());
    live.tell_a_failure();
    live.unit("failed");
    live.wait(minutes{30});
    const AuditReport report = recorded(live);
    EXPECT_EQ(report.total.acted, 1U);
    EXPECT_EQ(report.times.detect.count, 1U);
    EXPECT_EQ(report.times.detect.most, Duration{0});  // a unit's state needs no second look
    expect_same(report, of_ledger(live));
}

TEST_F(AuditSourcesTest, SoDoesADryRun) {
    LiveRun live;
    live.start(test::restart_rules("10s", "dry_run"));
    live.tell_a_failure();
    const AuditReport report = recorded(live);
    EXPECT_EQ(report.total.would_act, 1U);
    EXPECT_EQ(report.times.recover_waited.count, 1U);
    expect_same(report, of_ledger(live));
}

// A gauge that is ill from the third collection on, and a counter of what it costs.
constexpr const char* gauge_rules = R"([source.m]
kind = "prometheus"
url = "http://127.0.0.1:9/metrics"
interval = "10s"
[target.web]
unit = "web.service"
mode = "enforce"
warm_up = "1s"
cost = { source = "m", series = 'failed' }
[target.web.indicator.load]
source = "m"
value = { gauge = 'load' }
error = { above = 5 }
[target.web.ladder.retry]
for = "10s"
remedy = [{ reload = {} }]
verify = "2m"
)";

TEST_F(AuditSourcesTest, ARecordingKnowsFirstSignsAndCosts) {
    LiveRun live;
    live.start(gauge_rules);
    live.send(SeriesEvent{"m", 0, "load", {"load", {}}});
    live.send(SeriesEvent{"m", 1, "failed", {"failed", {}}});
    double failed = 0;
    std::map<WallTime, double> known;
    for (int i = 0; i < 60; ++i) {
        live.wait(seconds{10});
        const bool ill = i >= 20 && i < 28;
        failed += ill ? 7 : 1;
        live.send(SamplesEvent{"m", {{0, ill ? 9.0 : 1.0}, {1, failed}}});
        known[live.now.wall] = failed;
    }
    live.wait(minutes{10});
    const AuditReport report = recorded(live);
    EXPECT_EQ(report.times.detect.count, 1U);
    EXPECT_EQ(report.times.detect.median, seconds{20});  // "3 of 5", every 10 s
    ASSERT_EQ(report.targets.size(), 1U);
    EXPECT_TRUE(report.targets[0].has_cost);
    ASSERT_EQ(report.targets[0].actions.size(), 1U);
    const AuditAction& action = report.targets[0].actions[0];
    ASSERT_TRUE(action.cost);
    const auto paid = [&](WallTime at) { return std::prev(known.upper_bound(at))->second; };
    const Duration span = action.verified - action.intended;
    EXPECT_GT(action.cost->during, 0);
    // The tick that ends a verification comes before the collection of the same instant.
    EXPECT_DOUBLE_EQ(action.cost->during,
                     paid(action.verified - Duration{1}) - paid(action.intended));
    EXPECT_DOUBLE_EQ(action.cost->before.value_or(-1),
                     paid(action.intended) - paid(action.intended - span));
}

TEST(CostCountersTest, AddsSeriesAndTakesAFallForABeginning) {
    RuleSet rules = *test::compile(gauge_rules).rules;
    CostCounters costs;
    costs.take_rules(rules);
    costs.take(SeriesEvent{"m", 3, "failed{code=\"500\"}", {"failed", {{"code", "500"}}}});
    costs.take(SeriesEvent{"m", 4, "failed{code=\"502\"}", {"failed", {{"code", "502"}}}});
    costs.take(SeriesEvent{"m", 5, "load", {"load", {}}});
    const auto t = [](int second) { return instant_from_us(0) + seconds{second}; };
    costs.take(SamplesEvent{"m", {{3, 10}, {4, 5}, {5, 99}}}, t(0));
    costs.take(SamplesEvent{"m", {{3, 12}, {4, 5}, {5, 1}}}, t(10));  // 2 more
    costs.take(SamplesEvent{"m", {{3, 1}, {4, 8}, {5, 77}}}, t(20));  // 1 and 3 more
    costs.take(SamplesEvent{"m", {{3, 2}, {4, 8}, {5, 7}}}, t(30));   // 1 more
    EXPECT_TRUE(costs.has("web"));
    const auto cost = costs.between("web", t(15), t(30));
    ASSERT_TRUE(cost);
    EXPECT_DOUBLE_EQ(cost->during, 5);
    EXPECT_EQ(cost->span, seconds{15});
    EXPECT_DOUBLE_EQ(cost->before.value_or(-1), 2);
    EXPECT_FALSE(costs.between("web", t(15), t(40))->before);  // nothing is known of t(-10)
    EXPECT_FALSE(costs.between("web", t(-5), t(10)));
    EXPECT_FALSE(costs.between("database", t(15), t(30)));
    EXPECT_FALSE(costs.has("database"));
}

}  // namespace
}  // namespace primum::replay

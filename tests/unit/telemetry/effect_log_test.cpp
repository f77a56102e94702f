// SPDX-License-Identifier: MIT
#include "telemetry/effect_log.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace primum::telemetry {
namespace {

DecisionRecord decision(DecisionKind kind) {
    DecisionRecord record;
    record.incident = 7;
    record.target = "gateway";
    record.kind = kind;
    record.level = Level::retry;
    record.reason = "held";
    record.detail = "until 12:03:04";
    return record;
}

ActionRecord action(bool dry_run) {
    ActionRecord record;
    record.id = "uuid-3";
    record.incident = 7;
    record.target = "gateway";
    record.unit = "gateway.service";
    record.level = Level::restart;
    record.kind = "restart";
    record.dry_run = dry_run;
    return record;
}

TransitionRecord transition(ActionState state) {
    TransitionRecord record;
    record.action = "uuid-3";
    record.state = state;
    return record;
}

std::optional<Entry> entry_of_record(Record record, const ActionIndex& actions = ActionIndex{}) {
    return entry_of(Effect{RecordEffect{std::move(record)}}, actions);
}

TEST(EffectLogTest, ADecisionCarriesEverythingThatOneMaySearchFor) {
    const auto entry = entry_of_record(decision(DecisionKind::waited));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "gateway: waited at retry (held): until 12:03:04");
    EXPECT_EQ(entry->kind, MessageKind::decision);
    EXPECT_EQ(entry->priority, Priority::info);
    EXPECT_EQ(entry->target, "gateway");
    EXPECT_EQ(entry->level, "retry");
    EXPECT_EQ(entry->reason, "held");
    EXPECT_EQ(entry->incident, 7U);
}

TEST(EffectLogTest, SaysThatADecisionWasADryRun) {
    auto record = decision(DecisionKind::would_act);
    record.dry_run = true;
    EXPECT_EQ(entry_of_record(record)->message,
              "gateway: would_act (dry run) at retry (held): until 12:03:04");
}

TEST(EffectLogTest, ExhaustedIsAWarning) {
    EXPECT_EQ(entry_of_record(decision(DecisionKind::exhausted))->priority, Priority::warning);
}

TEST(EffectLogTest, NothingIsToldTwice) {
    EXPECT_FALSE(entry_of_record(decision(DecisionKind::entered)));
    EXPECT_FALSE(entry_of_record(decision(DecisionKind::acted)));
    EXPECT_FALSE(entry_of_record(decision(DecisionKind::verified)));
    EXPECT_FALSE(entry_of_record(IncidentRecord{}));
    EXPECT_FALSE(entry_of_record(HoldRecord{}));
    EXPECT_FALSE(entry_of_record(transition(ActionState::intended)));
    EXPECT_FALSE(entry_of_record(transition(ActionState::started)));
    EXPECT_FALSE(entry_of(Effect{RunAction{}}, ActionIndex{}));
    EXPECT_FALSE(entry_of(Effect{OperatorReply{}}, ActionIndex{}));
}

TEST(EffectLogTest, TellsTheLifeOfAnAction) {
    const auto intended = entry_of_record(action(false));
    ASSERT_TRUE(intended);
    EXPECT_EQ(intended->message, "gateway: restart of gateway.service intended at restart");
    EXPECT_EQ(intended->kind, MessageKind::action_intended);
    EXPECT_EQ(intended->action, "uuid-3");

    ActionIndex actions;
    actions.remember(action(false));
    auto record = transition(ActionState::finished);
    record.result = ActionResult::done;
    record.took = std::chrono::milliseconds{1'250};
    record.detail = "job 812 done";
    const auto finished = entry_of_record(record, actions);
    ASSERT_TRUE(finished);
    EXPECT_EQ(finished->message, "gateway: restart at restart done after 1.250 s: job 812 done");
    EXPECT_EQ(finished->kind, MessageKind::action_finished);
    EXPECT_EQ(finished->target, "gateway");
    EXPECT_EQ(finished->incident, 7U);

    record = transition(ActionState::verified);
    record.outcome = Outcome::worse;
    record.reason = "worse";
    const auto verified = entry_of_record(record, actions);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->message, "gateway: restart at restart verified worse (worse)");
    EXPECT_EQ(verified->priority, Priority::warning);
    EXPECT_EQ(verified->reason, "worse");

    EXPECT_EQ(entry_of_record(transition(ActionState::rolled_back), actions)->kind,
              MessageKind::action_rolled_back);
    EXPECT_EQ(entry_of_record(transition(ActionState::rollback_failed), actions)->priority,
              Priority::error);
}

TEST(EffectLogTest, ATransitionOfAnUnknownActionIsToldByItsId) {
    auto record = transition(ActionState::finished);
    record.result = ActionResult::ambiguous;
    const auto entry = entry_of_record(record);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "action uuid-3 ambiguous after 0.000 s");
    EXPECT_EQ(entry->priority, Priority::warning);
    EXPECT_EQ(entry->target, "");
}

TEST(EffectLogTest, ADryRunTellsItsDecisionOnly) {
    EXPECT_FALSE(entry_of_record(action(true)));
    ActionIndex actions;
    actions.remember(action(true));
    EXPECT_FALSE(entry_of_record(transition(ActionState::verified), actions));
}

TEST(EffectLogTest, TellsChangesOfLevelAndSeverity) {
    const auto level = entry_of(
        Effect{LevelChanged{"gateway", 7, Level::observe, Level::retry, "spent"}}, ActionIndex{});
    ASSERT_TRUE(level);
    EXPECT_EQ(level->message, "gateway: level 2 (retry), was 1 (observe): spent");
    EXPECT_EQ(level->level, "retry");
    EXPECT_EQ(level->incident, 7U);
    const auto severity =
        entry_of(Effect{SeverityChanged{"gateway", "errors", Severity::ok, Severity::error, "0.3"}},
                 ActionIndex{});
    ASSERT_TRUE(severity);
    EXPECT_EQ(severity->message, "gateway: indicator errors is error, was ok (value 0.3)");
}

TEST(EffectLogTest, APageIsAnAlert) {
    Notify page;
    page.kind = PageKind::exhausted;
    page.incident = 7;
    page.target = "gateway";
    page.level = Level::fallback;
    page.reason = "ladder_spent";
    page.text = "nothing left to try";
    const auto entry = entry_of(Effect{page}, ActionIndex{});
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->priority, Priority::alert);
    EXPECT_EQ(entry->message, "gateway: exhausted: nothing left to try");
    EXPECT_EQ(entry->reason, "ladder_spent");
    EXPECT_EQ(entry->level, "fallback");
}

TEST(EffectLogTest, TellsWhatAPersonAskedFor) {
    OperatorRecord command;
    command.verb = "hold";
    command.uid = 1000;
    command.reason = "upgrade";
    command.accepted = true;
    command.message = "held until 12:00";
    EXPECT_EQ(entry_of_record(command)->message,
              "uid 1000 asked to hold all targets, reason \"upgrade\": accepted: held until 12:00");
}

TEST(EffectLogTest, TellsOfEventsThatWereNotTaken) {
    const auto entry = entry_of(Effect{Rejected{"unknown_series", "id 7 of web"}}, ActionIndex{});
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "event rejected: unknown_series: id 7 of web");
    EXPECT_EQ(entry->reason, "unknown_series");
}

TEST(EffectLogTest, TellsRulesOffSwitchAndLedger) {
    RulesEvent rules;
    rules.digest = "0123456789abcdef";
    rules.compiled = std::make_shared<RuleSet>();
    EXPECT_EQ(entry_of(Event{{}, rules})->message,
              "rules 0123456789ab in force: 0 targets, 0 sources");
    EXPECT_EQ(
        entry_of(Event{{}, HostEvent{HostChange::off_switch, true, false, "/run/primum/disabled"}})
            ->message,
        "the off switch is on: nothing is done: /run/primum/disabled");
    EXPECT_EQ(entry_of(Event{{}, HostEvent{HostChange::busy, false, true, "the boot"}})->message,
              "remedies wait: the boot is at work");
    EXPECT_EQ(entry_of(Event{{}, HostEvent{HostChange::busy, false, false, ""}})->reason, "idle");
    EXPECT_EQ(entry_of(Event{{}, LedgerEvent{LedgerNews::unhealthy, "", "disk full"}})->message,
              "the ledger is unhealthy: no remedies: disk full");
    EXPECT_FALSE(entry_of(Event{{}, LedgerEvent{LedgerNews::committed, "uuid-3", ""}}));
    EXPECT_FALSE(entry_of(Event{{}, TickEvent{}}));
}

TEST(EffectLogTest, WritesToTheJournalAndKnowsRestoredActions) {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> messages;
    Journal journal{[&](const Entry& entry) {
        const std::lock_guard lock{mutex};
        messages.push_back(entry.message);
        changed.notify_all();
        return true;
    }};
    EffectLog log{journal};
    RestoreEvent restore;
    restore.state.actions.resize(1);
    restore.state.actions[0].action = action(false);
    log.observe(Event{{}, restore});
    auto record = transition(ActionState::finished);
    record.result = ActionResult::failed;
    record.reason = "too_late";
    log.observe(Effect{RecordEffect{record}});

    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return !messages.empty(); });
    EXPECT_EQ(messages[0], "gateway: restart at restart failed after 0.000 s (too_late)");
}

}  // namespace
}  // namespace primum::telemetry

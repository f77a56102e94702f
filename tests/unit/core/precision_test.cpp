// SPDX-License-Identifier: MIT
#include "core/precision_book.hpp"
#include "fixture.hpp"

#include <primum/precision.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;
using core::compare;
using core::PrecisionBook;

TEST(PrecisionTest, TheShareIsOfWhatWasJudged) {
    EXPECT_EQ(precision_share(0, 0), std::nullopt);
    EXPECT_EQ(precision_share(0, 3), 0.0);
    EXPECT_EQ(precision_share(8, 2), 0.8);
    EXPECT_EQ(precision_percent(0, 0), "-");
    EXPECT_EQ(precision_percent(8, 2), "80 %");
    EXPECT_EQ(precision_percent(29, 71), "29 %");
    EXPECT_EQ(precision_percent(999, 1), "99 %") << "no share looks better than it is";
    EXPECT_EQ(precision_percent(7, 0), "100 %");
}

TEST(PrecisionTest, TheTextSaysWhoJudged) {
    PrecisionRecord record;
    EXPECT_EQ(precision_text(record), "");
    record.would_act = 10;
    EXPECT_EQ(precision_text(record), "precision unknown (none of 10 judged)");
    record.justified = 8;
    record.unjustified = 2;
    EXPECT_EQ(precision_text(record),
              "precision 80 % (8 of 10 justified, all judged by comparison)");
    record.labelled = 3;
    EXPECT_EQ(precision_text(record),
              "precision 80 % (8 of 10 justified, 3 labelled by people, the others judged by "
              "comparison)");
    record.labelled = 10;
    EXPECT_EQ(precision_text(record), "precision 80 % (8 of 10 justified, all labelled by people)");
}

TEST(PrecisionTest, TheComparisonJudgesEveryOutcome) {
    const auto word = [](Outcome outcome, bool beats_waiting = true) -> std::string {
        const auto said = compare(outcome, beats_waiting);
        return said ? std::string{name_of(said->judged)} + ' ' + std::string{said->reason} : "";
    };
    EXPECT_EQ(word(Outcome::recovered_anyway), "unjustified recovered_anyway");
    EXPECT_EQ(word(Outcome::unchanged), "justified still_ill");
    EXPECT_EQ(word(Outcome::worse), "unjustified worse");
    EXPECT_EQ(word(Outcome::improved), "justified improved");
    EXPECT_EQ(word(Outcome::improved, false), "unjustified no_better_than_waiting");
    EXPECT_EQ(word(Outcome::inconclusive), "");
    EXPECT_EQ(word(Outcome::none), "");
}

JudgementRecord first(std::uint64_t sequence, const TargetRule& rule) {
    JudgementRecord record;
    record.sequence = sequence;
    record.action = "ledger-" + std::to_string(sequence);
    record.target = rule.name;
    record.level = Level::restart;
    record.digest = core::meaning_of(rule, Level::restart);
    record.reason = "decided";
    return record;
}

TEST(PrecisionTest, AnotherMeaningOfTheRungCountsAnew) {
    PrecisionBook book{10, 10};
    TargetRule rule = restart_target();
    ASSERT_TRUE(book.open(rule, Level::restart, 1, stamp(0s)).has_value());
    EXPECT_FALSE(book.open(rule, Level::restart, 1, stamp(1s)).has_value()) << "it is there";
    book.note_decided(first(1, rule));
    ASSERT_TRUE(book.judge("ledger-1", {ActionLabel::justified, "still_ill"}, stamp(2s)));
    EXPECT_EQ(book.find(rule, Level::restart)->justified, 1U);

    const std::string before = rule.digest;
    rule.level_digests[index_of(Level::restart)] = "another meaning";
    EXPECT_EQ(book.find(rule, Level::restart), nullptr);
    const auto row = book.open(rule, Level::restart, 2, stamp(3s));
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->acted + row->justified, 0U);
    EXPECT_EQ(row->since, stamp(3s));
    const auto moved = book.label("ledger-1", ActionLabel::unjustified, 7, stamp(4s));
    ASSERT_TRUE(moved.has_value()) << "the word is kept";
    EXPECT_FALSE(moved->counts.has_value()) << "and moves no count";

    // The old meaning back again is counted anew, too: its old actions stay out of it.
    rule.level_digests[index_of(Level::restart)] = before;
    ASSERT_TRUE(book.open(rule, Level::restart, 2, stamp(5s)).has_value());
    EXPECT_FALSE(book.label("ledger-1", ActionLabel::justified, 7, stamp(6s))->counts.has_value());
    EXPECT_EQ(book.find(rule, Level::restart)->justified, 0U);
}

TEST(PrecisionTest, TheBookIsBounded) {
    PrecisionBook book{1, 2};
    const TargetRule rule = restart_target();
    ASSERT_TRUE(book.open(rule, Level::restart, 1, stamp(0s)).has_value());
    EXPECT_FALSE(book.open(rule, Level::observe, 1, stamp(0s)).has_value());
    EXPECT_EQ(book.note_detected(rule, Level::observe, stamp(0s)), std::nullopt);
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
        book.note_decided(first(sequence, rule));
    }
    EXPECT_EQ(book.judgement("ledger-1"), nullptr);
    ASSERT_NE(book.judgement("ledger-2"), nullptr);
    EXPECT_EQ(book.judgement("other-2"), nullptr);
    EXPECT_EQ(book.find(rule, Level::restart)->acted, 3U);
    EXPECT_FALSE(book.label("ledger-1", ActionLabel::justified, 7, stamp(1s)).has_value());
}

TEST(PrecisionTest, AnIntentThatNeverBecameDurableIsTakenBack) {
    PrecisionBook book{10, 10};
    const TargetRule rule = restart_target();
    book.open(rule, Level::restart, 1, stamp(0s));
    book.note_decided(first(1, rule));
    book.label("ledger-1", ActionLabel::justified, 7, stamp(1s));
    const auto counts = book.note_undecided("ledger-1", stamp(2s));
    ASSERT_TRUE(counts.has_value());
    ASSERT_TRUE(counts->counts.has_value());
    EXPECT_EQ(counts->counts->acted + counts->counts->justified + counts->counts->labelled, 0U);
    EXPECT_EQ(book.counts_of(*book.judgement("ledger-1")), nullptr);
    book.label("ledger-1", ActionLabel::unjustified, 7, stamp(3s));
    EXPECT_EQ(book.find(rule, Level::restart)->unjustified, 0U);
}

TEST(PrecisionTest, ALedgerThatLostItsCountsEndsNothing) {
    const TargetRule rule = restart_target();
    PrecisionBook book{10, 10};
    ASSERT_TRUE(book.open(rule, Level::restart, 1, stamp(0s)).has_value());
    JudgementRecord judged = first(1, rule);
    judged.judged = ActionLabel::justified;
    judged.by = JudgedBy::person;
    book.restore(judged);  // of counts that are not there
    ASSERT_TRUE(book.label("ledger-1", ActionLabel::unjustified, 7, stamp(1s)).has_value());
    EXPECT_EQ(book.find(rule, Level::restart)->justified, 0U);
    EXPECT_EQ(book.find(rule, Level::restart)->unjustified, 1U);
}

// A target whose unit fails, dry-run or enforced, and one action of it.
class PrecisionEngineTest : public ::testing::Test {
protected:
    void begin(Mode mode, RestoredState state = {}) {
        TargetRule target = restart_target();
        target.mode = mode;
        state.next_action = state.judgements.size() + 1;
        world.emplace(rule_set({target}), std::move(state));
        keep();
    }
    void act() {
        world->unit(1s, "active");
        keep();
        world->unit(2s, "failed");
        keep();
        ASSERT_NE(world->effect<AskPreflight>(), nullptr);
        const std::uint64_t ticket = world->effect<AskPreflight>()->ticket;
        world->tell(2s, PreflightEvent{ticket, Preflight::can, Refusal::none, "", {}});
        keep();
        ASSERT_NE(world->record<ActionRecord>(), nullptr);
        action = world->record<ActionRecord>()->id;
    }
    void carry_out() {
        world->tell(2s, LedgerEvent{LedgerNews::committed, action, ""});
        world->tell(
            3s,
            ActionEvent{
                .action = action, .phase = ActionPhase::finished, .result = ActionResult::done});
        keep();
    }
    void tick(Duration when) {
        world->tell(when, TickEvent{});
        keep();
    }
    std::string label(Duration when, ActionLabel label, std::uint32_t uid = 7) {
        OperatorEvent event;
        event.verb = OperatorVerb::label;
        event.action = action;
        event.label = label;
        event.uid = uid;
        event.reason = "looked at it";
        world->tell(when, event);
        keep();
        const auto* reply = world->effect<OperatorReply>();
        return reply == nullptr ? "" : reply->message;
    }
    // As a ledger does: the newest of each.
    void keep() {
        for (const Effect& effect : world->last) {
            const auto* record = std::get_if<RecordEffect>(&effect);
            if (record == nullptr) {
                continue;
            }
            if (const auto* judged = std::get_if<JudgementRecord>(&record->record)) {
                judgements[judged->sequence] = *judged;
                ++written;
            } else if (const auto* counts = std::get_if<PrecisionRecord>(&record->record)) {
                rows[counts->level] = *counts;
            }
        }
    }
    RestoredState kept() {
        RestoredState state;
        for (const auto& [sequence, judged] : judgements) {
            state.judgements.push_back(judged);
        }
        for (const auto& [level, row] : rows) {
            state.precision.push_back(row);
        }
        return state;
    }
    PrecisionRecord counts(Level level = Level::restart) {
        for (const PrecisionRecord& each : world->engine.precision()) {
            if (each.level == level) {
                EXPECT_EQ(each, rows[level]) << "what is said is what was written";
                return each;
            }
        }
        ADD_FAILURE();
        return {};
    }

    std::optional<EngineFixture> world;
    std::string action;
    std::map<std::uint64_t, JudgementRecord> judgements;
    std::map<Level, PrecisionRecord> rows;
    int written = 0;
};

TEST_F(PrecisionEngineTest, ADryRunThatRecoversAnywayIsUnjustified) {
    begin(Mode::dry_run);
    act();
    EXPECT_EQ(counts(Level::observe).detected, 1U);
    EXPECT_EQ(counts().detected, 1U);
    EXPECT_EQ(counts().would_act, 1U);
    EXPECT_EQ(counts().acted, 0U);
    EXPECT_EQ(world->engine.explain("web")->rungs[3].precision,
              "precision unknown (none of 1 judged)");
    world->unit(3s, "active");
    tick(60s);
    EXPECT_EQ(judgements[1].judged, ActionLabel::unjustified);
    EXPECT_EQ(judgements[1].by, JudgedBy::comparison);
    EXPECT_EQ(judgements[1].reason, "recovered_anyway");
    EXPECT_EQ(counts().recovered_anyway, 1U);
    EXPECT_EQ(counts().unjustified, 1U);
    EXPECT_EQ(world->engine.explain("web")->rungs[3].precision,
              "precision 0 % (0 of 1 justified, all judged by comparison)");
}

TEST_F(PrecisionEngineTest, ADryRunThatStaysIllIsJustified) {
    begin(Mode::dry_run);
    act();
    tick(60s);
    EXPECT_EQ(judgements[1].reason, "still_ill");
    EXPECT_EQ(counts().justified, 1U);
    EXPECT_EQ(counts().recovered_anyway, 0U);
}

TEST_F(PrecisionEngineTest, ADryRunOfWhichNothingIsKnownAtTheEndIsNotJudged) {
    begin(Mode::dry_run);
    act();
    world->unit(3s, "reloading");
    tick(60s);
    EXPECT_EQ(judgements[1].judged, ActionLabel::none);
    EXPECT_EQ(counts().justified + counts().unjustified, 0U);
}

TEST_F(PrecisionEngineTest, ARealActionThatHelpsIsJustified) {
    begin(Mode::enforce);
    act();
    EXPECT_EQ(counts().acted, 1U);
    carry_out();
    world->unit(4s, "active");
    tick(60s);
    EXPECT_EQ(judgements[1].reason, "improved");
    EXPECT_EQ(counts().justified, 1U);
}

TEST_F(PrecisionEngineTest, ARemedyThatDoesNotBeatWaitingIsUnjustifiedThoughItImproves) {
    RestoredState past;
    TrialRecord alone;
    alone.target = "web";
    alone.improved = 40;
    TrialRecord tried;
    tried.target = "web";
    tried.level = Level::restart;
    tried.plan_digest = "digest-of-web";
    tried.improved = 2;
    tried.unchanged = 18;
    past.trials = {alone, tried};
    begin(Mode::enforce, past);
    act();
    carry_out();
    world->unit(4s, "active");
    tick(60s);
    EXPECT_EQ(judgements[1].reason, "no_better_than_waiting");
    EXPECT_EQ(counts().unjustified, 1U);
}

TEST_F(PrecisionEngineTest, APersonsLabelReplacesTheComparison) {
    begin(Mode::dry_run);
    act();
    tick(60s);
    ASSERT_EQ(counts().justified, 1U);
    EXPECT_EQ(label(61s, ActionLabel::unjustified),
              "action ledger-1 is labelled unjustified; web at restart: precision 0 % (0 of 1 "
              "justified, all labelled by people)");
    EXPECT_EQ(counts().justified, 0U);
    EXPECT_EQ(counts().unjustified, 1U);
    EXPECT_EQ(counts().labelled, 1U);
    EXPECT_EQ(judgements[1].by, JudgedBy::person);
    EXPECT_EQ(judgements[1].uid, 7U);

    const int before = written;
    const PrecisionRecord row = counts();
    EXPECT_THAT(label(62s, ActionLabel::unjustified, 8),
                ::testing::StartsWith("action ledger-1 is labelled unjustified already; "));
    EXPECT_EQ(written, before) << "the same label twice changes nothing";
    EXPECT_EQ(counts(), row);

    label(63s, ActionLabel::justified, 8);
    EXPECT_EQ(counts().justified, 1U);
    EXPECT_EQ(counts().unjustified, 0U);
    EXPECT_EQ(counts().labelled, 1U);
}

TEST_F(PrecisionEngineTest, TheComparisonDoesNotOverruleAPerson) {
    begin(Mode::dry_run);
    act();
    label(3s, ActionLabel::justified);
    world->unit(3s, "active");
    tick(60s);
    EXPECT_EQ(judgements[1].by, JudgedBy::person);
    EXPECT_EQ(counts().justified, 1U);
    EXPECT_EQ(counts().unjustified, 0U);
    EXPECT_EQ(counts().recovered_anyway, 1U) << "that is a fact all the same";
}

TEST_F(PrecisionEngineTest, CountsAndLabelsGoOnOverARestart) {
    begin(Mode::dry_run);
    act();
    tick(60s);
    const auto before = world->engine.precision();
    begin(Mode::dry_run, kept());
    EXPECT_EQ(world->engine.precision(), before);
    EXPECT_EQ(world->record<PrecisionRecord>(), nullptr) << "there is nothing new to write";
    label(61s, ActionLabel::unjustified);
    EXPECT_EQ(counts().unjustified, 1U);
    EXPECT_EQ(counts().justified, 0U);
    EXPECT_EQ(counts().since, before[0].since);
}

TEST_F(PrecisionEngineTest, WhatAPersonForcesCountsForNoRule) {
    begin(Mode::enforce);
    world->unit(1s, "active");
    world->tell(1s, HostEvent{HostChange::busy, false, true, "apt"});
    world->unit(2s, "failed");
    keep();
    OperatorEvent force;
    force.verb = OperatorVerb::force;
    force.target = "web";
    force.level = Level::restart;
    force.reason = "now";
    force.uid = 7;
    world->tell(3s, force);
    ASSERT_NE(world->effect<AskPreflight>(), nullptr);
    world->tell(3s,
                PreflightEvent{
                    world->effect<AskPreflight>()->ticket, Preflight::can, Refusal::none, "", {}});
    keep();
    ASSERT_NE(world->record<ActionRecord>(), nullptr);
    action = world->record<ActionRecord>()->id;
    EXPECT_EQ(counts().acted, 0U);
    EXPECT_EQ(label(4s, ActionLabel::unjustified),
              "action ledger-1 is labelled unjustified; it counts for no rule: a person forced it, "
              "or it was never begun");
    EXPECT_EQ(judgements[1].judged, ActionLabel::unjustified);
    EXPECT_EQ(counts().unjustified, 0U);
}

}  // namespace
}  // namespace primum

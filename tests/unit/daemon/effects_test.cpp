// SPDX-License-Identifier: MIT
#include "daemon/effects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Writes down what the ports are asked, in order.
class EffectsTest : public testing::Test {
protected:
    EffectPorts ports() {
        return {
            .record =
                [this](const std::vector<Record>& batch) {
                    did_.push_back("record " + std::to_string(batch.size()));
                },
            .ask = [this](const AskPreflight& ask) { did_.push_back("ask " + ask.target); },
            .ask_pointer =
                [this](const AskPointer& ask) { did_.push_back("ask_pointer " + ask.provider); },
            .run = [this](const RunAction& run) { did_.push_back("run " + run.action); },
            .settle = [this](const SettleAction& it) { did_.push_back("settle " + it.action); },
            .roll_back = [this](const RollBack& it) { did_.push_back("roll back " + it.action); },
            .reply = [this](const OperatorReply& reply) { replies_.push_back(reply); },
            .level_changed =
                [this](const LevelChanged& change) { did_.push_back("level " + change.target); },
            .target_changed =
                [this](const std::string& target) { did_.push_back("changed " + target); },
            .incident_changed = [this](const IncidentRecord&) { did_.emplace_back("incident"); },
            .notice = [this](const Effect& effect) { noticed_.push_back(effect.index()); },
            .page = [this](const Notify& page) { passed_.push_back(page.text); },
            .tell =
                [this](const Effect& effect) {
                    if (const auto* page = std::get_if<Notify>(&effect)) {
                        pages_.push_back(page->text);
                    }
                },
            .count = [this](const Effect&) { ++counted_; },
            .off_switch = [this] { return off_switch_; },
            .submit = [this](EventBody body) { submitted_.push_back(std::move(body)); },
        };
    }

    void carry_out(std::vector<Effect> effects, EventBody cause = TickEvent{}) {
        effects_.carry_out(Event{.body = std::move(cause)}, std::move(effects));
    }

    static JobEvent job(std::uint32_t id) {
        return {.unit = "a.service", .id = id, .type = "restart"};
    }

    ManualClock clock_;
    OffSwitchState off_switch_;
    std::vector<std::string> did_;
    std::vector<std::string> pages_;
    std::vector<OperatorReply> replies_;
    std::vector<EventBody> submitted_;
    std::vector<std::size_t> noticed_;
    std::vector<std::string> passed_;
    int counted_ = 0;
    Effects effects_{clock_, ports()};
};

TEST_F(EffectsTest, AllRecordsOfAnEventAreOneBatchBeforeAnythingElse) {
    carry_out({RunAction{.action = "x-1"},
               RecordEffect{DecisionRecord{}},
               LevelChanged{.target = "a"},
               RecordEffect{IncidentRecord{}}});
    EXPECT_THAT(did_, ElementsAre("record 2", "run x-1", "level a", "incident"));
}

TEST_F(EffectsTest, NoRecordsAreNoBatch) {
    carry_out({SettleAction{"x-1"}, RollBack{"x-2"}, AskPreflight{.target = "b"}});
    EXPECT_THAT(did_, ElementsAre("settle x-1", "roll back x-2", "ask b"));
}

TEST_F(EffectsTest, TheOffSwitchIsReadJustBeforeAnAction) {
    off_switch_ = {true, "/run/primum/disabled exists"};
    carry_out({RunAction{.action = "x-1", .unit = "a.service"}, RollBack{"x-0"}});
    EXPECT_THAT(did_, ElementsAre("roll back x-0"));
    ASSERT_EQ(submitted_.size(), 2U);
    const auto& host = std::get<HostEvent>(submitted_[0]);
    EXPECT_TRUE(host.disabled);
    const auto& news = std::get<ActionEvent>(submitted_[1]);
    EXPECT_EQ(news.action, "x-1");
    EXPECT_EQ(news.phase, ActionPhase::finished);
    EXPECT_EQ(news.result, ActionResult::failed);
    EXPECT_EQ(news.refusal, Refusal::disabled);
}

TEST_F(EffectsTest, AStoppingDaemonStartsNothing) {
    effects_.stop();
    carry_out({RunAction{.action = "x-1"}, RecordEffect{DecisionRecord{}}});
    EXPECT_THAT(did_, ElementsAre("record 1"));
    EXPECT_THAT(submitted_, IsEmpty());
}

TEST_F(EffectsTest, TheJobOfARunningActionIsOurs) {
    carry_out({RunAction{.action = "x-1", .unit = "a.service"}});
    auto ours = job(7);
    effects_.attribute(ours);
    EXPECT_TRUE(ours.ours);
    auto foreign = job(8);
    effects_.attribute(foreign);
    EXPECT_FALSE(foreign.ours);
}

TEST_F(EffectsTest, TheJobOfAnActionFoundAtStartIsOurs) {
    RestoredState state;
    state.actions.push_back(
        {.action = {.id = "x-1", .unit = "a.service"}, .state = ActionState::started});
    state.actions.push_back(
        {.action = {.id = "x-2", .unit = "b.service"}, .state = ActionState::verified});
    effects_.restore(state);
    carry_out({SettleAction{"x-1"}, SettleAction{"x-2"}});
    auto ours = job(7);
    effects_.attribute(ours);
    EXPECT_TRUE(ours.ours);
    JobEvent other{.unit = "b.service", .id = 9, .type = "restart"};
    effects_.attribute(other);
    EXPECT_FALSE(other.ours);
}

TEST_F(EffectsTest, PagesBeyondTheSixthOfAnHourAreCountedInTheNext) {
    for (int i = 0; i < 9; ++i) {
        carry_out({Notify{.text = "ill"}});
    }
    EXPECT_EQ(pages_.size(), 6U);
    EXPECT_EQ(counted_, 9);
    clock_.advance(std::chrono::hours{1});
    carry_out({Notify{.text = "ill"}});
    ASSERT_EQ(pages_.size(), 7U);
    EXPECT_EQ(pages_.back(), "ill (3 more pages were held back since the one before)");
}

TEST_F(EffectsTest, AnOperatorIsAnsweredAlsoWhenTheCoreTookNothing) {
    carry_out({Rejected{.reason = "no_rules", .detail = "not yet"}},
              OperatorEvent{.ticket = 5, .verb = OperatorVerb::hold});
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].ticket, 5U);
    EXPECT_FALSE(replies_[0].accepted);
    EXPECT_EQ(replies_[0].code, "no_rules");
}

TEST_F(EffectsTest, AHoldOnAllIsAChangeOfTheHost) {
    carry_out({RecordEffect{HoldRecord{.target = "a"}}, RecordEffect{HoldRecord{}}});
    EXPECT_THAT(did_, ElementsAre("record 2", "changed a", "changed "));
}

TEST_F(EffectsTest, NoticesAreMadeBeforeTheRecordsAndPagesOnlyWithinTheLimit) {
    for (int i = 0; i < 8; ++i) {
        carry_out({Notify{.text = std::to_string(i)}, RecordEffect{IncidentRecord{}}});
    }
    EXPECT_EQ(noticed_.size(), 16U) << "what is so is not limited";
    EXPECT_THAT(passed_, ElementsAre("0", "1", "2", "3", "4", "5"));
    EXPECT_EQ(pages_, passed_);
}

// Lesson: a restart of the agent forgets every cooldown.
TEST_F(EffectsTest, PagesOfAnEarlierRunCountAgainstTheLimit) {
    clock_.advance(std::chrono::hours{2});
    const auto now = clock_.now().t;
    effects_.paged_before({now - std::chrono::minutes{1},
                           now - std::chrono::minutes{59},
                           now - std::chrono::minutes{61},
                           now - std::chrono::minutes{3},
                           now - std::chrono::minutes{2},
                           now - std::chrono::minutes{4}});
    carry_out({Notify{.text = "sixth"}, Notify{.text = "seventh"}});
    EXPECT_THAT(passed_, ElementsAre("sixth"));
    clock_.advance(std::chrono::minutes{2});
    carry_out({Notify{.text = "eighth"}});
    EXPECT_THAT(passed_,
                ElementsAre("sixth", "eighth (1 more page was held back since the one before)"));
}

}  // namespace
}  // namespace primum::daemon

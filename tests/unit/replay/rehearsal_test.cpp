// SPDX-License-Identifier: MIT
#include "replay/rehearsal.hpp"

#include "live_run.hpp"

#include <gmock/gmock.h>

namespace primum::replay {
namespace {

using test::LiveRun;

struct Rehearsed {
    std::vector<ActionRecord> actions;
    std::vector<std::string> effects;
};

Rehearsed rehearse(const LiveRun& live, std::shared_ptr<const RuleSet> rules) {
    Rehearsal rehearsal{std::move(rules)};
    Rehearsed found;
    for (const Event& event : live.events) {
        const auto steps = rehearsal.play(event);
        EXPECT_TRUE(steps) << steps.error().message;
        for (const auto& step : *steps) {
            found.effects.push_back(event::write_effect(step.effect));
            const auto* record = std::get_if<RecordEffect>(&step.effect);
            const auto* action =
                record == nullptr ? nullptr : std::get_if<ActionRecord>(&record->record);
            if (action != nullptr) {
                found.actions.push_back(*action);
                EXPECT_EQ(action->intended, step.at);
            }
        }
    }
    return found;
}

LiveRun one_failure() {
    LiveRun live;
    live.start(test::restart_rules("10s"));
    live.tell_a_failure();
    return live;
}

TEST(RehearsalTest, OtherRulesActAtTheirOwnTime) {
    const LiveRun live = one_failure();
    const auto before = rehearse(live, nullptr);
    const auto after = rehearse(live, test::compile(test::restart_rules("25s")).rules);
    ASSERT_EQ(before.actions.size(), 1U);
    ASSERT_EQ(after.actions.size(), 1U);
    EXPECT_EQ(after.actions[0].intended.t - before.actions[0].intended.t, std::chrono::seconds{15});
    EXPECT_FALSE(after.actions[0].dry_run);
}

// A simple answer to every question: what is rehearsed comes to its end by itself.
TEST(RehearsalTest, EveryActionIsAnsweredAndVerified) {
    const auto found = rehearse(one_failure(), test::compile(test::restart_rules("25s")).rules);
    EXPECT_THAT(found.effects, testing::Contains(testing::HasSubstr(R"("outcome":"improved")")));
    EXPECT_THAT(found.effects, testing::Contains(testing::HasSubstr(R"("kind":"recovered")")));
}

TEST(RehearsalTest, DryRunRulesWouldAct) {
    const auto found =
        rehearse(one_failure(), test::compile(test::restart_rules("10s", "dry_run")).rules);
    ASSERT_GE(found.actions.size(), 1U);
    EXPECT_TRUE(found.actions[0].dry_run);
    EXPECT_THAT(found.effects, testing::Not(testing::Contains(testing::HasSubstr("run_action"))));
}

TEST(RehearsalTest, AStartBeginsAnewWithoutTheRecordedHistory) {
    LiveRun live = one_failure();
    RestoreEvent restore;
    restore.state.boot_id = "boot";
    restore.state.next_incident = 9;
    RestoredIncident incident;
    incident.incident.id = 8;
    incident.incident.target = "gateway";
    restore.state.incidents.push_back(incident);
    live.events.push_back({live.now, restore});
    const auto found = rehearse(live, test::compile(test::restart_rules()).rules);
    EXPECT_THAT(found.effects, testing::Not(testing::Contains(testing::HasSubstr("\"id\":8"))));
}

// From the middle of a failure on: the target that means something else warms up and acts in its
// own time, and what was under way before gets its recorded answers.
TEST(RehearsalTest, BeginsInTheMiddleOfARun) {
    for (const Duration before :
         {Duration{std::chrono::seconds{1}}, Duration{std::chrono::seconds{15}}}) {
        LiveRun live;
        live.start(test::restart_rules("10s"));
        live.unit("active");
        live.wait(std::chrono::minutes{5});
        live.unit("failed");
        live.wait(before);
        live.events = live.head();
        live.wait(std::chrono::minutes{1});
        live.unit("active");
        live.wait(std::chrono::minutes{20});
        live.send(TickEvent{});
        const auto same = rehearse(live, test::compile(test::restart_rules("10s")).rules);
        const auto other = rehearse(live, test::compile(test::restart_rules("25s")).rules);
        const bool acts = before < std::chrono::seconds{10};
        EXPECT_EQ(same.actions.size(), acts ? 1U : 0U);
        EXPECT_EQ(other.actions.size(), acts ? 1U : 0U);
        EXPECT_THAT(same.effects, testing::Contains(testing::HasSubstr(R"("outcome":"improved")")));
        EXPECT_THAT(other.effects,
                    testing::Contains(testing::HasSubstr(R"("outcome":"improved")")));
    }
}

TEST(RehearsalTest, ALaterSegmentIsNoStart) {
    LiveRun live = one_failure();
    const auto whole = rehearse(live, test::compile(test::restart_rules("25s")).rules);
    LiveRun cut;
    cut.start(test::restart_rules("10s"));
    cut.unit("active");
    cut.wait(std::chrono::minutes{5});
    cut.unit("failed");
    for (const Event& event : cut.head()) {
        cut.events.push_back(event);
    }
    cut.wait(std::chrono::minutes{1});
    cut.unit("active");
    cut.wait(std::chrono::minutes{20});
    cut.send(TickEvent{});
    EXPECT_EQ(rehearse(cut, test::compile(test::restart_rules("25s")).rules).effects,
              whole.effects);
}

TEST(RehearsalTest, RecordedReloadsCountOnlyWithTheRecordedRules) {
    LiveRun live;
    live.start(test::restart_rules("10s"));
    live.reload(test::restart_rules("10s", "observe"));
    live.tell_a_failure();
    EXPECT_TRUE(rehearse(live, nullptr).actions.empty());
    EXPECT_EQ(rehearse(live, test::compile(test::restart_rules()).rules).actions.size(), 1U);
}

TEST(RehearsalTest, RefusesWhatDoesNotBeginAsARecordingDoes) {
    Rehearsal rehearsal{nullptr};
    EXPECT_FALSE(rehearsal.play({{}, TickEvent{}}));
}

}  // namespace
}  // namespace primum::replay

// SPDX-License-Identifier: MIT
#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

TrialRecord demoted(std::uint32_t index, const std::string& digest) {
    TrialRecord record;
    record.target = "web";
    record.level = Level::restart;
    record.index = index;
    record.plan_digest = digest;
    record.unchanged = 10;
    record.demoted = true;
    return record;
}

std::shared_ptr<RuleSet> two_remedies() {
    TargetRule target = restart_target();
    RungRule& rung = target.rungs[index_of(Level::restart)];
    rung.remedies.push_back(rung.remedies[0]);
    rung.remedies[1].plan_digest = "second";
    rung.attempts = 2;
    return rule_set({target});
}

class LadderTrialsTest : public ::testing::Test {
protected:
    // The place in the list that is asked for when the unit fails; nothing when none is.
    std::optional<std::uint32_t> asked_with(std::vector<TrialRecord> trials) {
        RestoredState state;
        state.trials = std::move(trials);
        world.emplace(two_remedies(), state);
        world->unit(0s, "active");
        world->unit(1s, "failed");
        const auto* request = world->effect<AskPreflight>();
        return request == nullptr ? std::nullopt : std::optional{request->index};
    }
    std::optional<EngineFixture> world;
};

TEST_F(LadderTrialsTest, ADemotedRemedyIsLeftOutOfTheTurn) {
    EXPECT_EQ(asked_with({}), 0U);
    EXPECT_EQ(asked_with({demoted(0, "digest-of-web")}), 1U);
    EXPECT_EQ(asked_with({demoted(1, "second")}), 0U);
    EXPECT_EQ(asked_with({demoted(0, "another plan")}), 0U);
}

TEST_F(LadderTrialsTest, ARungOfDemotedRemediesIsPassedOver) {
    EXPECT_EQ(asked_with({demoted(0, "digest-of-web"), demoted(1, "second")}), std::nullopt);
    EXPECT_EQ(world->engine.target("web")->phase, Phase::exhausted);
    bool passed_over = false;
    for (const Effect& effect : world->last) {
        const auto* record = std::get_if<RecordEffect>(&effect);
        const auto* decision =
            record == nullptr ? nullptr : std::get_if<DecisionRecord>(&record->record);
        passed_over =
            passed_over || (decision != nullptr && decision->kind == DecisionKind::passed_over &&
                            decision->reason == "demoted");
    }
    EXPECT_TRUE(passed_over);
}

TEST_F(LadderTrialsTest, TheFirstRealIntentIsAFailureOfWaiting) {
    ASSERT_EQ(asked_with({}), 0U);
    PreflightEvent can;
    can.ticket = world->effect<AskPreflight>()->ticket;
    can.answer = Preflight::can;
    world->tell(1s, can);
    const auto* trial = world->record<TrialRecord>();
    ASSERT_NE(trial, nullptr);
    EXPECT_EQ(trial->level, Level::steady);
    EXPECT_EQ(trial->improved, 0U);
    EXPECT_EQ(trial->unchanged, 1U);
    EXPECT_EQ(world->engine.explain("web")->rungs[3].trials, "alone 0 of 1 (0..79 %)");
}

TEST_F(LadderTrialsTest, GettingWellBeforeAnyActionIsASuccessOfWaiting) {
    TargetRule target = restart_target();
    target.rungs[index_of(Level::restart)].dwell = 1min;
    world.emplace(rule_set({target}));
    world->unit(0s, "active");
    world->unit(1s, "failed");
    world->unit(5s, "active");
    world->tell(20s, TickEvent{});
    const auto* trial = world->record<TrialRecord>();
    ASSERT_NE(trial, nullptr);
    EXPECT_EQ(trial->improved, 1U);
    EXPECT_EQ(trial->unchanged, 0U);
}

}  // namespace
}  // namespace primum

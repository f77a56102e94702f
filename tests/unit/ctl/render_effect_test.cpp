// SPDX-License-Identifier: MIT
#include "ctl/render_effect.hpp"

#include "rendering.hpp"

#include <gtest/gtest.h>

namespace primum::ctl {
namespace {

class RenderEffectTest : public testing::Rendering {
protected:
    static std::string line(const Effect& effect) {
        const auto text = render_effect(effect, wall_from_us(1'795'320'000'000'000), 8);
        return text ? text->substr(text->find("  ") + 2) : "none";
    }
};

TEST_F(RenderEffectTest, EachKindHasItsLine) {
    DecisionRecord decision;
    decision.target = "gateway";
    decision.kind = DecisionKind::waited;
    decision.level = Level::retry;
    decision.reason = "cooldown";
    decision.detail = "until 12:00";
    EXPECT_EQ(line(RecordEffect{decision}),
              "gateway   decision  waited          retry    cooldown: until 12:00\n");
    ActionRecord action;
    action.id = "uuid-1";
    action.target = "gateway";
    action.level = Level::restart;
    action.kind = "restart";
    EXPECT_EQ(line(RecordEffect{action}),
              "gateway   action    intended        restart  restart uuid-1\n");
    action.dry_run = true;
    EXPECT_EQ(line(RecordEffect{action}),
              "gateway   action    would           restart  restart uuid-1\n");
    TransitionRecord step;
    step.action = "uuid-1";
    step.state = ActionState::verified;
    step.outcome = Outcome::worse;
    step.reason = "worse";
    step.detail = "it failed";
    EXPECT_EQ(line(RecordEffect{step}),
              "-         step      verified        uuid-1 worse worse: it failed\n");
    EXPECT_EQ(line(LevelChanged{"gateway", 1, Level::observe, Level::retry, "error"}),
              "gateway   level     observe -> retry (error)\n");
    EXPECT_EQ(line(Notify{PageKind::stalled, 1, "gateway", Level::retry, "stalled", "still ill"}),
              "gateway   page      stalled: still ill\n");
}

TEST_F(RenderEffectTest, WhatIsNoDecisionHasNone) {
    EXPECT_EQ(line(SeverityChanged{}), "none");
    EXPECT_EQ(line(RecordEffect{HoldRecord{}}), "none");
    EXPECT_EQ(line(RunAction{}), "none");
}

TEST_F(RenderEffectTest, NothingSteersTheTerminal) {
    EXPECT_EQ(line(LevelChanged{"\x1b[2J", 1, Level::observe, Level::retry, "a\nb"}),
              "?[2J      level     observe -> retry (a?b)\n");
}

}  // namespace
}  // namespace primum::ctl

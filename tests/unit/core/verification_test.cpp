// SPDX-License-Identifier: MIT
#include "core/verification.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace primum::core {
namespace {

using namespace test;

class VerificationTest : public testing::Test {
protected:
    VerificationTest() {
        TargetRule rule = restart_target();
        rule.indicators.push_back(gauge_indicator());
        rule.indicators.back().trip = {1, 1, Duration{0}};
        rule.indicators.back().clear = {1, 1, Duration{0}};
        rules = rule_set({rule});
        target = std::make_unique<TargetState>(1, rules, rules->targets[0], EngineLimits{});
        slot = *target->indicators[1].bind(0, {"queue", {}});
        flight.rung = target->rung(Level::restart);
        flight.rung.when = Severity::error;
    }
    void unit(Severity severity) { target->indicators[0].judge_unit(at(++t), severity, "", ""); }
    void gauge(double value) {
        target->indicators[1].begin_collection();
        target->indicators[1].feed(slot, at(++t), value);
        target->indicators[1].evaluate(stamp(t), false);
    }
    void intend() { flight.record.evidence = target->evidence(); }
    [[nodiscard]] bool worse(bool settled) const {
        std::string why;
        return is_worse(*target, flight, settled, why);
    }

    std::shared_ptr<RuleSet> rules;
    std::unique_ptr<TargetState> target;
    std::size_t slot = 0;
    Flight flight;
    std::chrono::seconds t{0};
};

TEST_F(VerificationTest, AUnitThatFailsIsWorseAtOnce) {
    unit(Severity::ok);
    gauge(50);
    intend();
    EXPECT_FALSE(worse(false));
    unit(Severity::critical);
    EXPECT_TRUE(worse(false));
}

TEST_F(VerificationTest, AUnitThatHadFailedBeforeIsNotWorse) {
    unit(Severity::critical);
    intend();
    EXPECT_FALSE(worse(true));
}

TEST_F(VerificationTest, AnIndicatorCountsOnlyOnceSettled) {
    unit(Severity::critical);
    gauge(1);
    intend();
    gauge(50);
    EXPECT_FALSE(worse(false));
    EXPECT_TRUE(worse(true));
}

TEST_F(VerificationTest, WhatWasUnknownAtIntentShowsNoHarm) {
    unit(Severity::critical);
    intend();
    gauge(50);
    EXPECT_FALSE(worse(true));
}

TEST_F(VerificationTest, AllBelowTheRungIsImproved) {
    unit(Severity::critical);
    intend();
    unit(Severity::ok);
    EXPECT_EQ(judge_outcome(*target, flight).outcome, Outcome::improved);
}

TEST_F(VerificationTest, StillIllIsUnchanged) {
    unit(Severity::critical);
    intend();
    EXPECT_EQ(judge_outcome(*target, flight).outcome, Outcome::unchanged);
}

TEST_F(VerificationTest, ATriggerThatFellSilentIsInconclusive) {
    gauge(50);
    intend();
    target->indicators[1].forget();
    EXPECT_EQ(judge_outcome(*target, flight).outcome, Outcome::inconclusive);
}

}  // namespace
}  // namespace primum::core

// SPDX-License-Identifier: MIT
#include "fixture.hpp"

#include <primum/engine.hpp>

#include <gtest/gtest.h>

namespace primum {
namespace {

using namespace test;

TEST(EngineTest, TakesNothingBeforeRestoreAndRules) {
    Engine engine;
    const auto effects = engine.advance({stamp(0s), TickEvent{}});
    ASSERT_EQ(effects.size(), 1U);
    EXPECT_EQ(std::get<Rejected>(effects[0]).reason, "no_restore");
}

TEST(EngineTest, RejectsTimeThatGoesBack) {
    EngineFixture world{rule_set({restart_target()})};
    world.tell(10s, TickEvent{});
    world.tell(9s, TickEvent{});
    ASSERT_NE(world.effect<Rejected>(), nullptr);
    EXPECT_EQ(world.effect<Rejected>()->reason, "time_went_back");
}

TEST(EngineTest, HealsAFailedUnitFromIntentToClose) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "active");
    world.unit(10s, "failed");
    const auto* ask = world.effect<AskPreflight>();
    ASSERT_NE(ask, nullptr);
    EXPECT_EQ(ask->level, Level::restart);
    EXPECT_EQ(ask->plan_digest, "digest-of-web");

    PreflightEvent can;
    can.ticket = ask->ticket;
    can.answer = Preflight::can;
    world.tell(10s, can);
    const auto* intent = world.record<ActionRecord>();
    ASSERT_NE(intent, nullptr);
    EXPECT_EQ(world.effect<RunAction>(), nullptr) << "an intent must be durable first";
    const std::string id = intent->id;

    world.tell(10s, LedgerEvent{LedgerNews::committed, id, ""});
    ASSERT_NE(world.effect<RunAction>(), nullptr);
    EXPECT_EQ(world.effect<RunAction>()->action, id);

    ActionEvent finished;
    finished.action = id;
    finished.phase = ActionPhase::finished;
    finished.result = ActionResult::done;
    world.unit(11s, "active");
    world.tell(11s, finished);
    EXPECT_EQ(world.engine.target("web")->phase, Phase::settling);
    world.tell(17s, TickEvent{});
    world.tell(17s, TickEvent{});
    EXPECT_EQ(world.engine.target("web")->phase, Phase::soaking);
    world.tell(27s, TickEvent{});
    EXPECT_EQ(world.engine.target("web")->level, Level::steady);
    ASSERT_NE(world.record<IncidentRecord>(), nullptr);
    EXPECT_FALSE(world.record<IncidentRecord>()->open);
    EXPECT_EQ(world.record<IncidentRecord>()->helped, Level::restart);
}

TEST(EngineTest, ASampleOfAnUnknownSourceOrSeriesIsRejected) {
    EngineFixture world{rule_set({restart_target()})};
    world.tell(1s, SampleEvent{"nobody", 0, 1});
    EXPECT_EQ(world.effect<Rejected>()->reason, "unknown_source");
    world.tell(1s, SampleEvent{"metrics", 9, 1});
    EXPECT_EQ(world.effect<Rejected>()->reason, "unknown_series");
}

TEST(EngineTest, NewsOfAnActionNobodyAskedForIsRejected) {
    EngineFixture world{rule_set({restart_target()})};
    ActionEvent event;
    event.action = "ledger-99";
    event.phase = ActionPhase::finished;
    world.tell(1s, event);
    EXPECT_EQ(world.effect<Rejected>()->reason, "unknown_action");
}

TEST(EngineTest, IdleHasNoDeadline) {
    EngineFixture world{rule_set({restart_target()})};
    world.unit(1s, "active");
    EXPECT_FALSE(world.engine.next_deadline().has_value());
}

TEST(EngineTest, AFailedSourceIsAnIncidentOfItsOwn) {
    EngineFixture world{rule_set({restart_target()})};
    world.tell(1s, SourceEvent{"metrics", false, "refused", "connection refused"});
    ASSERT_NE(world.record<IncidentRecord>(), nullptr);
    EXPECT_EQ(world.record<IncidentRecord>()->target, "source:metrics");
    EXPECT_EQ(world.engine.target("web")->level, Level::steady);
    world.tell(20s, TickEvent{});
    ASSERT_NE(world.effect<Notify>(), nullptr);
    world.tell(21s, SamplesEvent{"metrics", {}});
    EXPECT_EQ(world.record<IncidentRecord>(), nullptr);
    world.tell(36s, SamplesEvent{"metrics", {}});
    ASSERT_NE(world.record<IncidentRecord>(), nullptr);
    EXPECT_FALSE(world.record<IncidentRecord>()->open);
}

// A target whose one gauge is judged by what it has learnt.
std::shared_ptr<RuleSet> learning_rules(const std::string& digest = "target-web") {
    TargetRule target = restart_target();
    target.digest = digest;
    IndicatorRule rule = gauge_indicator();
    rule.baseline = BaselineRule{20, 1h, Season::none};
    Threshold threshold;
    threshold.above_baseline = 4;
    threshold.by_at_least = 1;
    rule.thresholds.fill(std::nullopt);
    rule.thresholds[static_cast<std::size_t>(Severity::error)] = threshold;
    target.indicators = {unit_indicator(), rule};
    return rule_set({target});
}

class LearningTest : public testing::Test {
protected:
    // Collections every 5 s; the baseline records that came of them.
    static std::vector<BaselineRecord> teach(EngineFixture& primum, Duration from, Duration to) {
        std::vector<BaselineRecord> records;
        for (Duration now = from; now < to; now += 5s) {
            primum.tell(now,
                        SamplesEvent{"metrics", {{0, 10.0 + static_cast<double>(now / 5s % 3)}}});
            if (const auto* record = primum.record<BaselineRecord>()) {
                records.push_back(*record);
            }
        }
        return records;
    }
    static void declare(EngineFixture& primum) {
        primum.unit(0s, "active");
        primum.tell(0s, SeriesEvent{"metrics", 0, "queue", {"queue", {}}});
    }
};

TEST_F(LearningTest, WhatWasLearntIsRecordedHourlyAndComesBack) {
    EngineFixture primum{learning_rules()};
    declare(primum);
    const auto records = teach(primum, 0s, 3h);
    ASSERT_GE(records.size(), 2U);
    ASSERT_LE(records.size(), 3U);
    EXPECT_GE(records[1].at.t - records[0].at.t, 1h);
    EXPECT_EQ(records.back().target, "web");
    EXPECT_EQ(records.back().indicator, "queue");
    EXPECT_EQ(records.back().digest, "target-web");
    EXPECT_GT(records.back().samples, 1'000U);

    RestoredState state;
    state.baselines = {records.back()};
    EngineFixture again{learning_rules(), state};
    declare(again);
    for (int i = 0; i < 2; ++i) {
        again.tell(1s * i, SamplesEvent{"metrics", {{0, 50}}});
    }
    EXPECT_EQ(again.engine.target("web")->severity, Severity::error);

    EngineFixture changed{learning_rules("another meaning"), state};
    declare(changed);
    for (int i = 0; i < 2; ++i) {
        changed.tell(1s * i, SamplesEvent{"metrics", {{0, 50}}});
    }
    const auto explained = changed.engine.explain("web");
    EXPECT_EQ(explained->evidence.at(1).evidence.severity, Severity::unknown);
    EXPECT_EQ(explained->evidence.at(1).baseline, "learning what is normal: 2 of 20 samples");
}

TEST_F(LearningTest, NothingIsLearntWhileTheTargetIsIll) {
    EngineFixture primum{learning_rules()};
    declare(primum);
    teach(primum, 0s, 100s);
    primum.unit(100s, "failed");
    ASSERT_NE(primum.engine.target("web")->level, Level::steady);
    teach(primum, 105s, 1h);
    const auto text = primum.engine.explain("web")->evidence.at(1).baseline;
    EXPECT_EQ(text, "normal 11 ± 1.483 (20 samples)");
}

TEST_F(LearningTest, NothingIsLearntBeforeItHasWarmedUp) {
    auto rules = learning_rules();
    rules->targets[0].warm_up = 60s;
    EngineFixture primum{rules};
    declare(primum);
    teach(primum, 0s, 60s);
    EXPECT_EQ(primum.engine.explain("web")->evidence.at(1).baseline,
              "learning what is normal: 0 of 20 samples");
}

TEST_F(LearningTest, WithoutDataNothingIsRecorded) {
    EngineFixture primum{learning_rules()};
    declare(primum);
    teach(primum, 0s, 1min);
    int records = 0;
    for (Duration now = 1min; now < 10h; now += 1min) {
        primum.tell(now, TickEvent{});
        records += primum.record<BaselineRecord>() != nullptr ? 1 : 0;
    }
    EXPECT_EQ(records, 1);
}

}  // namespace
}  // namespace primum

// SPDX-License-Identifier: MIT
#include "actuator/recovery.hpp"

#include "actuator/order_text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace primum::actuator {
namespace {

Stamp at(std::int64_t seconds) {
    return {instant_from_us(seconds * 1'000'000), wall_from_us(seconds * 1'000'000)};
}

StoredAction started(RemedyKind kind = RemedyKind::restart) {
    StoredAction action;
    action.id = "a-1";
    action.target = "gateway";
    action.unit = "gateway.service";
    action.level = Level::restart;
    action.kind = kind;
    action.boot_id = "this";
    action.started = at(100);
    action.timeout = std::chrono::seconds{90};
    action.invocation_before = "aa";
    action.job = "/org/freedesktop/systemd1/job/7";
    action.acting = true;
    action.facts.evidence = "e-1";
    action.facts.snapshots = {"s-1"};
    action.facts.stored_before = 2;
    return action;
}

TEST(RecoveryTest, WhatHadNotBegunDidNothing) {
    auto action = started();
    action.acting = false;
    for (const std::string boot : {"this", "another"}) {
        const auto end = end_without_a_look(action, boot, at(200));
        ASSERT_TRUE(end.has_value());
        EXPECT_EQ(end->result, ActionResult::failed);
        EXPECT_EQ(end->refusal, Refusal::too_late);
    }
}

TEST(RecoveryTest, AnotherBootTellsNothingButForFiles) {
    EXPECT_FALSE(end_without_a_look(started(), "this", at(200)).has_value());
    const auto end = end_without_a_look(started(), "another", at(200));
    ASSERT_TRUE(end.has_value());
    EXPECT_EQ(end->result, ActionResult::ambiguous);
    EXPECT_EQ(end->refusal, Refusal::none);
    for (const auto kind : {RemedyKind::failover, RemedyKind::config_fallback}) {
        EXPECT_FALSE(end_without_a_look(started(kind), "another", at(200)).has_value());
    }
}

TEST(RecoveryTest, SilenceIsAmbiguous) {
    EXPECT_EQ(end_in_silence(started(), at(200)).result, ActionResult::ambiguous);
}

TEST(RecoveryTest, TheEndOfAJobNamesBothInvocations) {
    remedy::Report report;
    report.result = ActionResult::done;
    report.job_result = "done";
    report.invocation_after = "bb";
    report.detail = "the restart job is done";
    EXPECT_EQ(end_of_report(started(), report, at(101)).detail,
              "the restart job is done; job done, invocation aa before, bb after");
}

TEST(RecoveryTest, WhatWasKeptBeforeStaysInTheEnd) {
    remedy::Report report;
    report.result = ActionResult::done;
    report.detail = "done";
    report.facts.stored_after = 1;
    report.facts.lost_state = true;
    const auto end = end_of_report(started(), report, at(101));
    EXPECT_EQ(end.detail, "done");
    EXPECT_EQ(end.facts.evidence, "e-1");
    EXPECT_EQ(end.facts.snapshots, std::vector<std::string>{"s-1"});
    EXPECT_EQ(end.facts.stored_before, 2U);
    EXPECT_EQ(end.facts.stored_after, 1U);
    EXPECT_TRUE(end.facts.lost_state);
}

TEST(RecoveryTest, TheOrderIsAsItWasStored) {
    remedy::Order order;
    order.rule.kind = RemedyKind::failover;
    order.rule.plan = FailoverPlan{"upstream", Then::restart};
    order.rule.plan_digest = "digest";
    order.rule.way_back = WayBack::files;
    order.user = "gateway";
    order.candidate = "b";
    ProviderRule provider;
    provider.name = "upstream";
    provider.pointer = {PointerForm::toml, "/etc/gateway/u.toml", "upstream.url"};
    provider.candidates = {{"a", "http://a", {}, {}}, {"b", "http://b", {}, {}}};
    order.provider = provider;
    auto action = started(RemedyKind::failover);
    action.order = write_order(order);
    const auto back = order_of(action);
    EXPECT_EQ(back.action, "a-1");
    EXPECT_EQ(back.unit, "gateway.service");
    EXPECT_EQ(back.level, Level::restart);
    EXPECT_EQ(back.invocation, "aa");
    EXPECT_EQ(back.job, "/org/freedesktop/systemd1/job/7");
    EXPECT_EQ(back.rule.timeout, std::chrono::seconds{90});
    EXPECT_EQ(back.rule.plan_digest, "digest");
    EXPECT_EQ(back.rule.way_back, WayBack::files);
    EXPECT_EQ(back.user, "gateway");
    EXPECT_EQ(back.candidate, "b");
    EXPECT_EQ(std::get<FailoverPlan>(back.rule.plan).then, Then::restart);
    ASSERT_TRUE(back.provider.has_value());
    EXPECT_EQ(back.provider->name, "upstream");
    EXPECT_EQ(back.provider->pointer, provider.pointer);
    ASSERT_EQ(back.provider->candidates.size(), 2U);
    EXPECT_EQ(back.provider->candidates[1].points_to, "http://b");
}

TEST(RecoveryTest, OfAnEarlierVersionTheOrderIsWhatTheRowSays) {
    const auto back = order_of(started(RemedyKind::reload));
    EXPECT_EQ(back.rule.kind, RemedyKind::reload);
    EXPECT_EQ(back.unit, "gateway.service");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(back.rule.plan));
}

TEST(RecoveryTest, AWayBackThatCannotBeReadIsNone) {
    auto action = started();
    EXPECT_TRUE(way_back_of(action).empty());
    action.way_back = "{";
    EXPECT_TRUE(way_back_of(action).empty());
}

}  // namespace
}  // namespace primum::actuator

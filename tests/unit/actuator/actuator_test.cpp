// SPDX-License-Identifier: MIT
#include "actuator/actuator.hpp"

#include "actuator_fixture.hpp"

#include <primum/rules.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace primum::actuator {
namespace {

namespace fs = std::filesystem;

class ActuatorTest : public ActuatorFixture {};

TEST_F(ActuatorTest, AnActionIsStartedDoneAndTold) {
    const auto replies = ask(execute("a-1"));
    ASSERT_EQ(replies.size(), 2U);
    EXPECT_EQ(std::get<ActionEvent>(replies[0]).phase, ActionPhase::started);
    const auto& end = std::get<ActionEvent>(replies[1]);
    EXPECT_EQ(end.phase, ActionPhase::finished);
    EXPECT_EQ(end.result, ActionResult::done);
    EXPECT_EQ(end.facts.stored_after, 3U);
    EXPECT_EQ(host_.count("act a-1"), 1U);
    EXPECT_EQ(settled("a-1"), SettledAs::done);
    ASSERT_TRUE(host_.ordered.has_value());
    EXPECT_EQ(host_.ordered->user, "gateway");
    EXPECT_EQ(host_.ordered->rule.kind, RemedyKind::restart);
}

TEST_F(ActuatorTest, WithoutSystemdNothingIsDoneAndTheIdStaysUnused) {
    host_.plan.silent = true;
    EXPECT_EQ(refusal(execute("a-1")), Refusal::bus);
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
    EXPECT_TRUE(host_.effects().empty());
}

TEST_F(ActuatorTest, APreflightSaysWhyNot) {
    remedy::PreflightRequest request;
    request.ticket = 7;
    request.target = "gateway";
    request.level = Level::restart;
    request.plan_digest = digest(Level::restart);
    EXPECT_EQ(answer<PreflightEvent>(request).answer, Preflight::can);
    host_.plan.silent = true;
    const auto silent = answer<PreflightEvent>(request);
    EXPECT_EQ(silent.ticket, 7U);
    EXPECT_EQ(silent.answer, Preflight::not_now);
    EXPECT_EQ(silent.code, Refusal::bus);
    request.plan_digest = "another";
    EXPECT_EQ(answer<PreflightEvent>(request).code, Refusal::stale_plan);
    request.plan_digest = digest(Level::restart);
    request.candidate = "b";
    EXPECT_EQ(answer<PreflightEvent>(request).code, Refusal::bad_request);
    EXPECT_TRUE(host_.effects().empty());
}

TEST_F(ActuatorTest, TheBlastRadiusIsToldAndCounts) {
    host_.blast = {"other.service"};
    remedy::PreflightRequest request;
    request.target = "gateway";
    request.level = Level::restart;
    request.plan_digest = digest(Level::restart);
    EXPECT_EQ(answer<PreflightEvent>(request).blast_radius, host_.blast);
    EXPECT_EQ(refusal(execute("a-1")), Refusal::blast_radius);
    host_.blast = {"dbus.service"};
    EXPECT_EQ(refusal(execute("a-1")), Refusal::protected_unit);
}

TEST_F(ActuatorTest, EachRefusalHasItsCode) {
    auto request = execute("a-1");
    request.plan_digest = "another";
    EXPECT_EQ(refusal(request), Refusal::stale_plan);
    request = execute("a-1");
    request.not_after = instant_from_us(start_us - 1);
    EXPECT_EQ(refusal(request), Refusal::too_late);
    request = execute("a-1");
    static_cast<void>(directory_.write("disabled", ""));
    EXPECT_EQ(refusal(request), Refusal::disabled);
    fs::remove(directory_.path("disabled"));
    settings("dry_run");
    EXPECT_EQ(refusal(execute("a-1")), Refusal::not_enforced);
    static_cast<void>(directory_.write("rules.toml", "[target.gateway\n"));
    EXPECT_EQ(refusal(request), Refusal::rules_unreadable);
    request.action = "";
    EXPECT_EQ(refusal(request), Refusal::bad_request);
    request.action = std::string(129, 'x');
    EXPECT_EQ(refusal(request), Refusal::bad_request);
    EXPECT_TRUE(host_.effects().empty());
}

TEST_F(ActuatorTest, AnIdThatWasAskedAfterCanNeverStart) {
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
    EXPECT_EQ(refusal(execute("a-1")), Refusal::seen_before);
    restart();
    EXPECT_EQ(refusal(execute("a-1")), Refusal::seen_before);
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
    EXPECT_TRUE(host_.effects().empty());
}

// The tombstone is laid while systemd is asked about the unit.
TEST_F(ActuatorTest, AnIdThatIsAskedAfterWhileItIsAdmittedNeverStarts) {
    host_.plan.hold_facts = true;
    EXPECT_TRUE(ask(execute("a-1")).empty());
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
    replies_.clear();
    host_.release();
    turn();
    EXPECT_EQ(last<ActionEvent>(replies_).refusal, Refusal::seen_before);
    EXPECT_TRUE(host_.effects().empty());
}

TEST_F(ActuatorTest, AnIdStartsOnce) {
    done("a-1");
    EXPECT_EQ(refusal(execute("a-1")), Refusal::seen_before);
    EXPECT_EQ(host_.count("act a-1"), 1U);
}

TEST_F(ActuatorTest, OneActionATargetAtATime) {
    host_.plan.hold_run = true;
    EXPECT_EQ(ask(execute("a-1")).size(), 1U);
    EXPECT_EQ(refusal(execute("a-2")), Refusal::foreign_job);
    remedy::PreflightRequest request;
    request.target = "gateway";
    request.level = Level::retry;
    request.plan_digest = digest(Level::retry);
    EXPECT_EQ(answer<PreflightEvent>(request).code, Refusal::foreign_job);
    host_.release();
    EXPECT_EQ(settled("a-1"), SettledAs::done);
    host_.plan.hold_run = false;
    done("a-3");
}

TEST_F(ActuatorTest, TheHostsBudgetIsCountedHere) {
    for (int i = 0; i < 6; ++i) {
        done("a-" + std::to_string(i));
    }
    EXPECT_EQ(refusal(execute("a-6")), Refusal::budget);
    restart();
    EXPECT_EQ(refusal(execute("a-6")), Refusal::budget);
    // An operator's force passes the settings' budget,
    auto forced = execute("a-7");
    forced.operator_uid = 0;
    EXPECT_EQ(answer<ActionEvent>(forced).result, ActionResult::done);
}

TEST_F(ActuatorTest, NothingRaisesTheCeiling) {
    for (int i = 0; i < 120; ++i) {
        auto forced = execute("a-" + std::to_string(i));
        forced.operator_uid = 0;
        ASSERT_EQ(answer<ActionEvent>(forced).result, ActionResult::done) << i;
    }
    auto forced = execute("a-120");
    forced.operator_uid = 0;
    EXPECT_EQ(refusal(forced), Refusal::budget);
    EXPECT_EQ(host_.effects().size(), 120U);
}

TEST_F(ActuatorTest, WhoeverAsksAfterManyIdsIsRefusedInTheEnd) {
    for (std::uint32_t i = 0; i < max_buried_an_hour; ++i) {
        actuator_->handle(1, remedy::SettleRequest{"x-" + std::to_string(i)});
    }
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::SettleRequest{"one more"}).code, Refusal::budget);
    EXPECT_EQ(settled("x-1"), SettledAs::not_started);
}

TEST_F(ActuatorTest, EvidenceIsTakenWhenAskedFor) {
    host_.evidence = {"gateway", "e-1", "/var/lib/x/e-1", 17, {}};
    EXPECT_EQ(answer<remedy::EvidenceReply>(remedy::EvidenceRequest{"gateway"}), host_.evidence);
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::EvidenceRequest{"nobody"}).code,
              Refusal::unit_missing);
    for (std::size_t i = 1; i < max_evidence_a_minute; ++i) {
        static_cast<void>(ask(remedy::EvidenceRequest{"gateway"}));
    }
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::EvidenceRequest{"gateway"}).code, Refusal::budget);
    clock_.advance(std::chrono::minutes{2});
    EXPECT_EQ(answer<remedy::EvidenceReply>(remedy::EvidenceRequest{"gateway"}), host_.evidence);
}

TEST_F(ActuatorTest, AProbeOfASourceThatTheRulesDoNotHaveIsRefused) {
    const auto reply = answer<remedy::ProbeReply>(remedy::ProbeRequest{"x"});
    EXPECT_EQ(reply.source, "x");
    EXPECT_EQ(reply.code, Refusal::bad_request);
    EXPECT_EQ(reply.detail, "the rules have no such source of kind exec");
}

TEST_F(ActuatorTest, APointerOfNoProviderIsUnknown) {
    const auto reply = answer<ProviderEvent>(remedy::PointerRequest{"upstream"});
    EXPECT_EQ(reply.provider, "upstream");
    EXPECT_TRUE(reply.candidate.empty());
    EXPECT_FALSE(reply.detail.empty());
}

TEST_F(ActuatorTest, WithoutItsDatabaseItDoesNothing) {
    actuator_.reset();
    fs::remove(directory_.path("actuator.db"));
    fs::create_directory(directory_.path("actuator.db"));
    restart();
    EXPECT_EQ(refusal(execute("a-1")), Refusal::storage);
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::SettleRequest{"a-1"}).code, Refusal::storage);
    EXPECT_EQ(roll_back("a-1").refusal, Refusal::storage);
    EXPECT_TRUE(host_.effects().empty());
}

}  // namespace
}  // namespace primum::actuator

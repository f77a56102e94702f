// SPDX-License-Identifier: MIT
#include "actuator/actuator.hpp"

#include "systemd/bus.hpp"
#include "temporary_directory.hpp"

#include <primum/clock.hpp>
#include <primum/rules.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <unistd.h>

namespace primum::actuator {
namespace {

namespace fs = std::filesystem;

// The actuator with all its parts but systemd, which never answers here.
class ActuatorTest : public testing::Test {
protected:
    ActuatorTest() {
        static_cast<void>(directory_.write("primum.toml", "mode = \"enforce\"\n"));
        static_cast<void>(directory_.write("rules.toml", R"(
[target.gateway]
unit = "gateway.service"
mode = "enforce"
enforce_up_to = "restart"
indicator.unit.value = "unit_state"
ladder.retry.remedy = [{ reload = {} }]
ladder.restart.remedy = [{ restart = {} }]
)"));
        RulesPlaces places;
        places.settings = directory_.path("primum.toml");
        places.rules = {directory_.path("rules.toml")};
        places.trust = {::geteuid(), directory_.root()};
        rules_ = std::make_unique<RulesCache>(places);
        restart();
    }

    // As after the death of the process: nothing is left but the database.
    void restart(const std::string& boot_id = "this") {
        actuator_.reset();
        actuator_ = std::make_unique<Actuator>(
            loop_,
            clock_,
            manager_,
            *rules_,
            ActuatorOptions{directory_.path("actuator.db"), boot_id, {directory_.path("disabled")}},
            ActuatorHooks{[this](std::uint64_t asker, const remedy::Reply& reply) {
                              EXPECT_EQ(asker, 1U);
                              replies_.push_back(reply);
                          },
                          [](const Note&) {}});
        actuator_->recover();
    }
    template <class T>
    T answer(const remedy::Request& request) {
        replies_.clear();
        actuator_->handle(1, request);
        for (int turn = 0; turn < 200 && replies_.empty(); ++turn) {
            loop_.run_once(std::chrono::milliseconds{1});
        }
        if (replies_.size() != 1 || !std::holds_alternative<T>(replies_[0])) {
            ADD_FAILURE() << replies_.size() << " replies";
            return {};
        }
        return std::get<T>(replies_[0]);
    }
    std::string digest(Level level) {
        const auto rules = rules_->get();
        EXPECT_TRUE(rules.has_value()) << (rules.has_value() ? "" : rules.error().message);
        return rules.has_value()
                   ? (*rules)->targets.at(0).rungs[index_of(level)].remedies.at(0).plan_digest
                   : "";
    }
    remedy::ExecuteRequest execute(const std::string& id) {
        remedy::ExecuteRequest request;
        request.action = id;
        request.target = "gateway";
        request.level = Level::restart;
        request.plan_digest = digest(Level::restart);
        request.not_after = instant_from_us(1'000'000'000'000);
        return request;
    }
    // Why an execute was refused; it must leave the id unused.
    Refusal refusal(const remedy::ExecuteRequest& request) {
        const auto event = answer<ActionEvent>(request);
        EXPECT_EQ(event.action, request.action);
        EXPECT_EQ(event.phase, ActionPhase::finished);
        EXPECT_EQ(event.result, ActionResult::failed);
        return event.refusal;
    }
    SettledAs settled(const std::string& id) {
        const auto event = answer<ActionEvent>(remedy::SettleRequest{id});
        EXPECT_EQ(event.phase, ActionPhase::settled);
        return event.settled_as;
    }
    // An action that an earlier run of the actuator has left behind.
    void leave_started(const std::string& id, const std::string& boot_id) {
        actuator_.reset();
        auto store = ActionStore::open(directory_.path("actuator.db"), boot_id);
        ASSERT_TRUE(store.has_value());
        StoredAction action;
        action.id = id;
        action.target = "gateway";
        action.unit = "gateway.service";
        action.started = clock_.now();
        action.timeout = std::chrono::seconds{90};
        ASSERT_TRUE(store->start(action).has_value());
    }

    TemporaryDirectory directory_;
    systemd::EventLoop loop_;
    ManualClock clock_{{instant_from_us(1'000'000), wall_from_us(1'000'000)}};
    systemd::Bus bus_{loop_, clock_};
    systemd::Manager manager_{bus_};
    std::unique_ptr<RulesCache> rules_;
    std::vector<remedy::Reply> replies_;
    std::unique_ptr<Actuator> actuator_;
};

TEST_F(ActuatorTest, WithoutSystemdNothingIsDoneAndTheIdStaysUnused) {
    EXPECT_EQ(refusal(execute("a-1")), Refusal::bus);
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
}

TEST_F(ActuatorTest, APreflightSaysWhyNot) {
    remedy::PreflightRequest request;
    request.ticket = 7;
    request.target = "gateway";
    request.level = Level::restart;
    request.plan_digest = digest(Level::restart);
    const auto silent = answer<PreflightEvent>(request);
    EXPECT_EQ(silent.ticket, 7U);
    EXPECT_EQ(silent.answer, Preflight::not_now);
    EXPECT_EQ(silent.code, Refusal::bus);
    request.plan_digest = "another";
    EXPECT_EQ(answer<PreflightEvent>(request).code, Refusal::stale_plan);
}

TEST_F(ActuatorTest, EachRefusalHasItsCode) {
    auto request = execute("a-1");
    request.plan_digest = "another";
    EXPECT_EQ(refusal(request), Refusal::stale_plan);
    request = execute("a-1");
    request.not_after = instant_from_us(999'999);
    EXPECT_EQ(refusal(request), Refusal::too_late);
    request = execute("a-1");
    static_cast<void>(directory_.write("disabled", ""));
    EXPECT_EQ(refusal(request), Refusal::disabled);
    fs::remove(directory_.path("disabled"));
    static_cast<void>(directory_.write("primum.toml", "mode = \"dry_run\"\n"));
    EXPECT_EQ(refusal(execute("a-1")), Refusal::not_enforced);
    static_cast<void>(directory_.write("rules.toml", "[target.gateway\n"));
    EXPECT_EQ(refusal(request), Refusal::rules_unreadable);
    request.action = "";
    EXPECT_EQ(refusal(request), Refusal::bad_request);
    request.action = std::string(129, 'x');
    EXPECT_EQ(refusal(request), Refusal::bad_request);
}

TEST_F(ActuatorTest, AnIdThatWasAskedAfterCanNeverStart) {
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
    EXPECT_EQ(refusal(execute("a-1")), Refusal::seen_before);
    restart();
    EXPECT_EQ(refusal(execute("a-1")), Refusal::seen_before);
    EXPECT_EQ(settled("a-1"), SettledAs::not_started);
}

TEST_F(ActuatorTest, WhatAnEarlierRunStartedRunsUntilItIsJudged) {
    leave_started("a-1", "this");
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::running);
    EXPECT_EQ(refusal(execute("a-1")), Refusal::seen_before);
    replies_.clear();
    clock_.advance(std::chrono::seconds{91});
    for (int turn = 0; turn < 3'000 && replies_.empty(); ++turn) {
        loop_.run_once(std::chrono::milliseconds{1});
    }
    ASSERT_EQ(replies_.size(), 1U);
    const auto& end = std::get<ActionEvent>(replies_[0]);
    EXPECT_EQ(end.phase, ActionPhase::finished);
    EXPECT_EQ(end.result, ActionResult::ambiguous);
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
}

TEST_F(ActuatorTest, WhatAnEarlierBootStartedIsAmbiguous) {
    leave_started("a-1", "the boot before");
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
}

TEST_F(ActuatorTest, RecoveryTwiceChangesNothing) {
    leave_started("a-1", "the boot before");
    restart();
    restart();
    EXPECT_EQ(settled("a-1"), SettledAs::ambiguous);
}

TEST_F(ActuatorTest, ARollbackSaysThatThereIsNoWayBack) {
    const auto unknown = answer<ActionEvent>(remedy::RollbackRequest{"a-1"});
    EXPECT_EQ(unknown.phase, ActionPhase::rollback_failed);
    EXPECT_EQ(unknown.refusal, Refusal::unknown_action);
    leave_started("a-2", "the boot before");
    restart();
    EXPECT_EQ(answer<ActionEvent>(remedy::RollbackRequest{"a-2"}).refusal, Refusal::no_way_back);
}

TEST_F(ActuatorTest, EvidenceAndProbesAreNotAvailable) {
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::EvidenceRequest{"gateway"}).code,
              Refusal::not_available);
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::ProbeRequest{"x"}).code, Refusal::not_available);
}

TEST_F(ActuatorTest, WithoutItsDatabaseItDoesNothing) {
    actuator_.reset();
    fs::remove(directory_.path("actuator.db"));
    fs::create_directory(directory_.path("actuator.db"));
    restart();
    EXPECT_EQ(refusal(execute("a-1")), Refusal::storage);
    EXPECT_EQ(answer<remedy::ErrorReply>(remedy::SettleRequest{"a-1"}).code, Refusal::storage);
    EXPECT_EQ(answer<ActionEvent>(remedy::RollbackRequest{"a-1"}).refusal, Refusal::storage);
}

}  // namespace
}  // namespace primum::actuator

// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/actuator.hpp"
#include "support/actuator_host.hpp"
#include "temporary_directory.hpp"

#include <primum/clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <unistd.h>

namespace primum::actuator {

// The whole actuator on a host of its own. Its clock stands far in the future of the loop's, so
// that a deadline passes only when a test says so.
class ActuatorFixture : public testing::Test {
protected:
    static constexpr std::int64_t start_us = 1'000'000'000'000'000;

    ActuatorFixture() {
        settings("enforce");
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

    void settings(const std::string& mode) {
        static_cast<void>(directory_.write("primum.toml", "mode = \"" + mode + "\"\n"));
    }
    // As after the death of the process: nothing is left but the database and the host.
    void restart(const std::string& boot_id = "this") {
        actuator_.reset();
        actuator_ = std::make_unique<Actuator>(
            loop_,
            clock_,
            host_.ports(),
            *rules_,
            ActuatorOptions{
                directory_.path("actuator.db"), boot_id, {directory_.path("disabled")}, {}},
            ActuatorHooks{[this](std::uint64_t asker, const remedy::Reply& reply) {
                              asker_ = asker;
                              replies_.push_back(reply);
                          },
                          [this](const Note& note) { notes_.push_back(note); }});
        actuator_->recover();
    }
    // Some turns of the loop.
    void turn() {
        for (int i = 0; i < 20; ++i) {
            loop_.run_once(std::chrono::milliseconds{0});
        }
    }
    // Deadlines of what is asked from now on pass at once.
    void hurry() { clock_.set({instant_from_us(1), wall_from_us(start_us)}); }

    std::vector<remedy::Reply> ask(const remedy::Request& request) {
        replies_.clear();
        actuator_->handle(1, request);
        turn();
        return replies_;
    }
    template <class T>
    T answer(const remedy::Request& request) {
        return last<T>(ask(request));
    }
    template <class T>
    T last(const std::vector<remedy::Reply>& replies) {
        if (replies.empty() || !std::holds_alternative<T>(replies.back())) {
            ADD_FAILURE() << replies.size() << " replies";
            return {};
        }
        return std::get<T>(replies.back());
    }
    std::string digest(Level level) {
        const auto rules = rules_->get();
        EXPECT_TRUE(rules.has_value()) << (rules.has_value() ? "" : rules.error().message);
        return rules.has_value()
                   ? (*rules)->targets.at(0).rungs[index_of(level)].remedies.at(0).plan_digest
                   : "";
    }
    remedy::ExecuteRequest execute(const std::string& id, Level level = Level::restart) {
        remedy::ExecuteRequest request;
        request.action = id;
        request.target = "gateway";
        request.level = level;
        request.plan_digest = digest(level);
        request.not_after = clock_.now().t + std::chrono::seconds{30};
        return request;
    }
    // Why an execute was refused.
    Refusal refusal(const remedy::ExecuteRequest& request) {
        const auto event = answer<ActionEvent>(request);
        EXPECT_EQ(event.action, request.action);
        EXPECT_EQ(event.phase, ActionPhase::finished);
        EXPECT_EQ(event.result, ActionResult::failed);
        return event.refusal;
    }
    // An action that is done.
    void done(const std::string& id) {
        EXPECT_EQ(answer<ActionEvent>(execute(id)).result, ActionResult::done);
    }
    SettledAs settled(const std::string& id) {
        const auto event = answer<ActionEvent>(remedy::SettleRequest{id});
        EXPECT_EQ(event.phase, ActionPhase::settled);
        return event.settled_as;
    }
    ActionEvent roll_back(const std::string& id) {
        return answer<ActionEvent>(remedy::RollbackRequest{id});
    }
    // A file that remedies replace, and its path.
    std::string replaced(const std::string& name) {
        const auto path = directory_.write(name, "before " + name + "\n");
        host_.files.push_back(path);
        return path;
    }
    // What the database holds.
    StoredAction stored(const std::string& id) {
        actuator_.reset();
        auto store = ActionStore::open(directory_.path("actuator.db"), "this");
        EXPECT_TRUE(store.has_value());
        const auto found = store->find(id);
        EXPECT_TRUE(found.has_value() && found->has_value()) << id;
        return found.has_value() && found->has_value() ? **found : StoredAction{};
    }

    TemporaryDirectory directory_;
    systemd::EventLoop loop_;
    ManualClock clock_{{instant_from_us(start_us), wall_from_us(start_us)}};
    support::ActuatorHost host_{directory_.root()};
    std::unique_ptr<RulesCache> rules_;
    std::vector<remedy::Reply> replies_;
    std::vector<Note> notes_;
    std::uint64_t asker_ = 0;
    std::unique_ptr<Actuator> actuator_;
};

}  // namespace primum::actuator

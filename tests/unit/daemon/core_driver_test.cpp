// SPDX-License-Identifier: MIT
#include "daemon/core_driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace primum::daemon {
namespace {

using testing::ElementsAre;

// Notes which events came, by the index of their bodies.
class CoreDriverTest : public testing::Test {
protected:
    CoreDriver::Hooks hooks() {
        return {.carry_out =
                    [this](const Event& event, std::vector<Effect> effects) {
                        order_.push_back(event.body.index());
                        stamps_.push_back(event.at);
                        rejected_ += static_cast<int>(effects.size());
                        if (during_) {
                            std::exchange(during_, nullptr)();
                        }
                        finished_.push_back(event.body.index());
                    },
                .host_news = [this](const Stamp&) { return std::exchange(news_, {}); },
                .handled = {},
                .record = [this](Event event) { recorded_.push_back(std::move(event)); }};
    }

    static constexpr std::size_t host = EventBody{HostEvent{}}.index();
    static constexpr std::size_t tick = EventBody{TickEvent{}}.index();

    void start() {
        driver_.submit(RestoreEvent{});
        driver_.submit(RulesEvent{.compiled = std::make_shared<RuleSet>()});
    }

    ManualClock clock_{{.t = instant_from_us(5), .wall = wall_from_us(9)}};
    systemd::EventLoop loop_;
    Engine engine_;
    std::vector<std::size_t> order_;
    std::vector<std::size_t> finished_;
    std::vector<Stamp> stamps_;
    std::vector<HostEvent> news_;
    std::function<void()> during_;
    std::vector<Event> recorded_;
    int rejected_ = 0;
    CoreDriver driver_{engine_, clock_, loop_, hooks()};
};

TEST_F(CoreDriverTest, StampsEachEvent) {
    driver_.submit(RestoreEvent{});
    clock_.advance(Duration{3});
    driver_.submit(RulesEvent{.compiled = std::make_shared<RuleSet>()});
    EXPECT_THAT(stamps_,
                ElementsAre(Stamp{instant_from_us(5), wall_from_us(9)},
                            Stamp{instant_from_us(8), wall_from_us(12)}));
    EXPECT_EQ(driver_.figures().events, 2U);
}

TEST_F(CoreDriverTest, WhatComesWhileEffectsRunWaitsUntilTheyAreDone) {
    start();
    order_.clear();
    finished_.clear();
    during_ = [this] {
        driver_.submit(HostEvent{});
        EXPECT_TRUE(finished_.empty());
    };
    driver_.submit(TickEvent{});
    EXPECT_THAT(order_, ElementsAre(tick, host));
    EXPECT_THAT(finished_, ElementsAre(tick, host));
}

TEST_F(CoreDriverTest, NewsOfTheHostComesBeforeTheEventThatFoundIt) {
    start();
    order_.clear();
    news_ = {HostEvent{.change = HostChange::resumed}};
    driver_.submit(TickEvent{});
    EXPECT_THAT(order_, ElementsAre(host, tick));
}

TEST_F(CoreDriverTest, RecordsEachEventAsTheEngineGotItAndInItsOrder) {
    start();
    news_ = {HostEvent{.change = HostChange::resumed}};
    during_ = [this] { driver_.submit(SourceEvent{.source = "x"}); };
    clock_.advance(Duration{3});
    driver_.submit(TickEvent{});
    std::vector<std::size_t> order;
    std::vector<Stamp> stamps;
    for (const Event& event : recorded_) {
        order.push_back(event.body.index());
        stamps.push_back(event.at);
    }
    EXPECT_EQ(order, order_);
    EXPECT_EQ(stamps, stamps_);
    ASSERT_EQ(order.size(), 5U);
    EXPECT_NE(std::get<RulesEvent>(recorded_[1].body).compiled, nullptr);
}

TEST_F(CoreDriverTest, WhileTheQueueIsFullEvidenceIsRefusedAndAnswersAreNot) {
    start();
    during_ = [this] {
        for (std::size_t i = 0; i < CoreDriver::max_queued + 10; ++i) {
            driver_.submit(SampleEvent{});
        }
        driver_.submit(LedgerEvent{.news = LedgerNews::committed, .action = "x-1"});
    };
    driver_.submit(TickEvent{});
    EXPECT_EQ(driver_.figures().refused, 10U);
    EXPECT_EQ(order_.back(), (EventBody{LedgerEvent{}}.index()));
    EXPECT_EQ(driver_.figures().events, 2 + 1 + CoreDriver::max_queued + 1);
}

TEST_F(CoreDriverTest, RejectedEventsAreCounted) {
    driver_.submit(TickEvent{});
    EXPECT_EQ(driver_.figures().rejected, 1U);
}

// An ill unit whose rung is entered after 30 s: the engine asks for a tick, and gets it.
TEST_F(CoreDriverTest, SendsTheTickThatTheEngineAskedFor) {
    auto set = std::make_shared<RuleSet>();
    TargetRule target;
    target.name = "a";
    target.unit = "a.service";
    target.indicators.push_back({.name = "unit", .kind = ValueKind::unit_state});
    target.rungs[index_of(Level::observe)].named = true;
    set->targets.push_back(std::move(target));
    driver_.submit(RestoreEvent{});
    driver_.submit(RulesEvent{.compiled = std::move(set)});
    driver_.submit(UnitEvent{.unit = "a.service",
                             .load_state = "loaded",
                             .active_state = "failed",
                             .sub_state = "failed",
                             .result = "signal"});
    ASSERT_TRUE(engine_.next_deadline());
    order_.clear();
    // The manual clock stands at boot: the deadline lies in the past of the real loop.
    for (int i = 0; i < 10 && order_.empty(); ++i) {
        clock_.set({.t = *engine_.next_deadline()});
        loop_.run_once(std::chrono::milliseconds{50});
    }
    EXPECT_THAT(order_, ElementsAre(tick));
}

}  // namespace
}  // namespace primum::daemon

// SPDX-License-Identifier: MIT
#include "actuator/prober.hpp"

#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace primum::actuator {
namespace {

class ProberTest : public testing::Test {
protected:
    ProberTest() {
        static_cast<void>(directory_.write("primum.toml", ""));
        std::string rules = "[source.page]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1/\"\n";
        for (int i = 0; i < 60; ++i) {
            rules += "[source.c" + std::to_string(i) +
                     "]\nkind = \"exec\"\nrun = [\"/usr/bin/check\"]\ntimeout = \"2s\"\n";
        }
        static_cast<void>(directory_.write("rules.toml", rules));
        RulesPlaces places;
        places.settings = directory_.path("primum.toml");
        places.rules = {directory_.path("rules.toml")};
        places.trust = {::geteuid(), directory_.root()};
        rules_ = std::make_unique<RulesCache>(places);
        ports_.probe = [this](const SourceRule& rule, Ports::ProbeDone done) {
            order_.push_back(rule.name);
            running_[rule.name] = std::move(done);
            return std::make_shared<int>(0);
        };
        prober_ = std::make_unique<Prober>(
            loop_,
            clock_,
            ports_,
            *rules_,
            Prober::Hooks{[this](std::uint64_t asker, const remedy::ProbeReply& reply) {
                              EXPECT_EQ(asker, 7U);
                              replies_.push_back(reply);
                          },
                          [this] { return rolling_back_; }});
    }

    void probe(const std::string& source) { prober_->probe(7, source); }
    void end(const std::string& source) {
        remedy::ProbeReply reply;
        reply.source = source;
        reply.exit_code = 0;
        const auto done = running_.extract(source);
        done.mapped()(reply);
    }
    void turn() {
        for (int i = 0; i < 5; ++i) {
            loop_.run_once(std::chrono::milliseconds{0});
        }
    }

    TemporaryDirectory directory_;
    systemd::EventLoop loop_;
    // Far before the loop's own time, so that its timers are due at once.
    ManualClock clock_{{instant_from_us(1'000'000), {}}};
    Ports ports_;
    std::unique_ptr<RulesCache> rules_;
    std::unique_ptr<Prober> prober_;
    std::map<std::string, Ports::ProbeDone> running_;
    std::vector<std::string> order_;
    std::vector<remedy::ProbeReply> replies_;
    bool rolling_back_ = false;
};

TEST_F(ProberTest, RunsWhatItsOwnRulesSay) {
    probe("c1");
    ASSERT_EQ(order_, std::vector<std::string>{"c1"});
    EXPECT_TRUE(replies_.empty());
    end("c1");
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].source, "c1");
    EXPECT_EQ(replies_[0].exit_code, 0);
    probe("c1");
    EXPECT_EQ(order_.size(), 2U);
}

TEST_F(ProberTest, OnlySourcesOfKindExecAreRun) {
    for (const std::string source : {"page", "c99", ""}) {
        probe(source);
        EXPECT_EQ(replies_.back().source, source);
        EXPECT_EQ(replies_.back().code, Refusal::bad_request);
    }
    EXPECT_TRUE(order_.empty());
}

TEST_F(ProberTest, ASourceRunsOneAtATime) {
    probe("c1");
    probe("c1");
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].code, Refusal::budget);
    EXPECT_EQ(order_.size(), 1U);
}

TEST_F(ProberTest, AFewRunAtOnceAndTheOthersWaitInTheirOrder) {
    for (std::size_t i = 0; i < max_probes_at_once + 2; ++i) {
        probe("c" + std::to_string(i));
    }
    EXPECT_EQ(order_.size(), max_probes_at_once);
    end("c2");
    EXPECT_EQ(order_.size(), max_probes_at_once + 1);
    EXPECT_EQ(order_.back(), "c4");
    end("c4");
    EXPECT_EQ(order_.back(), "c5");
}

TEST_F(ProberTest, TheQueueIsBounded) {
    for (std::size_t i = 0; i < max_probes_at_once + max_probes_waiting; ++i) {
        probe("c" + std::to_string(i));
    }
    EXPECT_TRUE(replies_.empty());
    probe("c59");
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].code, Refusal::budget);
}

TEST_F(ProberTest, NoneBeginsWhileARollbackIsAtWork) {
    rolling_back_ = true;
    probe("c1");
    turn();
    EXPECT_TRUE(order_.empty());
    EXPECT_TRUE(replies_.empty());
    rolling_back_ = false;
    turn();
    EXPECT_EQ(order_.size(), 1U);
}

TEST_F(ProberTest, WhatHasWaitedTooLongIsNotRunAnyMore) {
    rolling_back_ = true;
    probe("c1");
    clock_.advance(std::chrono::seconds{3});
    rolling_back_ = false;
    turn();
    EXPECT_TRUE(order_.empty());
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].code, Refusal::too_late);
}

TEST_F(ProberTest, SoManyAMinuteAreEnough) {
    for (std::size_t i = 0; i < max_probes_a_minute; ++i) {
        probe("c1");
        end("c1");
    }
    replies_.clear();
    probe("c1");
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].code, Refusal::budget);
    clock_.advance(std::chrono::minutes{1});
    probe("c1");
    EXPECT_EQ(running_.count("c1"), 1U);
}

TEST_F(ProberTest, WithoutAWayToRunProgramsItSaysSo) {
    ports_.probe = nullptr;
    probe("c1");
    ASSERT_EQ(replies_.size(), 1U);
    EXPECT_EQ(replies_[0].code, Refusal::not_available);
}

}  // namespace
}  // namespace primum::actuator

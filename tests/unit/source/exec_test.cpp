// SPDX-License-Identifier: MIT
#include "source/exec.hpp"

#include "source_fixture.hpp"

#include <utility>

namespace primum::source {
namespace {

using How = ProbeEnd::How;

class ExecSourceTest : public SourceTest {
protected:
    void run(TimeoutMeans timeout_means = TimeoutMeans::unknown) {
        ExecProbePlan plan;
        plan.run = {"/usr/bin/check"};
        plan.timeout_means = timeout_means;
        auto with = tools();
        with.run_probe = [this](const std::string& source,
                                const std::function<void(const ProbeEnd&)>& done) {
            EXPECT_EQ(source, "check");
            ++asked_;
            held_ = done;
            if (!holds_) {
                later_ = loop_.soon([this] { std::exchange(held_, nullptr)(end_); });
            }
        };
        watch(make_exec(with, quick_rule("check", plan), 0));
    }
    void ends(int exit_code, std::string output) {
        end_ = {How::ended, exit_code, std::move(output), false, {}};
    }

    ProbeEnd end_;
    int asked_ = 0;
    bool holds_ = false;
    std::function<void(const ProbeEnd&)> held_;
    systemd::LoopSource later_;
};

TEST_F(ExecSourceTest, GivesTheVerdictAndTheNumbers) {
    ends(0, "OK - fine|time=5ms;;; 'a \"b\"'=50%\n");
    run();
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 1);
    EXPECT_EQ(value("probe_exit_code"), 0);
    EXPECT_EQ(value("perfdata{label=\"time\",unit=\"seconds\"}"), 0.005);
    EXPECT_EQ(value("perfdata{label=\"a \\\"b\\\"\",unit=\"ratio\"}"), 0.5);
    EXPECT_EQ(source_->stats().note, "OK - fine");
}

TEST_F(ExecSourceTest, AWarningIsSuccessAndCriticalIsNot) {
    ends(1, "WARNING - slow");
    run();
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 1);
    EXPECT_EQ(value("probe_exit_code"), 1);
    ends(2, "CRITICAL - gone");
    ASSERT_TRUE(turn_until(loop_, [&] { return value("probe_exit_code") == 2; }));
    EXPECT_EQ(value("probe_success"), 0);
}

TEST_F(ExecSourceTest, UnknownAndOddExitsAreNoVerdict) {
    for (const auto& [code, detail] : {std::pair{3, "the plugin says unknown (exit 3): no idea"},
                                       std::pair{127, "exit code 127 is no verdict: no idea"}}) {
        states_.clear();
        ends(code, "no idea");
        run();
        ASSERT_TRUE(wait_for_states(1));
        EXPECT_EQ(states_[0].error_class, "other");
        EXPECT_EQ(states_[0].detail, detail);
    }
    EXPECT_EQ(collections_, 0U);
}

TEST_F(ExecSourceTest, OneThatASignalEndedIsNoVerdict) {
    end_ = {How::ended, -1, "", false, "it ended with signal KILL"};
    run();
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "other");
    EXPECT_EQ(states_[0].detail, "it ended with signal KILL");
}

TEST_F(ExecSourceTest, ATimeoutIsUnknownUnlessTheRuleSaysThatItCounts) {
    end_ = {How::timeout, -1, "", false, "it was ended at its timeout"};
    run();
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "timeout");
    EXPECT_EQ(collections_, 0U);
    run(TimeoutMeans::failure);
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 0);
    EXPECT_EQ(value("probe_exit_code"), std::nullopt);
}

TEST_F(ExecSourceTest, OneThatCouldNotBeRunIsAFailureOfTheActuator) {
    end_ = {How::not_run, -1, "", false, "untrusted: /usr/bin/check is not root's"};
    run();
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "actuator");
    EXPECT_EQ(states_[0].detail, "untrusted: /usr/bin/check is not root's");
}

TEST_F(ExecSourceTest, WrongNumbersTakeNothingFromTheVerdict) {
    ends(2, "CRITICAL|a=1 b=");
    run();
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 0);
    EXPECT_EQ(value("perfdata{label=\"a\"}"), std::nullopt);
    EXPECT_EQ(source_->stats().partial, 1U);
    EXPECT_EQ(source_->stats().note,
              "CRITICAL; its numbers are left out: byte 16: a number is expected");
    end_ = {How::ended, 0, "OK|a=1", true, {}};
    ASSERT_TRUE(turn_until(loop_, [&] { return value("probe_success") == 1; }));
    EXPECT_EQ(value("perfdata{label=\"a\"}"), std::nullopt);
    EXPECT_EQ(source_->stats().note, "OK; its numbers are left out: it printed too much");
}

TEST_F(ExecSourceTest, WithoutAnActuatorItSaysSo) {
    watch(make_exec(tools(), quick_rule("check", ExecProbePlan{}), 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "actuator");
}

TEST_F(ExecSourceTest, NoSecondRunIsBegunWhileOneHasNotEnded) {
    holds_ = true;
    run();
    ASSERT_TRUE(turn_until(loop_, [&] { return asked_ == 1; }));
    // Its time to answer is real time; a reload meanwhile is what can happen to it.
    auto done = std::exchange(held_, nullptr);
    source_.reset();
    done(end_);  // nobody is there any more
    EXPECT_TRUE(states_.empty());
    EXPECT_EQ(asked_, 1);
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "daemon/rules_check.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace primum::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Instant far_from_now{std::chrono::hours{1'000'000}};

// The loop's timers run on the real clock; a test only ever looks at the past or the far future.
class RulesCheckTest : public testing::Test {
protected:
    CheckOutcome run(const std::string& script, Instant now = far_from_now) {
        const auto program = dir_.write("program", "#!/bin/sh\n" + script);
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        ManualClock clock{{.t = now}};
        RulesCheck check{loop_, clock, program};
        std::optional<CheckOutcome> outcome;
        check.start("/some/settings.toml",
                    [&outcome](CheckOutcome found) { outcome = std::move(found); });
        for (int i = 0; i < 400 && !outcome; ++i) {
            loop_.run_once(std::chrono::milliseconds{50});
        }
        EXPECT_TRUE(outcome) << "no answer";
        EXPECT_FALSE(check.running());
        return outcome.value_or(CheckOutcome{});
    }

    test::TempDir dir_;
    systemd::EventLoop loop_;
};

TEST_F(RulesCheckTest, ExitZeroIsGood) {
    const auto outcome = run("test \"$*\" = '--check --settings /some/settings.toml'\n");
    EXPECT_TRUE(outcome.ok);
    EXPECT_TRUE(outcome.errors.empty());
}

TEST_F(RulesCheckTest, EveryLineIsAnError) {
    const auto outcome = run("echo a.toml:1:2: one\necho >&2 a.toml:3:4: two\nexit 65\n");
    EXPECT_FALSE(outcome.ok);
    EXPECT_THAT(outcome.errors, ElementsAre("a.toml:1:2: one", "a.toml:3:4: two"));
}

TEST_F(RulesCheckTest, ADeathIsTold) {
    const auto outcome = run("kill -SEGV $$\n");
    EXPECT_FALSE(outcome.ok);
    EXPECT_THAT(outcome.errors, ElementsAre("the check of the rules was ended by signal 11"));
}

TEST_F(RulesCheckTest, ASilentFailureIsTold) {
    EXPECT_THAT(run("exit 3\n").errors, ElementsAre("the check of the rules ended with 3"));
}

TEST_F(RulesCheckTest, WhatTakesTooLongIsEnded) {
    const auto outcome = run("exec cat /dev/zero >/dev/null\n", Instant{} - RulesCheck::time_limit);
    EXPECT_FALSE(outcome.ok);
    EXPECT_THAT(outcome.errors,
                ElementsAre("the check of the rules took longer than 20 s and was ended"));
}

TEST_F(RulesCheckTest, EndlessOutputIsCut) {
    const auto outcome = run("head -c 1000000 /dev/zero | tr '\\0' x\nexit 65\n");
    EXPECT_FALSE(outcome.ok);
    ASSERT_EQ(outcome.errors.size(), 1U);
    EXPECT_EQ(outcome.errors[0].size(), RulesCheck::max_output_bytes);
}

TEST_F(RulesCheckTest, AProgramThatIsNotThereIsAnError) {
    ManualClock clock;
    RulesCheck check{loop_, clock, dir_.at("nothing")};
    CheckOutcome outcome{true, {}};
    check.start("/s", [&outcome](CheckOutcome found) { outcome = std::move(found); });
    loop_.run_once(std::chrono::milliseconds{50});
    EXPECT_FALSE(outcome.ok);
    ASSERT_EQ(outcome.errors.size(), 1U);
    EXPECT_THAT(outcome.errors[0], HasSubstr("No such file or directory"));
}

TEST_F(RulesCheckTest, LettingGoEndsTheChild) {
    const auto program = dir_.write("program", "#!/bin/sh\nexec cat /dev/zero >/dev/null\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    ManualClock clock{{.t = far_from_now}};
    bool answered = false;
    {
        RulesCheck check{loop_, clock, program};
        check.start("/s", [&answered](const CheckOutcome&) { answered = true; });
    }
    loop_.run_once(Duration{0});
    EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace primum::daemon

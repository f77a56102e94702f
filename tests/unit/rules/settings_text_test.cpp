// SPDX-License-Identifier: MIT
#include "rules/settings_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using namespace std::chrono_literals;

TEST(SettingsTextTest, ReadsBackAsTheSameDecisionSettings) {
    Settings settings;
    settings.decision.mode = Mode::enforce;
    settings.decision.in_flight = 3;
    settings.decision.host = {7, 90min};
    settings.decision.per_level.at(index_of(Level::restart)) = Budget{2, 30min};
    settings.decision.max_hold = 7h;
    settings.decision.breaker = {20, 3, 9};

    const SettingsLoad again = parse_settings(decision_settings_text(settings), "text");

    ASSERT_TRUE(again.errors.empty()) << format_error(again.errors.front());
    const DecisionSettings& decision = again.settings.decision;
    EXPECT_EQ(decision.mode, Mode::enforce);
    EXPECT_EQ(decision.in_flight, 3U);
    EXPECT_EQ(decision.host.actions, 7U);
    EXPECT_EQ(decision.host.per, 90min);
    const auto& restart = decision.per_level.at(index_of(Level::restart));
    ASSERT_TRUE(restart);
    EXPECT_EQ(restart->actions, 2U);
    EXPECT_FALSE(decision.per_level.at(index_of(Level::retry)));
    EXPECT_EQ(decision.max_hold, 7h);
    EXPECT_EQ(again.settings.decision.breaker.window, 20U);
    EXPECT_EQ(again.settings.decision.breaker.worse, 3U);
    EXPECT_EQ(again.settings.decision.breaker.no_effect, 9U);
}

TEST(SettingsTextTest, TheDefaultsReadBack) {
    EXPECT_TRUE(parse_settings(decision_settings_text({}), "text").errors.empty());
}

}  // namespace
}  // namespace primum::rules

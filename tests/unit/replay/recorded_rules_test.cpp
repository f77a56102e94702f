// SPDX-License-Identifier: MIT
#include "replay/recorded_rules.hpp"

#include "rules/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace primum::replay {
namespace {

constexpr const char* one_target = R"(
[target.gateway]
unit = "gateway.service"
mode = "enforce"
[target.gateway.indicator.unit]
value = "unit_state"
)";

RulesEvent recorded(Mode mode) {
    rules::Settings settings;
    settings.decision.mode = mode;
    const auto load = rules::compile_rules({{"gateway.toml", one_target}}, settings);
    EXPECT_TRUE(load.errors.empty());
    return {load.rules->digest, load.text, nullptr};
}

TEST(RecordedRulesTest, GivesTheSameRuleSetUnderTheRecordedSettings) {
    RulesEvent event = recorded(Mode::enforce);
    ASSERT_TRUE(compile_recorded(event));
    ASSERT_NE(event.compiled, nullptr);
    EXPECT_EQ(event.compiled->digest, event.digest);
    EXPECT_EQ(event.compiled->settings.mode, Mode::enforce);
    EXPECT_EQ(event.compiled->targets.at(0).name, "gateway");
}

TEST(RecordedRulesTest, RefusesTextThatDoesNotCompile) {
    RulesEvent event{"digest", "nonsense = 1\n", nullptr};
    const auto done = compile_recorded(event);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, testing::HasSubstr("nonsense"));
    EXPECT_EQ(event.compiled, nullptr);
}

TEST(RecordedRulesTest, RefusesTextThatMeansSomethingElseNow) {
    RulesEvent event = recorded(Mode::observe);
    event.digest = "another";
    const auto done = compile_recorded(event);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, testing::HasSubstr("recorded as another"));
}

}  // namespace
}  // namespace primum::replay

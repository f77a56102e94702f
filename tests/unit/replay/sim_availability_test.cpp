// SPDX-License-Identifier: MIT
#include "replay/sim_availability.hpp"

#include "rules/loader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::replay {
namespace {

constexpr const char* hasty_rules = R"(
[source.m]
kind = "prometheus"
url = "http://127.0.0.1:9100/metrics"
interval = "10s"
[target.web]
unit = "web.service"
mode = "enforce"
enforce_up_to = "restart"
warm_up = "0s"
[target.web.indicator.up]
source = "m"
value = { gauge = "up" }
critical = { below = 1 }
trip = "2 of 2"
clear = "2 of 2"
[target.web.ladder.restart]
for = "10s"
remedy = [{ restart = {} }]
attempts = 3
settle = "5s"
verify = "1m"
cooldown = { initial = "1m", factor = 1, max = "1m" }
)";

RuleSet rules() {
    const auto load = rules::compile_rules({{"r.toml", hasty_rules}}, {});
    return load.rules != nullptr ? *load.rules : RuleSet{};
}

std::vector<AvailabilityRow> measured(const std::string& scenario, std::uint32_t seeds) {
    AvailabilityRequest request;
    request.scenario = scenario;
    request.seeds = seeds;
    request.enforced = true;
    return measure_availability(rules(), request, [](auto, auto) {});
}

TEST(SimAvailabilityTest, SeesThatARestartHeals) {
    const auto rows = measured("slow_leak", 2);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].worlds, 2U);
    EXPECT_LT(rows[0].without, 0.2);
    EXPECT_GT(rows[0].with, 0.5);
    EXPECT_FALSE(rows[0].is_worse());
}

TEST(SimAvailabilityTest, SeesThatActingOnOneLiarIsWorseThanNothing) {
    const auto rows = measured("one_liar", 2);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].without, 1);
    EXPECT_LT(rows[0].with, 1);
    EXPECT_TRUE(rows[0].is_worse());
    EXPECT_LT(rows[0].worst, 0);
    EXPECT_EQ(rows[0].worst_target, "web");
}

TEST(SimAvailabilityTest, RunsAllScenariosThatSaySomethingAboutTheTarget) {
    const auto rows = measured("", 1);
    EXPECT_GE(rows.size(), 10U);
    for (const AvailabilityRow& row : rows) {
        EXPECT_GE(row.with, 0);
        EXPECT_LE(row.with, 1) << row.scenario;
        EXPECT_LE(row.without, 1) << row.scenario;
    }
}

TEST(SimAvailabilityTest, BearsWhatIsSaidToBeBearable) {
    AvailabilityRow row;
    row.with = 0.98;
    row.without = 0.99;
    EXPECT_TRUE(row.is_worse());
    row.bearable_loss = 0.02;
    EXPECT_FALSE(row.is_worse());
}

}  // namespace
}  // namespace primum::replay

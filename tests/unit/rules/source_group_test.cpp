// SPDX-License-Identifier: MIT
#include "rule_text.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

std::string source(std::string_view kind, std::string_view more) {
    return "[source.s]\nkind = \"" + std::string{kind} + "\"\n" + std::string{more};
}

TEST(SourceGroupTest, ReadsACgroup) {
    const auto plan = std::get<CgroupPlan>(
        rules_of(source("cgroup", "unit = \"app.service\"\n")).sources.at(0).plan);
    EXPECT_EQ(plan.unit, "app.service");
    EXPECT_THAT(errors_of(source("cgroup", "")), ElementsAre(HasSubstr("needs a unit")));
    EXPECT_THAT(errors_of(source("cgroup", "unit = \"app\"\n")),
                ElementsAre(HasSubstr("r.toml:3:8: the unit's name needs its suffix")));
}

TEST(SourceGroupTest, WhatNoRemedyTouchesMayBeLookedAt) {
    const auto rules = rules_of(source("cgroup", "unit = \"dbus.service\"\n"));
    EXPECT_EQ(rules.sources.size(), 1U);
}

TEST(SourceGroupTest, ReadsPressure) {
    const auto rule = rules_of(source("pressure",
                                      "triggers = [{ resource = \"memory\", share = \"full\", "
                                      "stall = \"150ms\", window = \"4s\" },\n"
                                      "{ resource = \"io\", stall = \"1s\" }]\n"))
                          .sources.at(0);
    EXPECT_EQ(rule.interval, seconds{10});
    const auto& plan = std::get<PressurePlan>(rule.plan);
    EXPECT_EQ(plan.unit, "");
    ASSERT_EQ(plan.triggers.size(), 2U);
    EXPECT_EQ(plan.triggers[0].resource, PressureResource::memory);
    EXPECT_TRUE(plan.triggers[0].full);
    EXPECT_EQ(plan.triggers[0].stall, milliseconds{150});
    EXPECT_EQ(plan.triggers[0].window, seconds{4});
    EXPECT_EQ(plan.triggers[1].resource, PressureResource::io);
    EXPECT_FALSE(plan.triggers[1].full);
    EXPECT_EQ(plan.triggers[1].window, seconds{2});
    EXPECT_EQ(rules_of(source("pressure", "interval = \"3s\"\n")).sources.at(0).interval,
              seconds{3});
}

TEST(SourceGroupTest, LocatesMistakesInTriggers) {
    const auto errors = [](std::string_view triggers) {
        return errors_of(source("pressure", "triggers = " + std::string{triggers} + "\n"));
    };
    EXPECT_THAT(errors("[]"), ElementsAre(HasSubstr("a list of 1 to 6 triggers is expected")));
    EXPECT_THAT(errors("[{}]"), ElementsAre(HasSubstr("a trigger needs a stall")));
    EXPECT_THAT(errors("[{ stall = \"3s\" }]"),
                ElementsAre(HasSubstr("stall is longer than the window")));
    EXPECT_THAT(errors("[{ stall = \"1s\", window = \"20s\" }]"),
                ElementsAre(HasSubstr("20s is out of range (500ms to 10s)")));
    EXPECT_THAT(errors("[{ stall = \"1s\", share = \"most\" }]"),
                ElementsAre(HasSubstr("\"most\" is none of some, full")));
    EXPECT_THAT(errors("[{ stall = \"1s\" }, { stall = \"2s\" }]"),
                ElementsAre(HasSubstr("stands in the list already")));
}

}  // namespace
}  // namespace primum::rules

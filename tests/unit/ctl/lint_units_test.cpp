// SPDX-License-Identifier: MIT
#include "ctl/lint_units.hpp"

#include "rules/loader.hpp"

#include <primum/names.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FakeUnits final : public LiveUnits {
public:
    bool there() override { return true; }
    Result<UnitSight, std::string> look(const std::string& unit) override {
        asked.push_back(unit);
        return sight;
    }

    UnitSight sight;
    std::vector<std::string> asked;
};

UnitSight good_unit() {
    UnitSight unit;
    unit.id = "web.service";
    unit.load_state = "loaded";
    unit.can_reload = true;
    unit.service = true;
    unit.restart = "on-failure";
    unit.restart_after = std::chrono::milliseconds{100};
    unit.start_limit = 5;
    unit.start_limit_interval = seconds{10};
    return unit;
}

constexpr const char* ladder =
    "ladder.retry.remedy = [{ reload = {} }]\nladder.restart.remedy = [{ restart = {} }]\n";

class LintUnitsTest : public ::testing::Test {
protected:
    std::vector<rules::Lint> lints(const std::string& more = ladder) {
        rules::Places places;
        const auto load = rules::compile_rules(
            {{"r.toml",
              "[target.web]\nunit = \"web.service\"\nindicator.unit.value = \"unit_state\"\n" +
                  more}},
            {},
            &places);
        EXPECT_THAT(load.errors, IsEmpty());
        rules::LintList found{places};
        lint_units(*load.rules, units, found);
        return found.take();
    }

    std::vector<std::string> codes(const std::string& more = ladder) {
        std::vector<std::string> found;
        for (const rules::Lint& lint : lints(more)) {
            found.push_back(std::string{name_of(lint.code)} + ":" + std::to_string(lint.at.line));
        }
        return found;
    }

    FakeUnits units;

    void SetUp() override { units.sight = good_unit(); }
};

TEST_F(LintUnitsTest, AUnitThatGoesWithItsRule) {
    EXPECT_THAT(codes(), IsEmpty());
    EXPECT_THAT(units.asked, ElementsAre("web.service"));
}

TEST_F(LintUnitsTest, WhatIsOnlyLookedAtIsNotAskedFor) {
    EXPECT_THAT(codes(""), IsEmpty());
    EXPECT_THAT(units.asked, IsEmpty());
}

TEST_F(LintUnitsTest, AUnitThatIsNotThere) {
    units.sight.load_state = "not-found";
    units.sight.can_reload = false;
    const auto found = lints();
    ASSERT_THAT(found, SizeIs(1)) << "and nothing is said of its properties";
    EXPECT_EQ(found[0].code, rules::LintCode::unit_not_loaded);
    EXPECT_THAT(found[0].remedy, HasSubstr("--offline"));
    units.sight.load_state = "masked";
    EXPECT_THAT(codes(), ElementsAre("unit_not_loaded:2"));
    units.sight = good_unit();
    units.sight.refuses_manual = true;
    EXPECT_THAT(codes(), ElementsAre("unit_not_loaded:2"));
}

TEST_F(LintUnitsTest, AReloadThatCannotBe) {
    units.sight.can_reload = false;
    EXPECT_THAT(codes(), ElementsAre("cannot_reload:4"));
}

TEST_F(LintUnitsTest, MoreRestartsThanSystemdAllows) {
    const std::string often =
        "[target.web.ladder.restart]\nremedy = [{ restart = {} }]\nattempts = 4\n"
        "cooldown.initial = \"1m\"\n";
    EXPECT_THAT(codes(often), IsEmpty()) << "one in ten seconds";
    units.sight.start_limit_interval = hours{1};
    units.sight.start_limit = 4;
    const auto found = lints(often);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].code, rules::LintCode::start_limit);
    EXPECT_EQ(found[0].at.line, 4U);
    units.sight.start_limit = 40;
    EXPECT_THAT(codes(often), IsEmpty());
    units.sight.start_limit = 0;
    EXPECT_THAT(codes(often), IsEmpty()) << "without a limit";
}

TEST_F(LintUnitsTest, PeriodsInStep) {
    units.sight.restart_after = seconds{30};
    EXPECT_THAT(codes(), ElementsAre("lock_step:4", "lock_step:5")) << "for is 30s";
    units.sight.restart = "no";
    EXPECT_THAT(codes(), IsEmpty());
    units.sight.timers = {{"web-again.timer", minutes{10}}};
    const auto found = lints(
        "[target.web.ladder.restart]\nremedy = [{ restart = {} }]\n"
        "cooldown = { initial = \"5m\" }\n");
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].at.line, 6U);
    EXPECT_THAT(found[0].message, HasSubstr("web-again.timer"));
    EXPECT_THAT(found[0].remedy, HasSubstr("\"6m40s\""));
    units.sight.timers.clear();
    units.sight.watchdog = seconds{31};
    EXPECT_THAT(codes(), ElementsAre("lock_step:4", "lock_step:5"));
}

TEST_F(LintUnitsTest, AnotherWatchdogOnTheSameUnit) {
    units.sight.watchdogs = {{"web", minutes{2}}};
    EXPECT_THAT(codes(), ElementsAre("other_watchdog:2"));
}

TEST_F(LintUnitsTest, WhenPeriodsMeet) {
    EXPECT_TRUE(in_step(minutes{5}, minutes{5}));
    EXPECT_TRUE(in_step(minutes{5}, minutes{10}));
    EXPECT_TRUE(in_step(seconds{304}, minutes{5}));
    EXPECT_FALSE(in_step(minutes{5}, minutes{7}));
    EXPECT_FALSE(in_step(Duration{0}, Duration{0}));
    EXPECT_FALSE(in_step(minutes{5}, Duration{0}));
}

}  // namespace
}  // namespace primum::ctl

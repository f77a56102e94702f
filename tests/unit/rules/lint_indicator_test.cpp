// SPDX-License-Identifier: MIT
#include "lints.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// One indicator of series beside the unit's state; the restart begins in line 12 at the earliest.
std::string with(std::string_view indicator, std::string_view more = {}) {
    return std::string{small_source} +
           "[target.web]\nunit = \"web.service\"\nindicator.unit.value = \"unit_state\"\n"
           "ladder.restart.remedy = [{ restart = {} }]\n" +
           std::string{more} + "[target.web.indicator.i]\nsource = \"m\"\n" +
           std::string{indicator};
}

TEST(LintIndicatorTest, AThresholdWithoutHysteresis) {
    EXPECT_THAT(codes_of(with("series = 'x'\ncritical = { above = 5 }\n")),
                ElementsAre("no_hysteresis:12"));
    EXPECT_THAT(codes_of(with("series = 'x'\ncritical = { above = 5, clear_below = 4 }\n")),
                IsEmpty());
    EXPECT_THAT(codes_of(with("value = { rate = 'x', over = \"1m\" }\ncritical = { below = 5 }\n")),
                ElementsAre("no_hysteresis:12"));
}

TEST(LintIndicatorTest, WhatCannotWaverNeedsNone) {
    EXPECT_THAT(codes_of(with("series = 'up'\ncritical = { below = 1 }\n")), IsEmpty());
    EXPECT_THAT(codes_of(with("series = 'down'\ncritical = { above = 0 }\n")), IsEmpty());
    EXPECT_THAT(codes_of(with("value = { age = 'x' }\ncritical = { above = 60 }\n")), IsEmpty());
    EXPECT_THAT(
        codes_of(with("series = 'x'\ncritical = { above_baseline = 4, by_at_least = 1 }\n")),
        IsEmpty());
}

TEST(LintIndicatorTest, NorDoesWhatNothingIsDoneAbout) {
    EXPECT_THAT(codes_of(with("series = 'x'\nwarning = { above = 5 }\n")), IsEmpty())
        << "the restart is for critical";
    EXPECT_THAT(codes_of(std::string{small_source} +
                         "[target.web]\n[target.web.indicator.i]\nsource = \"m\"\nseries = 'x'\n"
                         "critical = { above = 5 }\n"),
                IsEmpty());
}

TEST(LintIndicatorTest, ARestartThatOneSourceCallsFor) {
    const std::string alone =
        std::string{small_source} +
        "[target.web]\nunit = \"web.service\"\n"
        "indicator.a = { source = \"m\", series = 'a', critical = { below = 1 } }\n"
        "indicator.b = { source = \"m\", series = 'b', critical = { below = 1 } }\n"
        "ladder.restart.remedy = [{ restart = {} }]\n";
    const auto lints = lints_of(alone);
    ASSERT_THAT(lints, SizeIs(1));
    EXPECT_EQ(lints[0].code, LintCode::single_source) << "two series of one page are one witness";
    EXPECT_EQ(lints[0].at.line, 9U);
    EXPECT_THAT(lints[0].message, HasSubstr("source m says alone"));
    EXPECT_THAT(codes_of(alone + "indicator.unit.value = \"unit_state\"\n"), IsEmpty());
    EXPECT_THAT(codes_of(target_with("ladder.restart.remedy = [{ restart = {} }]\n")), IsEmpty())
        << "a failed unit is the fact itself";
}

TEST(LintIndicatorTest, ARetryMayRestOnOne) {
    EXPECT_THAT(codes_of(std::string{small_source} +
                         "[target.web]\nunit = \"web.service\"\n"
                         "indicator.a = { source = \"m\", series = 'a', error = { below = 1 } }\n"
                         "ladder.retry.remedy = [{ reload = {} }]\n"),
                IsEmpty());
}

TEST(LintIndicatorTest, AVerifyThatNoEvaluationFallsInto) {
    const std::string slow =
        "[source.m]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:1/\"\ninterval = \"1m\"\n"
        "[target.web]\nunit = \"web.service\"\nindicator.unit.value = \"unit_state\"\n"
        "indicator.i = { source = \"m\", series = 'x', warning = { above = 1 } }\n";
    const auto lints = lints_of(slow +
                                "[target.web.ladder.restart]\nremedy = [{ restart = {} }]\n"
                                "verify = \"30s\"\n");
    ASSERT_THAT(lints, SizeIs(1));
    EXPECT_EQ(lints[0].code, LintCode::verify_too_short);
    EXPECT_EQ(lints[0].at.line, 11U);
    EXPECT_THAT(lints[0].message, HasSubstr("source m is read every 1m"));
    EXPECT_THAT(lints[0].remedy, HasSubstr("\"2m\""));
}

}  // namespace
}  // namespace primum::rules

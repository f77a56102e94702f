// SPDX-License-Identifier: MIT
#include "rule_text.hpp"
#include "rules/compilation.hpp"
#include "rules/series_name.hpp"

#include <gtest/gtest.h>

namespace primum::rules {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

IndicatorRule indicator_of(std::string_view more) {
    const RuleSet rules = rules_of(indicator_with(more));
    return rules.targets.empty() ? IndicatorRule{} : rules.targets.at(0).indicators.at(0);
}

// Lines of `more` are counted from 8.
std::vector<std::string> indicator_errors(std::string_view more) {
    return errors_of(indicator_with(more));
}

TEST(IndicatorRuleTest, ReadsARatio) {
    const IndicatorRule rule = indicator_of(
        "source = \"m\"\n"
        "value = { ratio = ['http{code=~\"5..\"}', 'http'], over = \"1m\", min_count = 20 }\n"
        "error = { above = 0.05, clear_below = 0.02 }\ncritical = { above = 1 }\n"
        "trip = \"2 of 4\"\nclear = \"3 of 3\"\n");
    EXPECT_EQ(rule.name, "i");
    EXPECT_EQ(rule.kind, ValueKind::ratio);
    EXPECT_THAT(rule.selectors, ElementsAre("http{code=~\"5..\"}", "http"));
    ASSERT_EQ(rule.matchers.size(), 2U);
    const auto series = parse_series_name("http{code=\"200\"}");
    EXPECT_FALSE(rule.matchers[0]->matches(*series));
    EXPECT_TRUE(rule.matchers[1]->matches(*series));
    EXPECT_EQ(rule.over, minutes{1});
    EXPECT_EQ(rule.min_count, 20U);
    EXPECT_EQ(rule.reduce, Reduce::sum);
    const auto& error = rule.thresholds.at(static_cast<std::size_t>(Severity::error));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->above, 0.05);
    EXPECT_EQ(error->clear_below, 0.02);
    EXPECT_FALSE(error->below);
    EXPECT_EQ(rule.thresholds.at(static_cast<std::size_t>(Severity::critical))->above, 1.0);
    EXPECT_FALSE(rule.thresholds.at(static_cast<std::size_t>(Severity::warning)));
    EXPECT_EQ(rule.trip.k, 2U);
    EXPECT_EQ(rule.trip.n, 4U);
    EXPECT_EQ(rule.clear.k, 3U);
    EXPECT_EQ(rule.stale_after, seconds{15});
}

TEST(IndicatorRuleTest, HasDefaults) {
    const IndicatorRule rule =
        indicator_of("source = \"m\"\nvalue = { gauge = 'x' }\nerror = { below = 1 }\n");
    EXPECT_EQ(rule.kind, ValueKind::gauge);
    EXPECT_EQ(rule.reduce, Reduce::worst);
    EXPECT_EQ(rule.trip.k, 3U);
    EXPECT_EQ(rule.trip.n, 5U);
    EXPECT_EQ(rule.trip.duration, Duration{0});
    EXPECT_EQ(rule.clear.k, 5U);
    EXPECT_EQ(rule.clear.n, 5U);
    EXPECT_EQ(rule.min_count, 1U);
    EXPECT_EQ(rule.stale_after, seconds{15});
    EXPECT_EQ(indicator_of("source = \"m\"\nvalue = { rate = 'x', over = \"1m\" }\n"
                           "error = { above = 1 }\n")
                  .reduce,
              Reduce::sum);
}

TEST(IndicatorRuleTest, TakesASeriesAlone) {
    const IndicatorRule rule =
        indicator_of("source = \"m\"\nseries = 'up{name=\"primary\"}'\nerror = { below = 1 }\n");
    EXPECT_EQ(rule.kind, ValueKind::gauge);
    EXPECT_THAT(rule.selectors, ElementsAre("up{name=\"primary\"}"));
}

TEST(IndicatorRuleTest, TakesForAndStaleAndReduce) {
    const IndicatorRule rule = indicator_of(
        "source = \"m\"\nvalue = { gauge = 'x' }\nerror = { above = 1 }\n"
        "for = \"30s\"\nstale = \"1m\"\nreduce = \"max\"\n");
    EXPECT_EQ(rule.trip.duration, seconds{30});
    EXPECT_EQ(rule.stale_after, minutes{1});
    EXPECT_EQ(rule.reduce, Reduce::max);
}

TEST(IndicatorRuleTest, JudgesAUnitOnChange) {
    const TargetRule target = rules_of(small_target).targets.at(0);
    const IndicatorRule& rule = target.indicators.at(0);
    EXPECT_EQ(rule.kind, ValueKind::unit_state);
    EXPECT_EQ(rule.trip.k, 1U);
    EXPECT_EQ(rule.trip.n, 1U);
    EXPECT_EQ(rule.clear.n, 1U);
    EXPECT_EQ(rule.trip.duration, Duration{0});
    EXPECT_EQ(rules_of(target_with("indicator.unit.for = \"10s\"\n"))
                  .targets.at(0)
                  .indicators.at(0)
                  .trip.duration,
              seconds{10});
}

TEST(IndicatorRuleTest, RefusesMoreThanForOnAUnit) {
    EXPECT_THAT(
        errors_of("[target.web]\nunit = \"web.service\"\n[target.web.indicator.unit]\n"
                  "value = \"unit_state\"\nsource = \"m\"\nseries = 'x'\ntrip = \"1 of 1\"\n"
                  "error = { above = 1 }\n"),
        ElementsAre("r.toml:5:1: unit_state has no source (key "
                    "\"target.web.indicator.unit.source\")",
                    "r.toml:6:1: unit_state has no series (key "
                    "\"target.web.indicator.unit.series\")",
                    "r.toml:7:1: unit_state is judged on change: it takes only \"for\" (key "
                    "\"target.web.indicator.unit.trip\")",
                    "r.toml:8:1: unit_state has no thresholds: failed is critical (key "
                    "\"target.web.indicator.unit.error\")"));
}

TEST(IndicatorRuleTest, LocatesMistakesOfValue) {
    EXPECT_THAT(indicator_errors("source = \"m\"\nerror = { above = 1 }\n"),
                ElementsAre("r.toml:7:23: an indicator needs a value, like value = \"unit_state\" "
                            "(key \"target.web.indicator.i\")"));
    EXPECT_THAT(indicator_errors("value = \"unit_stat\"\n"),
                ElementsAre("r.toml:8:9: \"unit_stat\" is none of unit_state, probe (key "
                            "\"target.web.indicator.i.value\"; did you mean \"unit_state\"?)"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { gage = 'x' }\nerror = { above = 1 }\n"),
                ElementsAre("r.toml:9:9: one of gauge, rate, ratio is expected (key "
                            "\"target.web.indicator.i.value\")",
                            "r.toml:9:11: unknown key (key \"target.web.indicator.i.value.gage\"; "
                            "did you mean \"gauge\"?)"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { gauge = 'x', rate = 'y' }\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:9:24: the value is a gauge already (key "
                            "\"target.web.indicator.i.value.rate\")"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { gauge = 'x' }\nseries = 'x'\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:10:1: the gauge names its series already (key "
                            "\"target.web.indicator.i.series\")"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { ratio = ['x'], over = \"1m\" }\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:9:19: a ratio takes two selectors: [numerator, denominator] "
                            "(key \"target.web.indicator.i.value.ratio\")"));
    EXPECT_THAT(indicator_errors("source = \"m\"\n"
                                 "value = { ratio = ['x', 'y{'], over = \"1m\" }\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:9:25: no selector: a label name or '}' is expected at offset 2 "
                            "of \"y{\" (key \"target.web.indicator.i.value.ratio\")"));
}

TEST(IndicatorRuleTest, BoundsTheWindow) {
    const auto with = [](std::string_view over) {
        return "source = \"m\"\nvalue = { rate = 'x'" + std::string{over} +
               " }\nerror = { above = 1 }\n";
    };
    EXPECT_THAT(indicator_errors(with("")),
                ElementsAre("r.toml:9:9: a rate needs a window, like over = \"1m\" (key "
                            "\"target.web.indicator.i.value\")"));
    EXPECT_THAT(indicator_errors(with(", over = \"9s\"")),
                ElementsAre("r.toml:9:30: the window holds less than two samples (the interval is "
                            "5s) (key \"target.web.indicator.i.value.over\")"));
    EXPECT_THAT(indicator_errors(with(", over = \"10s\"")), testing::IsEmpty());
    EXPECT_THAT(indicator_errors(with(", over = \"5000s\"")), testing::IsEmpty());
    EXPECT_THAT(indicator_errors(with(", over = \"5005s\"")),
                ElementsAre("r.toml:9:30: the window holds more than 1000 samples (the interval "
                            "is 5s) (key \"target.web.indicator.i.value.over\")"));
}

TEST(IndicatorRuleTest, LocatesMistakesOfThresholds) {
    const auto with = [](std::string_view thresholds) {
        return indicator_errors("source = \"m\"\nvalue = { gauge = 'x' }\n" +
                                std::string{thresholds});
    };
    EXPECT_THAT(with(""),
                ElementsAre("r.toml:7:23: an indicator needs a threshold, like error = { above = "
                            "1 } (key \"target.web.indicator.i\")"));
    EXPECT_THAT(with("error = { }\n"),
                ElementsAre("r.toml:10:9: a threshold needs above or below (key "
                            "\"target.web.indicator.i.error\")"));
    EXPECT_THAT(with("error = 5\n"),
                ElementsAre("r.toml:10:9: a table is expected, not a whole number (key "
                            "\"target.web.indicator.i.error\")"));
    EXPECT_THAT(with("error = { above = 1, clear_below = 1.5 }\n"),
                ElementsAre("r.toml:10:36: clear_below goes with above, and is not over it (key "
                            "\"target.web.indicator.i.error.clear_below\")"));
    EXPECT_THAT(with("error = { below = 1, clear_above = 0.5 }\n"),
                ElementsAre("r.toml:10:36: clear_above goes with below, and is not under it (key "
                            "\"target.web.indicator.i.error.clear_above\")"));
    EXPECT_THAT(with("error = { above = 1, clear_above = 2 }\n"),
                ElementsAre("r.toml:10:36: clear_above goes with below, and is not under it (key "
                            "\"target.web.indicator.i.error.clear_above\")"));
    EXPECT_THAT(with("error = { above = 1, below = 2 }\n"),
                ElementsAre("r.toml:10:9: above is less than below: every value would be ill (key "
                            "\"target.web.indicator.i.error\")"));
    EXPECT_THAT(with("warning = { above = 5 }\nerror = { below = 1 }\ncritical = { above = 4 }\n"),
                ElementsAre("r.toml:12:12: critical begins before warning does (key "
                            "\"target.web.indicator.i.critical\")"));
    EXPECT_THAT(with("warning = { below = 1 }\nerror = { below = 2 }\n"),
                ElementsAre("r.toml:11:9: error begins before warning does (key "
                            "\"target.web.indicator.i.error\")"));
    EXPECT_THAT(with("error = { above = inf }\n"),
                ElementsAre("r.toml:10:19: a finite number is expected (key "
                            "\"target.web.indicator.i.error.above\")"));
    EXPECT_THAT(with("error = { above = \"1\" }\n"),
                ElementsAre("r.toml:10:19: a number is expected, not a string (key "
                            "\"target.web.indicator.i.error.above\")"));
    EXPECT_THAT(with("error = { above = 1, clear_below = \"0\" }\n"),
                ElementsAre("r.toml:10:36: a number is expected, not a string (key "
                            "\"target.web.indicator.i.error.clear_below\")"));
    EXPECT_THAT(with("error = { above = \"1\", clear_below = 0 }\n"),
                ElementsAre("r.toml:10:19: a number is expected, not a string (key "
                            "\"target.web.indicator.i.error.above\")"));
    EXPECT_THAT(with("critcal = { above = 1 }\n"),
                ElementsAre("r.toml:7:23: an indicator needs a threshold, like error = { above = "
                            "1 } (key \"target.web.indicator.i\")",
                            "r.toml:10:1: unknown key (key \"target.web.indicator.i.critcal\"; did "
                            "you mean \"critical\"?)"));
}

TEST(IndicatorRuleTest, LocatesMistakesOfPersistence) {
    const auto with = [](std::string_view more) {
        return indicator_errors("source = \"m\"\nvalue = { gauge = 'x' }\nerror = { above = 1 }\n" +
                                std::string{more});
    };
    for (const char* text : {"",
                             "3",
                             "3 of",
                             "of 5",
                             "0 of 5",
                             "6 of 5",
                             "3 of 101",
                             "3  of 5",
                             "3 of 5 ",
                             "-1 of 5",
                             "3of5",
                             "3.0 of 5"}) {
        EXPECT_THAT(with("trip = \"" + std::string{text} + "\"\n"),
                    ElementsAre("r.toml:11:8: \"" + std::string{text} +
                                "\" is not like \"3 of 5\", with 1 <= k <= n <= 100 (key "
                                "\"target.web.indicator.i.trip\")"));
    }
    EXPECT_THAT(with("trip = \"100 of 100\"\n"), testing::IsEmpty());
    EXPECT_THAT(with("trip = \"1 of 2\"\nfor = \"3s\"\n"),
                ElementsAre("r.toml:12:1: either trip or for, not both (key "
                            "\"target.web.indicator.i.for\")"));
    EXPECT_THAT(with("clear = 5\n"),
                ElementsAre("r.toml:11:9: a string is expected, not a whole number (key "
                            "\"target.web.indicator.i.clear\")"));
    EXPECT_THAT(with("stale = \"1s\"\n"),
                ElementsAre("r.toml:11:9: 1s is out of range (5s to 1d) (key "
                            "\"target.web.indicator.i.stale\")"));
}

TEST(IndicatorRuleTest, NeedsASourceThatExists) {
    EXPECT_THAT(indicator_errors("value = { gauge = 'x' }\nerror = { above = 1 }\n"),
                ElementsAre("r.toml:7:23: an indicator of series needs a source (key "
                            "\"target.web.indicator.i\")"));
    EXPECT_THAT(
        indicator_errors("source = \"n\"\nvalue = { gauge = 'x' }\nerror = { above = 1 }\n"),
        ElementsAre("r.toml:8:10: there is no source \"n\" (key "
                    "\"target.web.indicator.i.source\"; did you mean \"m\"?)"));
}

TEST(IndicatorRuleTest, RefusesValuesOfLaterVersions) {
    for (const char* kind : {"increase", "quantile", "age"}) {
        EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { " + std::string{kind} +
                                     " = 'x', over = \"1m\" }\nerror = { above = 1 }\n"),
                    ElementsAre("r.toml:9:11: value \"" + std::string{kind} +
                                "\" is not available yet (key \"target.web.indicator.i.value." +
                                kind + "\")"));
    }
    EXPECT_THAT(indicator_errors("value = \"probe\"\n"),
                ElementsAre("r.toml:8:9: value \"probe\" is not available yet (key "
                            "\"target.web.indicator.i.value\")"));
    EXPECT_THAT(
        indicator_errors("source = \"m\"\nvalue = { gauge = 'x' }\nbaseline = { min_samples = 5 }\n"
                         "warning = { above_baseline = 4, by_at_least = 0.1 }\n"),
        ElementsAre("r.toml:10:1: baselines are not available yet (key "
                    "\"target.web.indicator.i.baseline\")",
                    "r.toml:11:13: thresholds from a baseline are not available yet (key "
                    "\"target.web.indicator.i.warning.above_baseline\")"));
}

}  // namespace
}  // namespace primum::rules

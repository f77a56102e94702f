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
    EXPECT_THAT(
        indicator_errors("source = \"m\"\nvalue = { gage = 'x' }\nerror = { above = 1 }\n"),
        ElementsAre(
            "r.toml:9:9: one of gauge, rate, increase, ratio, quantile, age is expected (key "
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

TEST(IndicatorRuleTest, ReadsAQuantileBesideItsSeries) {
    const IndicatorRule rule = indicator_of(
        "source = \"m\"\nseries = 'latency_bucket{handler=\"/\"}'\n"
        "value = { quantile = 0.99, over = \"1m\", min_count = 20 }\nerror = { above = 1 }\n");
    EXPECT_EQ(rule.kind, ValueKind::quantile);
    EXPECT_EQ(rule.quantile, 0.99);
    EXPECT_EQ(rule.over, minutes{1});
    EXPECT_EQ(rule.min_count, 20U);
    EXPECT_EQ(rule.reduce, Reduce::sum);
    EXPECT_THAT(rule.selectors, ElementsAre("latency_bucket{handler=\"/\"}"));
    ASSERT_EQ(rule.matchers.size(), 1U);
}

TEST(IndicatorRuleTest, ReadsIncreaseAgeAndProbe) {
    const IndicatorRule increase = indicator_of(
        "source = \"m\"\nvalue = { increase = 'x', over = \"1m\" }\nerror = { above = 1 }\n");
    EXPECT_EQ(increase.kind, ValueKind::increase);
    EXPECT_EQ(increase.reduce, Reduce::sum);
    const IndicatorRule age =
        indicator_of("source = \"m\"\nvalue = { age = 'x' }\nerror = { above = 60 }\n");
    EXPECT_EQ(age.kind, ValueKind::age);
    EXPECT_EQ(age.reduce, Reduce::worst);
    const IndicatorRule probe = indicator_of("source = \"m\"\nvalue = \"probe\"\n");
    EXPECT_EQ(probe.kind, ValueKind::probe);
    EXPECT_THAT(probe.selectors, ElementsAre("probe_success"));
    const auto& error = probe.thresholds.at(static_cast<std::size_t>(Severity::error));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->below, 1);
    const IndicatorRule critical =
        indicator_of("source = \"m\"\nvalue = \"probe\"\ncritical = { below = 1 }\n");
    EXPECT_FALSE(critical.thresholds.at(static_cast<std::size_t>(Severity::error)));
}

TEST(IndicatorRuleTest, LocatesMistakesOfQuantileAndProbe) {
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { quantile = 0.9, over = \"1m\" }\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:9:9: a quantile needs its series = '...' beside it: buckets or "
                            "a summary (key \"target.web.indicator.i.value\")"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nseries = 'x'\n"
                                 "value = { quantile = 99, over = \"1m\" }\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:10:22: a quantile is between 0 and 1, like 0.99 (key "
                            "\"target.web.indicator.i.value.quantile\")"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { increase = 'x' }\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:9:9: an increase needs a window, like over = \"1m\" (key "
                            "\"target.web.indicator.i.value\")"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = { age = 'x', over = \"1m\" }\n"
                                 "error = { above = 1 }\n"),
                ElementsAre("r.toml:9:22: unknown key, none of gauge, rate, increase, ratio, "
                            "quantile, age (key \"target.web.indicator.i.value.over\")"));
    EXPECT_THAT(indicator_errors("source = \"m\"\nvalue = \"probe\"\nseries = 'x'\n"
                                 "baseline = {}\n"),
                ElementsAre("r.toml:10:1: probe has no series (key "
                            "\"target.web.indicator.i.series\")",
                            "r.toml:11:1: probe has no baseline (key "
                            "\"target.web.indicator.i.baseline\")"));
}

TEST(IndicatorRuleTest, ReadsABaseline) {
    const IndicatorRule rule = indicator_of(
        "source = \"m\"\nvalue = { gauge = 'x' }\n"
        "baseline = { min_samples = 100, forget = \"7d\", seasonal = \"hour_of_day\" }\n"
        "warning = { above_baseline = 4, below_baseline = 6, by_at_least = 0.1 }\n"
        "error = { above = 10 }\n");
    EXPECT_EQ(rule.baseline, (BaselineRule{100, std::chrono::hours{24 * 7}, Season::hour_of_day}));
    const auto& warning = rule.thresholds.at(static_cast<std::size_t>(Severity::warning));
    ASSERT_TRUE(warning);
    EXPECT_EQ(warning->above_baseline, 4);
    EXPECT_EQ(warning->below_baseline, 6);
    EXPECT_EQ(warning->by_at_least, 0.1);
    EXPECT_FALSE(warning->above);
}

TEST(IndicatorRuleTest, AThresholdThatNeedsABaselineHasOne) {
    const IndicatorRule rule = indicator_of(
        "source = \"m\"\nvalue = { gauge = 'x' }\n"
        "warning = { above_baseline = 4, by_at_least = 0.1 }\n");
    EXPECT_EQ(rule.baseline, BaselineRule{});
    EXPECT_FALSE(
        indicator_of("source = \"m\"\nvalue = { gauge = 'x' }\nerror = { above = 1 }\n").baseline);
}

TEST(IndicatorRuleTest, LocatesMistakesOfBaselines) {
    const auto with = [](std::string_view more) {
        return indicator_errors("source = \"m\"\nvalue = { gauge = 'x' }\n" + std::string{more});
    };
    EXPECT_THAT(with("warning = { above_baseline = 4 }\n"),
                ElementsAre("r.toml:10:11: a threshold from the baseline needs by_at_least: of a "
                            "value that hardly moves any step is many deviations (key "
                            "\"target.web.indicator.i.warning\")"));
    EXPECT_THAT(with("warning = { above = 4, by_at_least = 1 }\n"),
                ElementsAre("r.toml:10:24: by_at_least goes with above_baseline or below_baseline "
                            "(key \"target.web.indicator.i.warning.by_at_least\")"));
    EXPECT_THAT(with("warning = { above_baseline = -4, by_at_least = 1 }\n"),
                ElementsAre("r.toml:10:30: above_baseline is more than 0 (key "
                            "\"target.web.indicator.i.warning.above_baseline\")"));
    EXPECT_THAT(with("warning = { above_baseline = 4, by_at_least = 1 }\n"
                     "error = { above_baseline = 3, by_at_least = 1 }\n"),
                ElementsAre("r.toml:11:9: error begins before warning does (key "
                            "\"target.web.indicator.i.error\")"));
    EXPECT_THAT(with("warning = { below_baseline = 4, by_at_least = 1 }\n"
                     "error = { below_baseline = 3, by_at_least = 1 }\n"),
                ElementsAre("r.toml:11:9: error begins before warning does (key "
                            "\"target.web.indicator.i.error\")"));
    EXPECT_THAT(with("error = { above = 1 }\nbaseline = { min_samples = 5, forget = \"1s\", "
                     "seasonal = \"week\", learn = 1 }\n"),
                ElementsAre("r.toml:11:28: 5 is out of range (10 to 1000000) (key "
                            "\"target.web.indicator.i.baseline.min_samples\")",
                            "r.toml:11:40: 1s is out of range (1m to 366d) (key "
                            "\"target.web.indicator.i.baseline.forget\")",
                            "r.toml:11:57: \"week\" is none of none, hour_of_day (key "
                            "\"target.web.indicator.i.baseline.seasonal\")",
                            "r.toml:11:65: unknown key, none of min_samples, forget, seasonal (key "
                            "\"target.web.indicator.i.baseline.learn\")"));
}

}  // namespace
}  // namespace primum::rules

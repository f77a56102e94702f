// SPDX-License-Identifier: MIT
#include "core/indicator_value.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace primum::core {
namespace {

using namespace test;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

SeriesName named(const std::string& name, std::vector<Label> labels = {}) {
    return {name, std::move(labels)};
}

// Values by the name of their series, collection by collection.
class IndicatorValueTest : public testing::Test {
protected:
    IndicatorValueTest() {
        rule = gauge_indicator();
        rule.over = 60s;
    }

    // The first argument of each pair names the series: its label `id`, or `le` of a bucket.
    std::optional<Reading> collect(Duration when, const std::map<std::string, double>& samples) {
        value.begin_collection();
        for (const auto& [name, sample] : samples) {
            feed(when, name, sample);
        }
        return value.read(at(when));
    }
    void feed(Duration when, const std::string& name, double sample) {
        if (!slots.contains(name)) {
            slots[name] = value.bind(role_of(name), series_of(name)).value();
        }
        value.feed(slots[name], at(when), sample);
    }
    void set(ValueKind kind, Reduce reduce) {
        rule.kind = kind;
        rule.reduce = reduce;
        value = IndicatorValue{rule, 100};
    }
    // "all..." is a denominator; "a/0.5" a bucket of the histogram a.
    static std::size_t role_of(const std::string& name) { return name.starts_with("all") ? 1 : 0; }
    static SeriesName series_of(const std::string& name) {
        const std::size_t slash = name.find('/');
        if (slash == std::string::npos) {
            return named("x", {{"id", name}});
        }
        return named("x_bucket", {{"id", name.substr(0, slash)}, {"le", name.substr(slash + 1)}});
    }

    IndicatorRule rule;
    IndicatorValue value{rule, 100};
    std::map<std::string, std::size_t> slots;
};

TEST_F(IndicatorValueTest, ReducesSeveralSeries) {
    for (const auto& [reduce, low, high] : {std::tuple{Reduce::sum, 8.0, 8.0},
                                            std::tuple{Reduce::max, 7.0, 7.0},
                                            std::tuple{Reduce::min, 1.0, 1.0},
                                            std::tuple{Reduce::worst, 1.0, 7.0}}) {
        slots.clear();
        set(ValueKind::gauge, reduce);
        const auto reading = collect(0s, {{"a", 7}, {"b", 1}});
        ASSERT_TRUE(reading);
        EXPECT_EQ(reading->low, low);
        EXPECT_EQ(reading->high, high);
    }
}

TEST_F(IndicatorValueTest, OneThatIsNoNumberMakesAllUnknown) {
    for (const ValueKind kind : {ValueKind::gauge, ValueKind::rate, ValueKind::probe}) {
        slots.clear();
        set(kind, Reduce::max);
        collect(0s, {{"a", 7}, {"b", 1}});
        EXPECT_TRUE(collect(10s, {{"a", 7}, {"b", 1}}));
        EXPECT_FALSE(collect(20s, {{"a", 7}, {"b", not_a_number}}));
        EXPECT_TRUE(collect(30s, {{"a", 7}, {"b", 1}}));
    }
}

TEST_F(IndicatorValueTest, AnInfiniteCounterIsNoEvidence) {
    set(ValueKind::increase, Reduce::sum);
    collect(0s, {{"a", 7}});
    EXPECT_FALSE(collect(10s, {{"a", std::numeric_limits<double>::infinity()}}));
}

TEST_F(IndicatorValueTest, AnIncreaseIsWhatTheCounterGrewInItsWindow) {
    set(ValueKind::increase, Reduce::sum);
    EXPECT_FALSE(collect(0s, {{"a", 100}}));
    EXPECT_EQ(collect(10s, {{"a", 130}})->high, 30);
    EXPECT_EQ(collect(20s, {{"a", 5}})->high, 35);
    EXPECT_EQ(collect(75s, {{"a", 6}})->high, 1);
}

TEST_F(IndicatorValueTest, OfPushedSeriesEachGrowsStaleAlone) {
    set(ValueKind::gauge, Reduce::max);
    feed(0s, "a", 50);
    feed(0s, "b", 1);
    EXPECT_EQ(value.read(at(0s))->high, 50);
    feed(10s, "b", 2);
    EXPECT_EQ(value.read(at(10s))->high, 50);
    feed(20s, "b", 3);
    EXPECT_EQ(value.read(at(20s))->high, 3);
    EXPECT_FALSE(value.read(at(40s)));
}

TEST_F(IndicatorValueTest, AnAgeIsKnownOnceItsSeriesWasSeenToChange) {
    set(ValueKind::age, Reduce::worst);
    EXPECT_TRUE(collect(0s, {{"a", 5}})->at_least);
    const auto before = collect(40s, {{"a", 5}});
    EXPECT_EQ(before->high, 40);
    EXPECT_TRUE(before->at_least);
    EXPECT_EQ(collect(50s, {{"a", 6}})->high, 0);
    const auto after = collect(95s, {{"a", 6}});
    EXPECT_EQ(after->high, 45);
    EXPECT_FALSE(after->at_least);
}

TEST_F(IndicatorValueTest, AnAgeIsThatOfTheSeriesNotOfItsLastUsableSample) {
    set(ValueKind::age, Reduce::worst);
    EXPECT_FALSE(collect(0s, {{"a", not_a_number}}));
    EXPECT_TRUE(collect(10s, {{"a", 5}})->at_least);
    EXPECT_FALSE(collect(20s, {{"a", not_a_number}}));
    EXPECT_EQ(collect(30s, {{"a", 5}})->high, 20);
}

TEST_F(IndicatorValueTest, AQuantileAddsItsHistogramsUpByBound) {
    rule.quantile = 0.5;
    set(ValueKind::quantile, Reduce::sum);
    collect(0s, {{"a/1", 0}, {"a/2", 0}, {"a/+Inf", 0}, {"b/1", 0}, {"b/2", 0}, {"b/+Inf", 0}});
    const auto reading = collect(
        10s, {{"a/1", 10}, {"a/2", 10}, {"a/+Inf", 10}, {"b/1", 0}, {"b/2", 30}, {"b/+Inf", 30}});
    ASSERT_TRUE(reading);
    EXPECT_NEAR(reading->high, 1 + 10.0 / 30, 1e-12);
}

TEST_F(IndicatorValueTest, OrTakesTheWorstOfThem) {
    rule.quantile = 0.5;
    set(ValueKind::quantile, Reduce::worst);
    collect(0s, {{"a/1", 0}, {"a/2", 0}, {"a/+Inf", 0}, {"b/1", 0}, {"b/2", 0}, {"b/+Inf", 0}});
    const auto reading = collect(
        10s, {{"a/1", 10}, {"a/2", 10}, {"a/+Inf", 10}, {"b/1", 0}, {"b/2", 30}, {"b/+Inf", 30}});
    ASSERT_TRUE(reading);
    EXPECT_NEAR(reading->low, 0.5, 1e-12);
    EXPECT_NEAR(reading->high, 1.5, 1e-12);
}

TEST_F(IndicatorValueTest, AQuantileOfTooFewEventsIsUnknown) {
    rule.quantile = 0.99;
    rule.min_count = 20;
    set(ValueKind::quantile, Reduce::sum);
    collect(0s, {{"a/1", 0}, {"a/+Inf", 0}});
    EXPECT_FALSE(collect(10s, {{"a/1", 0}, {"a/+Inf", 0}}));
    EXPECT_FALSE(collect(20s, {{"a/1", 19}, {"a/+Inf", 19}}));
    EXPECT_TRUE(collect(30s, {{"a/1", 20}, {"a/+Inf", 20}}));
}

TEST_F(IndicatorValueTest, AHistogramOfWhichAPartIsMissingIsUnknown) {
    rule.quantile = 0.5;
    set(ValueKind::quantile, Reduce::sum);
    collect(0s, {{"a/1", 0}, {"a/+Inf", 0}});
    EXPECT_FALSE(collect(10s, {{"a/1", 50}}));
    EXPECT_TRUE(collect(20s, {{"a/1", 60}, {"a/+Inf", 60}}));
}

TEST_F(IndicatorValueTest, ASummaryIsPickedByItsLabel) {
    rule.quantile = 0.99;
    set(ValueKind::quantile, Reduce::sum);
    EXPECT_FALSE(value.bind(0, named("x", {{"quantile", "0.5"}})));
    EXPECT_FALSE(value.bind(0, named("x_sum")));
    const auto one = value.bind(0, named("x", {{"id", "1"}, {"quantile", "0.99"}}));
    const auto two = value.bind(0, named("x", {{"id", "2"}, {"quantile", "0.990"}}));
    ASSERT_TRUE(one && two);
    value.begin_collection();
    value.feed(*one, at(0s), 0.2);
    value.feed(*two, at(0s), 0.4);
    ASSERT_TRUE(value.read(at(0s)));
    EXPECT_EQ(value.read(at(0s))->high, 0.4);
    value.begin_collection();
    value.feed(*one, at(5s), not_a_number);
    EXPECT_FALSE(value.read(at(5s)));
}

TEST_F(IndicatorValueTest, OnlyItsCountTellsHowManyEventsASummaryHas) {
    rule.quantile = 0.99;
    rule.min_count = 20;
    set(ValueKind::quantile, Reduce::sum);
    const auto one = value.bind(0, named("x", {{"quantile", "0.99"}}));
    ASSERT_TRUE(one);
    value.begin_collection();
    value.feed(*one, at(0s), 0.2);
    EXPECT_FALSE(value.read(at(0s)));
    const auto count = value.bind(0, named("x_count"));
    ASSERT_TRUE(count);
    for (int i = 0; i < 2; ++i) {
        value.begin_collection();
        value.feed(*one, at(5s * (i + 1)), 0.2);
        value.feed(*count, at(5s * (i + 1)), 20 * i);
    }
    EXPECT_TRUE(value.read(at(10s)));
}

TEST_F(IndicatorValueTest, AFreeSlotIsUsedAgainWithNothingOfTheOldSeries) {
    set(ValueKind::increase, Reduce::sum);
    collect(0s, {{"a", 0}, {"b", 0}});
    collect(5s, {{"a", 100}, {"b", 10}});
    ASSERT_EQ(value.read(at(5s))->high, 110);
    const std::size_t freed = slots.at("a");
    value.unbind(freed);
    slots.erase("a");
    EXPECT_EQ(value.read(at(5s))->high, 10);
    EXPECT_EQ(value.bind(0, series_of("c")), std::optional{freed});
    slots["c"] = freed;
    EXPECT_EQ(value.slot_count(), 2U);
    EXPECT_EQ(collect(10s, {{"b", 10}, {"c", 7}})->high, 10);
    EXPECT_EQ(collect(15s, {{"b", 10}, {"c", 8}})->high, 11);
}

TEST_F(IndicatorValueTest, AHistogramGoesWithItsLastSeries) {
    rule.quantile = 0.5;
    set(ValueKind::quantile, Reduce::max);
    for (int round = 0; round < 100; ++round) {
        const std::string one = std::to_string(round);
        const Duration when = 10s * round;
        collect(when, {{one + "/1", 0}, {one + "/+Inf", 0}});
        const auto read = collect(when + 5s, {{one + "/1", 10}, {one + "/+Inf", 10}});
        ASSERT_TRUE(read) << round;
        EXPECT_EQ(read->high, 0.5);
        for (const auto& [name, slot] : slots) {
            value.unbind(slot);
        }
        slots.clear();
        EXPECT_FALSE(value.read(at(when + 5s)));
        EXPECT_EQ(value.histogram_count(), 1U);
    }
    EXPECT_EQ(value.slot_count(), 2U);
}

TEST_F(IndicatorValueTest, BoundsThatNoSeriesHasAnyMoreGo) {
    rule.quantile = 0.5;
    set(ValueKind::quantile, Reduce::sum);
    collect(0s, {{"h/1", 0}, {"h/+Inf", 0}});
    for (int i = 2; i < 2'000; ++i) {
        const std::string passing = "h/" + std::to_string(i);
        feed(0s, passing, 0);
        value.unbind(slots.at(passing));
        slots.erase(passing);
        ASSERT_LT(value.bound_count(), 100U);
    }
    const auto read = collect(5s, {{"h/1", 10}, {"h/+Inf", 10}});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->high, 0.5);
}

}  // namespace
}  // namespace primum::core

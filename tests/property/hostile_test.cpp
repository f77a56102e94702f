// SPDX-License-Identifier: MIT
// What the core allocates, measured: this program counts every byte that is taken and given back.
#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <map>
#include <new>

#include <malloc.h>

namespace {

std::size_t bytes_in_use = 0;
std::size_t allocations = 0;

void* take(std::size_t size) {
    void* const memory = std::malloc(size);
    if (memory == nullptr) {
        std::abort();
    }
    bytes_in_use += malloc_usable_size(memory);
    ++allocations;
    return memory;
}

void give_back(void* memory) {
    if (memory != nullptr) {
        bytes_in_use -= malloc_usable_size(memory);
        std::free(memory);
    }
}

}  // namespace

void* operator new(std::size_t size) {
    return take(size);
}
void* operator new[](std::size_t size) {
    return take(size);
}
void operator delete(void* memory) noexcept {
    give_back(memory);
}
void operator delete[](void* memory) noexcept {
    give_back(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
    give_back(memory);
}
void operator delete[](void* memory, std::size_t /*size*/) noexcept {
    give_back(memory);
}

namespace primum::core {
namespace {

using namespace test;

constexpr std::uint32_t max_series = 1'000;
constexpr std::uint32_t max_samples = 64;
constexpr std::uint32_t max_name = 1'024;

EngineLimits small_limits() {
    EngineLimits limits;
    limits.series_per_source = max_series;
    limits.samples_per_window = max_samples;
    limits.series_name_bytes = max_name;
    return limits;
}

// Every series there is, as a counter, as a gauge and as a histogram.
class AnyMatcher final : public SeriesMatcher {
public:
    [[nodiscard]] bool matches(const SeriesName& /*series*/) const override { return true; }
};

std::shared_ptr<RuleSet> greedy_rules() {
    TargetRule target = restart_target();
    target.indicators.clear();
    for (const ValueKind kind :
         {ValueKind::gauge, ValueKind::rate, ValueKind::quantile, ValueKind::age}) {
        IndicatorRule rule = gauge_indicator(std::string{name_of(kind)});
        rule.kind = kind;
        rule.matchers = {std::make_shared<AnyMatcher>()};
        rule.over = 600s;
        rule.quantile = 0.5;
        rule.reduce = Reduce::worst;
        rule.baseline = BaselineRule{10, 1h, Season::hour_of_day};
        target.indicators.push_back(std::move(rule));
    }
    auto rules = rule_set({target});
    rules->sources[0].max_series = 100'000;
    return rules;
}

// What the limits allow: each series with its name and its place in every indicator, and 16 bytes a
// sample in each window; twice, for containers that double.
constexpr std::size_t allowed_bytes =
    2 * (max_series * (max_name + 512) + 4 * max_series * (max_samples * 16 + 512)) + (1U << 20U);

class HostileTest : public testing::Test {
protected:
    HostileTest() {
        RestoredState state;
        state.boot_id = "boot";
        tell(0s, RestoreEvent{std::move(state)});
        tell(0s, RulesEvent{rules->digest, "", rules});
    }

    void tell(Duration when, EventBody body) { tell({stamp(when), std::move(body)}); }
    void tell(const Event& event) {
        for (const Effect& effect : engine.advance(event)) {
            if (const auto* rejected = std::get_if<Rejected>(&effect)) {
                ++refused[rejected->reason];
                explained = explained && !rejected->detail.empty();
            }
        }
    }

    std::shared_ptr<RuleSet> rules = greedy_rules();
    Engine engine{small_limits()};
    std::map<std::string, std::uint64_t> refused;
    bool explained = true;
};

SeriesEvent series(std::uint32_t number, std::size_t label_bytes) {
    std::string value = std::to_string(number);
    value.resize(label_bytes, 'x');
    SeriesName parsed{"flood_bucket", {{"le", std::to_string(number % 50)}, {"path", value}}};
    return {"metrics", number, "flood_bucket{path=\"" + value + "\"}", std::move(parsed)};
}

TEST_F(HostileTest, AFloodOfSeriesLeavesMemoryWithinItsBounds) {
    constexpr double values[] = {std::numeric_limits<double>::quiet_NaN(),
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity(),
                                 1e308,
                                 -1e308,
                                 0,
                                 5e-324,
                                 1};
    const std::size_t before = bytes_in_use;
    std::size_t after_a_minute = 0;
    std::size_t most = 0;
    std::uint32_t number = 0;
    SamplesEvent samples{"metrics", {}};
    for (int second = 1; second <= 180; ++second) {
        const Duration now = std::chrono::seconds{second};
        for (int i = 0; i < 10'000; ++i) {
            ++number;
            tell({stamp(now), series(number, i % 100 == 0 ? 10'000 : 40 + i % 900)});
        }
        samples.values.clear();
        for (std::uint32_t i = 0; i < 2 * max_series; ++i) {
            samples.values.push_back(
                {1 + i * 50 % (max_series + 10), values[(i + number) % std::size(values)]});
        }
        tell({stamp(now), samples});
        samples.values.resize(max_series / 2);
        std::erase_if(samples.values, [](const SampleValue& each) { return each.id % 100 == 1; });
        tell({stamp(now), samples});
        tell(now - 1s, SampleEvent{"metrics", 2, 1});
        tell(now, SampleEvent{"metrics", 2, values[static_cast<std::size_t>(second) % 8]});
        samples.values.shrink_to_fit();
        const std::size_t used = bytes_in_use - before;
        most = std::max(most, used);
        if (second == 100) {  // the windows are full
            after_a_minute = used;
        }
    }
    RecordProperty("most_bytes", std::to_string(most));
    EXPECT_LT(most, allowed_bytes);
    EXPECT_LE(bytes_in_use - before, after_a_minute + after_a_minute / 100);
    EXPECT_EQ(engine.sources().at(0).series, max_series);
    EXPECT_EQ(refused["bound_reached"] + refused["series_too_long"], 180U * 10'000 - max_series);
    EXPECT_EQ(refused["series_too_long"], 180U * 100);
    EXPECT_EQ(refused["time_went_back"], 180U);
    EXPECT_EQ(refused["unknown_series"], 180U);  // every other collection was taken
    EXPECT_TRUE(explained);
}

TEST_F(HostileTest, AKnownSeriesUnderEverNewIdsCostsNothing) {
    SeriesEvent event = series(1, 100);
    tell(1s, event);
    const std::size_t before = bytes_in_use;
    for (std::uint32_t id = 0; id < 1'000'000; ++id) {
        event.id = id * 2'654'435'761U;
        tell({stamp(1s), event});
    }
    EXPECT_LE(bytes_in_use, before + 4'096);
    EXPECT_EQ(engine.sources().at(0).series, 1U);
}

// Series that come and go, histograms with ever other bounds among them.
TEST_F(HostileTest, SeriesThatAreGoneCostNothing) {
    const std::size_t before = bytes_in_use;
    std::size_t at_first = 0;
    constexpr std::uint32_t a_page = 200;
    for (std::uint32_t page = 0; page < 2'000; ++page) {
        SamplesEvent samples{"metrics", {}};
        for (std::uint32_t i = 0; i < a_page; ++i) {
            SeriesEvent event = series(page * a_page + i, 40);
            event.parsed.labels[0].value = std::to_string(page * a_page + i / 2);
            samples.values.push_back({event.id, 1});
            if (page > 0) {
                SeriesEvent gone = series((page - 1) * a_page + i, 40);
                gone.gone = true;
                tell(std::chrono::seconds{page}, std::move(gone));
            }
            tell(std::chrono::seconds{page}, std::move(event));
        }
        tell(std::chrono::seconds{page}, std::move(samples));
        if (page == 100) {
            at_first = bytes_in_use - before;
        }
    }
    EXPECT_EQ(engine.sources().at(0).series, a_page);
    EXPECT_LE(bytes_in_use - before, at_first + at_first / 10);
    EXPECT_TRUE(refused.empty());
    // A state with holes in it is taken back.
    Engine other{small_limits()};
    RestoreEvent restore;
    restore.state.engine = engine.save();
    EXPECT_TRUE(other.advance({stamp(2'000s), restore}).empty());
    EXPECT_EQ(other.save(), engine.save());
}

// 100 series, a gauge or a rate each: once the windows are full a collection takes no memory.
TEST(SteadyPathTest, ACollectionAllocatesNothing) {
    constexpr std::uint32_t count = 100;
    TargetRule target = restart_target();
    target.indicators.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
        IndicatorRule rule = gauge_indicator("series" + std::to_string(i));
        rule.kind = i % 2 == 0 ? ValueKind::gauge : ValueKind::rate;
        rule.over = 60s;
        rule.trip = {3, 5, Duration{0}};
        rule.thresholds[static_cast<std::size_t>(Severity::error)] = above(1e9);
        target.indicators.push_back(std::move(rule));
    }
    const auto rules = rule_set({target});
    EngineFixture primum{rules};
    Event collection{stamp(0s), SamplesEvent{"metrics", {}}};
    auto& samples = std::get<SamplesEvent>(collection.body);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::string name = "series" + std::to_string(i);
        primum.tell(0s, SeriesEvent{"metrics", i, name, {name, {}}});
        samples.values.push_back({i, 1});
    }
    std::size_t effects = 0;
    const auto collect = [&](int times) {
        for (int i = 0; i < times; ++i) {
            collection.at.t += 5s;
            collection.at.wall += 5s;
            for (SampleValue& each : samples.values) {
                each.value += 1;
            }
            effects += primum.engine.advance(collection).size();
        }
    };
    collect(100);
    EXPECT_EQ(effects, count);  // each is known to be well once
    const std::size_t before = allocations;
    collect(1'000);
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(effects, count);
}

}  // namespace
}  // namespace primum::core

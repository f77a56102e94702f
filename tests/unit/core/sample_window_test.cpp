// SPDX-License-Identifier: MIT
#include "core/sample_window.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace primum::core {
namespace {

using namespace test;

TEST(SampleWindowTest, OneSampleSaysNothing) {
    SampleWindow window{60s, 100};
    window.add(at(0s), 5);
    EXPECT_FALSE(window.increase(at(0s)).has_value());
    EXPECT_FALSE(window.rate(at(0s)).has_value());
}

TEST(SampleWindowTest, AddsUpGrowth) {
    SampleWindow window{60s, 100};
    window.add(at(0s), 5);
    window.add(at(10s), 8);
    window.add(at(20s), 25);
    EXPECT_EQ(window.increase(at(20s)), 20);
    EXPECT_EQ(window.rate(at(20s)), 1);
}

TEST(SampleWindowTest, CountsAResetFromZero) {
    SampleWindow window{60s, 100};
    window.add(at(0s), 100);
    window.add(at(10s), 3);
    window.add(at(20s), 10);
    EXPECT_EQ(window.increase(at(20s)), 10);
}

TEST(SampleWindowTest, LeavesOutWhatIsOlderThanTheWindow) {
    SampleWindow window{30s, 100};
    window.add(at(0s), 0);
    window.add(at(20s), 100);
    window.add(at(40s), 110);
    EXPECT_EQ(window.increase(at(40s)), 10);
    EXPECT_FALSE(window.increase(at(70s)).has_value());
}

TEST(SampleWindowTest, IsBoundedByNumber) {
    SampleWindow window{1h, 3};
    for (int i = 0; i < 100; ++i) {
        window.add(at(std::chrono::seconds{i}), i);
    }
    EXPECT_EQ(window.size(), 3U);
}

TEST(SampleWindowTest, DropsWhatIsNoNumber) {
    SampleWindow window{60s, 100};
    window.add(at(0s), std::numeric_limits<double>::quiet_NaN());
    window.add(at(1s), std::numeric_limits<double>::infinity());
    EXPECT_EQ(window.size(), 0U);
}

// What is kept up to date as samples come and go is what adding up anew would give.
TEST(SampleWindowTest, AgreesWithAddingUpAnew) {
    SampleWindow window{100s, 64};
    std::vector<std::pair<Duration, double>> all;
    std::uint32_t random = 1;
    Duration now = 0s;
    double value = 0;
    for (int i = 0; i < 5'000; ++i) {
        random = random * 1'664'525U + 1'013'904'223U;
        now += std::chrono::seconds{(random >> 24U) % 8};
        value = (random >> 16U) % 7 == 0 ? (random >> 8U) % 50 : value + (random >> 12U) % 100;
        window.add(at(now), value);
        all.emplace_back(now, value);
        if (all.size() > 64) {
            all.erase(all.begin());
        }
        while (all.front().first < now - 100s) {
            all.erase(all.begin());
        }
        double grown = 0;
        for (std::size_t k = 1; k < all.size(); ++k) {
            const double step = all[k].second - all[k - 1].second;
            grown += step < 0 ? all[k].second : step;
        }
        ASSERT_EQ(window.size(), all.size());
        ASSERT_EQ(window.increase(at(now)).value_or(0), grown) << i;
    }
}

TEST(SampleWindowTest, ASumOutOfRangeIsNothing) {
    SampleWindow window{60s, 100};
    window.add(at(0s), -1e308);
    window.add(at(1s), 1e308);
    EXPECT_FALSE(window.increase(at(1s)).has_value());
    EXPECT_FALSE(window.rate(at(1s)).has_value());
}

TEST(SampleWindowTest, TwoSamplesOfOneInstantGiveNoRate) {
    SampleWindow window{60s, 100};
    window.add(at(1s), 1);
    window.add(at(1s), 2);
    EXPECT_FALSE(window.rate(at(1s)).has_value());
}

}  // namespace
}  // namespace primum::core

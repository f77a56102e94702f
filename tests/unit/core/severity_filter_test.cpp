// SPDX-License-Identifier: MIT
#include "core/severity_filter.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace primum::core {
namespace {

using namespace test;

constexpr RawSeverity well{Severity::ok, Severity::ok};
constexpr RawSeverity ill{Severity::error, Severity::error};
constexpr RawSeverity in_between{Severity::ok, Severity::error};

class SeverityFilterTest : public testing::Test {
protected:
    void add(RawSeverity raw) { filter.add(at(std::chrono::seconds{++seconds}), raw); }

    int seconds = 0;
    SeverityFilter filter{{3, 5, Duration{0}}, {2, 3, Duration{0}}};
};

TEST_F(SeverityFilterTest, StartsUnknownAndIsConfirmedWellByItsClearCount) {
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::ok);
}

TEST_F(SeverityFilterTest, TripsAtKOfN) {
    for (const RawSeverity raw : {well, well, ill, well, ill}) {
        add(raw);
    }
    EXPECT_EQ(filter.confirmed(), Severity::ok);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::error);
}

TEST_F(SeverityFilterTest, OutOfTheUnknownIllnessMustTrip) {
    add(ill);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::error);
}

TEST_F(SeverityFilterTest, HysteresisHoldsUntilClear) {
    for (int i = 0; i < 3; ++i) {
        add(ill);
    }
    for (int i = 0; i < 5; ++i) {
        add(in_between);
    }
    EXPECT_EQ(filter.confirmed(), Severity::error);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::error);
    add(well);
    EXPECT_EQ(filter.confirmed(), Severity::ok);
}

TEST_F(SeverityFilterTest, ForgettingMakesItUnknownAndCountsAnew) {
    for (int i = 0; i < 3; ++i) {
        add(ill);
    }
    filter.forget();
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
    add(ill);
    EXPECT_EQ(filter.confirmed(), Severity::unknown);
}

TEST(SeverityFilterDurationTest, TripsWhenCrossedWithoutABreak) {
    SeverityFilter filter{{1, 1, 30s}, {1, 1, Duration{0}}};
    filter.add(at(0s), ill);
    filter.add(at(20s), ill);
    EXPECT_NE(filter.confirmed(), Severity::error);
    filter.add(at(25s), well);
    filter.add(at(30s), ill);
    filter.add(at(55s), ill);
    EXPECT_NE(filter.confirmed(), Severity::error);
    filter.add(at(60s), ill);
    EXPECT_EQ(filter.confirmed(), Severity::error);
}

// The counts that come and go say what counting the latest n anew would.
TEST(SeverityFilterCountsTest, AgreeWithCountingAnew) {
    for (const auto& [trip, clear] :
         {std::pair{Persistence{3, 5, Duration{0}}, Persistence{2, 9, Duration{0}}},
          std::pair{Persistence{7, 20, Duration{0}}, Persistence{1, 1, Duration{0}}}}) {
        SeverityFilter filter{trip, clear};
        std::vector<RawSeverity> history;
        std::uint32_t random = 12'345;
        for (int i = 0; i < 2'000; ++i) {
            random = random * 1'664'525U + 1'013'904'223U;
            const auto crossed = static_cast<Severity>(1 + (random >> 24U) % 5);
            const auto uncleared =
                std::max(crossed, static_cast<Severity>(1 + (random >> 16U) % 5));
            history.push_back({crossed, uncleared});
            const Severity before = filter.confirmed();
            filter.add(at(std::chrono::seconds{i}), history.back());
            const auto last = [&](std::uint32_t n, auto&& wanted) {
                const auto looked_at = std::min<std::size_t>(n, history.size());
                return std::count_if(
                    history.end() - static_cast<std::ptrdiff_t>(looked_at), history.end(), wanted);
            };
            Severity expected = before;
            for (const Severity severity :
                 {Severity::info, Severity::warning, Severity::error, Severity::critical}) {
                const bool trips = last(trip.n, [&](RawSeverity each) {
                                       return each.crossed >= severity;
                                   }) >= trip.k;
                expected = trips ? std::max(expected, severity) : expected;
            }
            for (auto severity = Severity::ok; expected == before && severity < before;
                 severity = static_cast<Severity>(static_cast<int>(severity) + 1)) {
                const bool clears = last(clear.n, [&](RawSeverity each) {
                                        return each.uncleared <= severity;
                                    }) >= clear.k;
                expected = clears ? severity : expected;
            }
            if (before != Severity::unknown) {
                ASSERT_EQ(filter.confirmed(), expected) << i;
            }
        }
    }
}

}  // namespace
}  // namespace primum::core

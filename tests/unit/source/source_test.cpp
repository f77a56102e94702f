// SPDX-License-Identifier: MIT
#include "source/source.hpp"

#include "matchers.hpp"

#include <primum/clock.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::source {
namespace {

using std::chrono::seconds;

// Does what the test says, through the ways that the kinds have.
class TestSource final : public Source {
public:
    using Source::add;
    using Source::fail;
    using Source::Source;
    using Source::succeed_with;
};

class SourceTest : public testing::Test {
protected:
    SourceTest() { source_.want({{wants_prefix("x")}, {"x"}}); }

    static SourceRule rule() {
        SourceRule rule;
        rule.name = "s";
        rule.interval = seconds{5};
        rule.max_series = 3;
        return rule;
    }
    template <class T>
    [[nodiscard]] std::vector<T> all() const {
        std::vector<T> found;
        for (const auto& body : news_) {
            if (const auto* event = std::get_if<T>(&body)) {
                found.push_back(*event);
            }
        }
        return found;
    }

    ManualClock clock_{{instant_from_us(1'000'000), wall_from_us(1'000'000)}};
    std::vector<EventBody> news_;
    TestSource source_{
        clock_, rule(), 0, [this](EventBody body) { news_.push_back(std::move(body)); }};
};

TEST_F(SourceTest, EveryFailureIsToldByItsWordAndNothingElse) {
    for (const auto word : enum_names<SourceFailure>) {
        source_.fail(*from_name<SourceFailure>(word), "detail");
    }
    const auto told = all<SourceEvent>();
    ASSERT_EQ(told.size(), enum_names<SourceFailure>.size());
    ASSERT_EQ(told.size(), news_.size()) << "never a sample";
    for (std::size_t i = 0; i < told.size(); ++i) {
        EXPECT_FALSE(told[i].ok);
        EXPECT_EQ(told[i].error_class, enum_names<SourceFailure>[i]);
        EXPECT_EQ(told[i].detail, "detail");
    }
    EXPECT_EQ(source_.stats().failures, told.size());
}

TEST_F(SourceTest, TheReturnIsToldOnce) {
    source_.fail(SourceFailure::bus, "");
    ASSERT_TRUE(source_.succeed_with({{"x1", 1}}));
    ASSERT_TRUE(source_.succeed_with({{"x1", 1}}));
    EXPECT_EQ(all<SourceEvent>().size(), 2U);
    EXPECT_TRUE(all<SourceEvent>()[1].ok);
    EXPECT_EQ(all<SamplesEvent>().size(), 2U);
}

TEST_F(SourceTest, WhatIsNotWholeIsNotTakenInPart) {
    EXPECT_FALSE(source_.succeed_with({{"x1", 1}, {"no series{", 2}}));
    EXPECT_FALSE(source_.succeed_with({{"x1", 1}, {"x1", 2}}));
    EXPECT_FALSE(source_.succeed_with({{"x1", 1}, {"x2", 1}, {"x3", 1}, {"x4", 1}}));
    EXPECT_TRUE(all<SamplesEvent>().empty());
    EXPECT_EQ(all<SourceEvent>()[0].error_class, "parse");
    EXPECT_EQ(all<SourceEvent>()[1].error_class, "parse");
    EXPECT_EQ(all<SourceEvent>()[2].error_class, "too_many_series");
}

TEST_F(SourceTest, WhatIsSentNoMoreGivesItsPlaceAfterThreeIntervals) {
    EXPECT_EQ(source_.add({{"x1", 1}, {"x2", 1}, {"x3", 1}}), 3U);
    for (int interval = 0; interval < 4; ++interval) {
        EXPECT_EQ(source_.add({{"x1", 1}, {"x4", 1}}), 1U);
        EXPECT_EQ(source_.add({{"x1", 1}, {"x4", 1}}), 1U) << "within the same interval";
        clock_.advance(seconds{5});
    }
    EXPECT_EQ(source_.add({{"x1", 1}, {"x4", 1}}), 2U);
    EXPECT_EQ(source_.stats().series, 3U);
    EXPECT_EQ(source_.stats().refused, 8U);
    std::vector<std::string> gone;
    for (const auto& series : all<SeriesEvent>()) {
        if (series.gone) {
            gone.push_back(series.name);
        }
    }
    ASSERT_EQ(gone.size(), 1U);
    EXPECT_NE(gone[0], "x1") << "that one still comes";
}

}  // namespace
}  // namespace primum::source

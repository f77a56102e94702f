// SPDX-License-Identifier: MIT
#include "source/interner.hpp"

#include "matchers.hpp"
#include "source/series_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::source {
namespace {

using Standing = Interner::Standing;

Interner::Found meet(Interner& interner, const std::string& text) {
    const auto found = interner.find(text);
    return found.standing != Standing::unknown ? found
                                               : interner.meet(text, read_series(text, 64).value());
}

TEST(InternerTest, GivesIdsToWantedSeriesOnlyAndAnnouncesThemOnce) {
    Interner interner{"web", 10};
    interner.want({wants_prefix("http_")});
    EXPECT_EQ(meet(interner, "go_threads").standing, Standing::unwanted);
    EXPECT_EQ(meet(interner, "http_requests_total{code=\"500\"}").standing, Standing::wanted);

    const auto news = interner.take_news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].source, "web");
    EXPECT_EQ(news[0].id, 0U);
    EXPECT_EQ(news[0].name, "http_requests_total{code=\"500\"}");
    EXPECT_EQ(news[0].parsed, (SeriesName{"http_requests_total", {{"code", "500"}}}));
    EXPECT_TRUE(interner.take_news().empty());
}

TEST(InternerTest, AsksEachMatcherOnceForASeries) {
    Interner interner{"web", 10};
    const auto matcher = wants_prefix("http_");
    interner.want({matcher});
    for (int i = 0; i < 5; ++i) {
        meet(interner, "go_threads");
        meet(interner, "http_up");
    }
    EXPECT_EQ(matcher->asked(), 2);
}

TEST(InternerTest, OneSeriesInTwoSpellingsHasOneId) {
    Interner interner{"web", 10};
    interner.want({wants_prefix("x")});
    const auto first = meet(interner, "x{a=\"1\",b=\"2\"}");
    const auto second = meet(interner, "x{ b=\"2\", a=\"1\" }");
    EXPECT_EQ(interner.id_of(first.entry), interner.id_of(second.entry));
    EXPECT_EQ(interner.series(), 1U);
}

TEST(InternerTest, LabelsThatOnlyLookAlikeAreTwoSeries) {
    Interner interner{"web", 10};
    interner.want({wants_prefix("x")});
    meet(interner, "x{a=\"b\",c=\"d\"}");
    meet(interner, "x{a=\"b,c=d\"}");
    EXPECT_EQ(interner.series(), 2U);
}

TEST(InternerTest, RefusesAtItsBoundAndCounts) {
    Interner interner{"web", 2};
    interner.want({wants_prefix("x")});
    meet(interner, "x1");
    meet(interner, "x2");
    EXPECT_EQ(meet(interner, "x3").standing, Standing::over_bound);
    EXPECT_EQ(meet(interner, "x3").standing, Standing::over_bound);
    EXPECT_EQ(meet(interner, "x1").standing, Standing::wanted);
    EXPECT_EQ(interner.series(), 2U);
    EXPECT_EQ(interner.refused(), 2U);
}

TEST(InternerTest, AChangeOfWishesKeepsIdsAndAnnouncesAgain) {
    Interner interner{"web", 10};
    interner.want({wants_prefix("a"), wants_prefix("b")});
    meet(interner, "a");
    meet(interner, "b");
    meet(interner, "c");
    EXPECT_EQ(interner.take_news().size(), 2U);

    interner.want({wants_prefix("b"), wants_prefix("c")});
    EXPECT_EQ(meet(interner, "a").standing, Standing::unwanted);
    EXPECT_EQ(interner.id_of(meet(interner, "b").entry), 1U);
    EXPECT_EQ(interner.id_of(meet(interner, "c").entry), 2U) << "an id is never used again";
    const auto news = interner.take_news();
    ASSERT_EQ(news.size(), 3U);
    EXPECT_TRUE(news[0].gone);
    EXPECT_EQ(news[0].name, "a");
    EXPECT_EQ(news[1].name, "b");
    EXPECT_EQ(news[2].name, "c");
}

TEST(InternerTest, WantsWhatTheIndicatorsOfItsSourceSelect) {
    RuleSet rules;
    rules.targets.resize(2);
    IndicatorRule indicator;
    indicator.source = 1;
    indicator.kind = ValueKind::ratio;
    indicator.selectors = {"errors", "all"};
    indicator.matchers = {wants_prefix("errors"), wants_prefix("all")};
    rules.targets[0].indicators = {indicator};
    indicator.source = 0;
    indicator.kind = ValueKind::gauge;
    indicator.selectors = {"elsewhere"};
    indicator.matchers = {wants_prefix("elsewhere")};
    rules.targets[0].indicators.push_back(indicator);
    indicator.source = 1;
    indicator.selectors = {"all"};
    indicator.matchers = {wants_prefix("all")};
    rules.targets[1].indicators = {indicator};
    indicator.kind = ValueKind::unit_state;
    indicator.selectors = {"none"};
    rules.targets[1].indicators.push_back(indicator);

    const auto wanted = wanted_from(rules, 1);
    EXPECT_EQ(wanted.selectors, (std::vector<std::string>{"all", "errors"}));
    EXPECT_EQ(wanted.matchers.size(), 3U);
    EXPECT_TRUE(wanted_from(rules, 2).matchers.empty());
}

TEST(InternerTest, CandidatesOfProvidersWantTheirSeriesToo) {
    RuleSet rules;
    IndicatorRule indicator;
    indicator.kind = ValueKind::gauge;
    indicator.source = 1;
    indicator.matchers = {wants_prefix("up")};
    indicator.selectors = {"up"};
    CandidateRule candidate;
    candidate.indicator = indicator;
    indicator.selectors = {"limited"};
    indicator.matchers = {wants_prefix("limited")};
    candidate.rate_limit = indicator;
    rules.providers.resize(1);
    rules.providers[0].candidates = {candidate, CandidateRule{}};

    const auto wanted = wanted_from(rules, 1);
    EXPECT_EQ(wanted.selectors, (std::vector<std::string>{"limited", "up"}));
    EXPECT_EQ(wanted.matchers.size(), 2U);
    EXPECT_TRUE(wanted_from(rules, 0).matchers.empty());
}

TEST(InternerTest, CostsWantTheirSeries) {
    RuleSet rules;
    rules.targets.resize(1);
    rules.targets[0].cost = CostRule{1, "failed", wants_prefix("failed")};
    EXPECT_EQ(wanted_from(rules, 1).selectors, (std::vector<std::string>{"failed"}));
    EXPECT_EQ(wanted_from(rules, 1).matchers.size(), 1U);
    EXPECT_TRUE(wanted_from(rules, 0).matchers.empty());
}

// A page of series with a number in their names; false when one of them found no room.
bool see_page(Interner& interner, std::uint32_t first, std::uint32_t count) {
    interner.begin_page();
    bool all = true;
    for (std::uint32_t i = first; i < first + count; ++i) {
        const auto found = meet(interner, "x{path=\"" + std::to_string(i) + "\"}");
        all = all && found.standing == Standing::wanted;
        if (found.standing == Standing::wanted) {
            EXPECT_TRUE(interner.see(found.entry));
        }
    }
    return all;
}

TEST(InternerTest, ASeriesThatIsOnNoPageAnyMoreGivesItsPlaceToANewOne) {
    Interner interner{"web", 2};
    interner.want({wants_prefix("x")});
    ASSERT_TRUE(see_page(interner, 0, 2));
    EXPECT_EQ(interner.take_news().size(), 2U);
    for (std::uint64_t page = 0; page < Interner::kept_pages; ++page) {
        EXPECT_FALSE(see_page(interner, 1, 2)) << "it may come back";
    }
    const auto generation = interner.generation();
    ASSERT_TRUE(see_page(interner, 1, 2));
    EXPECT_NE(interner.generation(), generation);
    const auto news = interner.take_news();
    ASSERT_EQ(news.size(), 2U);
    EXPECT_TRUE(news[0].gone);
    EXPECT_EQ(news[0].id, 0U);
    EXPECT_FALSE(news[1].gone);
    EXPECT_EQ(news[1].id, 2U) << "no id is given twice";
    EXPECT_EQ(interner.series(), 2U);
    EXPECT_TRUE(see_page(interner, 1, 2));
    EXPECT_FALSE(see_page(interner, 0, 1));
}

TEST(InternerTest, ASeriesThatIsStillThereKeepsItsPlace) {
    Interner interner{"web", 2};
    interner.want({wants_prefix("x")});
    for (int page = 0; page < 10; ++page) {
        EXPECT_TRUE(see_page(interner, 0, 2));
    }
    EXPECT_FALSE(see_page(interner, 2, 1));
    EXPECT_TRUE(see_page(interner, 0, 2));
    EXPECT_EQ(interner.take_news().size(), 2U);
}

TEST(InternerTest, SeriesThatAreOthersOnEveryPageStayWithinTheBound) {
    Interner interner{"web", 100};
    interner.want({wants_prefix("x")});
    std::size_t gone = 0;
    std::size_t announced = 0;
    for (std::uint32_t page = 0; page < 1'000; ++page) {
        see_page(interner, page * 60, 60);
        for (const auto& news : interner.take_news()) {
            ++(news.gone ? gone : announced);
        }
        ASSERT_LE(interner.series(), 100U);
        ASSERT_EQ(announced - gone, interner.series());
    }
    EXPECT_GT(interner.refused(), 0U);
    EXPECT_GT(gone, 10'000U);
    // And when it is over, it is over.
    for (std::uint64_t page = 0; page <= Interner::kept_pages; ++page) {
        see_page(interner, 0, 100);
    }
    EXPECT_TRUE(see_page(interner, 0, 100));
}

TEST(InternerTest, WhatNobodyWantsAnyMoreIsGone) {
    Interner interner{"web", 10};
    interner.want({wants_prefix("a"), wants_prefix("b")});
    meet(interner, "a");
    meet(interner, "b");
    EXPECT_EQ(interner.take_news().size(), 2U);
    meet(interner, "a2");  // never announced: nobody has to be told that it went
    interner.want({wants_prefix("b")});
    const auto news = interner.take_news();
    ASSERT_EQ(news.size(), 2U);
    EXPECT_TRUE(news[0].gone);
    EXPECT_EQ(news[0].name, "a");
    EXPECT_EQ(news[1].name, "b");
}

}  // namespace
}  // namespace primum::source

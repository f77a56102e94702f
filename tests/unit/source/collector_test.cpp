// SPDX-License-Identifier: MIT
#include "source/collector.hpp"

#include "loop_clock.hpp"
#include "loopback_server.hpp"
#include "matchers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::source {
namespace {

class CollectorTest : public testing::Test {
protected:
    static SourceRule source(const std::string& name, const std::string& url) {
        SourceRule rule;
        rule.name = name;
        rule.url = url;
        rule.interval = std::chrono::milliseconds{20};
        rule.timeout = std::chrono::milliseconds{15};
        rule.digest = name + "@" + url;
        return rule;
    }
    // One target with an indicator on each of the first sources, by prefix.
    static RuleSet rules(std::vector<SourceRule> sources,
                         const std::vector<std::string>& prefixes) {
        RuleSet set;
        set.sources = std::move(sources);
        TargetRule target;
        for (std::uint32_t i = 0; i < prefixes.size(); ++i) {
            IndicatorRule indicator;
            indicator.source = i;
            indicator.kind = ValueKind::gauge;
            indicator.selectors = {prefixes[i]};
            indicator.matchers = {wants_prefix(prefixes[i])};
            target.indicators.push_back(indicator);
        }
        set.targets = {target};
        return set;
    }
    template <class T>
    std::vector<T> all(const std::string& source) const {
        std::vector<T> found;
        for (const auto& body : news_) {
            const auto* event = std::get_if<T>(&body);
            if (event != nullptr && event->source == source) {
                found.push_back(*event);
            }
        }
        return found;
    }
    // Turns until `source` was collected `count` more times.
    bool collect(const std::string& source, std::size_t count = 1) {
        const auto wanted = all<SamplesEvent>(source).size() + count;
        return turn_until(loop_, [&] { return all<SamplesEvent>(source).size() >= wanted; });
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    std::vector<EventBody> news_;
    LoopbackServer web_{loop_, [](const std::string&) { return page("http_a 1\nhttp_b 2\n"); }};
    LoopbackServer db_{loop_, [](const std::string&) { return page("pg_up 1\n"); }};
    Collector collector_{
        loop_, clock_, [this](EventBody body) { news_.push_back(std::move(body)); }};
};

TEST_F(CollectorTest, CollectsEverySourceOfTheRules) {
    collector_.apply(rules({source("db", db_.url()), source("web", web_.url())}, {"pg_", "http_"}));
    EXPECT_EQ(collector_.sources(), 2U);
    ASSERT_TRUE(collect("db"));
    ASSERT_TRUE(collect("web"));
    EXPECT_EQ(all<SeriesEvent>("db").size(), 1U);
    EXPECT_EQ(all<SeriesEvent>("web").size(), 2U);
}

TEST_F(CollectorTest, AnUnchangedSourceGoesOnUndisturbed) {
    const auto set = rules({source("web", web_.url())}, {"http_"});
    collector_.apply(set);
    ASSERT_TRUE(collect("web"));
    const auto* before = collector_.find("web");
    collector_.apply(rules({source("web", web_.url())}, {"http_"}));
    EXPECT_EQ(collector_.find("web"), before);
    ASSERT_TRUE(collect("web", 2));
    EXPECT_EQ(all<SeriesEvent>("web").size(), 2U) << "nothing is announced again";
    EXPECT_EQ(web_.connections(), 1);
}

TEST_F(CollectorTest, NewWishesOnAnUnchangedSourceKeepItsIds) {
    collector_.apply(rules({source("web", web_.url())}, {"http_b"}));
    ASSERT_TRUE(collect("web"));
    collector_.apply(rules({source("web", web_.url())}, {"http_"}));
    ASSERT_TRUE(collect("web"));
    const auto series = all<SeriesEvent>("web");
    ASSERT_EQ(series.size(), 3U);
    EXPECT_EQ(series[0].name, "http_b");
    EXPECT_EQ(series[1].name, "http_b");
    EXPECT_EQ(series[1].id, series[0].id);
    EXPECT_EQ(series[2].name, "http_a");
    EXPECT_NE(series[2].id, series[0].id);
}

TEST_F(CollectorTest, AChangedSourceStartsAnewWithIdsNeverUsedBefore) {
    collector_.apply(rules({source("web", web_.url())}, {"http_"}));
    ASSERT_TRUE(collect("web"));
    auto changed = source("web", web_.url());
    changed.digest = "another";
    collector_.apply(rules({changed}, {"http_"}));
    ASSERT_TRUE(collect("web"));
    const auto series = all<SeriesEvent>("web");
    ASSERT_EQ(series.size(), 4U);
    EXPECT_GT(series[2].id, series[1].id);
    EXPECT_GT(series[3].id, series[2].id);
}

TEST_F(CollectorTest, ASourceThatIsGoneStopsAtOnce) {
    collector_.apply(rules({source("db", db_.url()), source("web", web_.url())}, {"pg_", "http_"}));
    ASSERT_TRUE(collect("web"));
    collector_.apply(rules({source("db", db_.url())}, {"pg_"}));
    EXPECT_EQ(collector_.sources(), 1U);
    EXPECT_EQ(collector_.find("web"), nullptr);
    const auto before = all<SamplesEvent>("web").size();
    ASSERT_TRUE(collect("db", 3));
    EXPECT_EQ(all<SamplesEvent>("web").size(), before);
}

// Two of one kind, on one page even: neither's news, series or failures are the other's.
TEST_F(CollectorTest, TwoSourcesOfOneKindKeepTheirOwnHistory) {
    auto one = source("one", web_.url());
    auto two = source("two", web_.url());
    auto lost = source("lost", "http://127.0.0.1:1/");
    collector_.apply(rules({one, two, lost}, {"http_a", "http_b", "x"}));
    ASSERT_TRUE(collect("one", 2));
    ASSERT_TRUE(collect("two", 2));
    ASSERT_TRUE(turn_until(loop_, [&] { return !all<SourceEvent>("lost").empty(); }));
    EXPECT_EQ(all<SeriesEvent>("one").at(0).name, "http_a");
    EXPECT_EQ(all<SeriesEvent>("two").at(0).name, "http_b");
    EXPECT_TRUE(all<SourceEvent>("one").empty());
    EXPECT_TRUE(all<SourceEvent>("two").empty());
    for (const auto& [name, stats] : collector_.figures()) {
        EXPECT_EQ(stats.failures > 0, name == "lost") << name;
        EXPECT_EQ(stats.series, name == "lost" ? 0U : 1U) << name;
    }
    // One of them changes: the other goes on as it was.
    two.digest = "changed";
    const auto before = collector_.find("one")->stats().collections;
    collector_.apply(rules({one, two, lost}, {"http_a", "http_b", "x"}));
    EXPECT_EQ(collector_.find("one")->stats().collections, before);
    EXPECT_EQ(collector_.find("two")->stats().collections, 0U);
}

TEST_F(CollectorTest, AFailingSourceLeavesTheOthersAlone) {
    LoopbackServer silent{loop_, [](const std::string&) { return Answer{}; }};
    collector_.apply(
        rules({source("silent", silent.url()), source("web", web_.url())}, {"x", "http_"}));
    ASSERT_TRUE(collect("web", 3));
    EXPECT_TRUE(turn_until(loop_, [&] { return !all<SourceEvent>("silent").empty(); }));
    EXPECT_TRUE(all<SourceEvent>("web").empty());
    EXPECT_EQ(all<SourceEvent>("silent")[0].error_class, "timeout");
}

}  // namespace
}  // namespace primum::source

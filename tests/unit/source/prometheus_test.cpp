// SPDX-License-Identifier: MIT
#include "source/prometheus.hpp"

#include "loop_clock.hpp"
#include "loopback_server.hpp"
#include "matchers.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace primum::source {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class PrometheusTest : public testing::Test {
protected:
    static SourceRule rule(const std::string& url) {
        SourceRule rule;
        rule.name = "web";
        rule.url = url;
        rule.interval = milliseconds{20};
        rule.timeout = milliseconds{15};
        rule.retries = {1, milliseconds{1}, milliseconds{2}};
        return rule;
    }

    void watch(const SourceRule& rule) {
        source_ = make_prometheus(tools_, rule, 0);
        source_->want({{wants_prefix("http_")}, {"http_.*"}});
    }
    bool wait_for_news(std::size_t count) {
        return turn_until(loop_, [&] { return news_.size() >= count; });
    }
    template <class T>
    const T& news(std::size_t index) {
        return std::get<T>(news_.at(index));
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    HttpClient client_{loop_, clock_};
    std::vector<EventBody> news_;
    Tools tools_{loop_,
                 clock_,
                 client_,
                 [this](EventBody body) { news_.push_back(std::move(body)); },
                 nullptr,
                 {},
                 {}};
    std::unique_ptr<Source> source_;
};

TEST_F(PrometheusTest, AnnouncesASeriesOnceAndGivesItsSamplesEveryInterval) {
    int count = 0;
    LoopbackServer server{
        loop_, [&](const std::string&) {
            return page("http_requests_total " + std::to_string(++count) + "\ngo_threads 7\n");
        }};
    watch(rule(server.url()));
    ASSERT_TRUE(wait_for_news(4));
    EXPECT_EQ(news<SeriesEvent>(0).name, "http_requests_total");
    EXPECT_EQ(news<SeriesEvent>(0).source, "web");
    for (std::size_t i = 1; i <= 3; ++i) {
        const auto& samples = news<SamplesEvent>(i);
        EXPECT_EQ(samples.source, "web");
        ASSERT_EQ(samples.values.size(), 1U);
        EXPECT_EQ(samples.values[0].id, news<SeriesEvent>(0).id);
        EXPECT_EQ(samples.values[0].value, static_cast<double>(i));
    }
    EXPECT_NE(server.last_request().find(
                  "\r\nAccept: application/openmetrics-text;version=1.0.0;q=0.8,text/plain;"),
              std::string::npos);
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(PrometheusTest, APageWithoutWantedSeriesIsStillACollection) {
    LoopbackServer server{loop_, [](const std::string&) { return page("go_threads 7\n"); }};
    watch(rule(server.url()));
    ASSERT_TRUE(wait_for_news(1));
    EXPECT_TRUE(news<SamplesEvent>(0).values.empty());
}

Answer openmetrics_page(const std::string& body) {
    return {
        "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body};
}

TEST_F(PrometheusTest, ReadsOpenMetricsWhereTheServerSaysSo) {
    LoopbackServer server{
        loop_, [](const std::string&) {
            return openmetrics_page("# TYPE http counter\nhttp_total 1 # {} 1\n# EOF\n");
        }};
    watch(rule(server.url()));
    ASSERT_TRUE(wait_for_news(3));
    EXPECT_EQ(news<SeriesEvent>(0).name, "http_total");
    EXPECT_EQ(news<SamplesEvent>(2).values.at(0).value, 1);
}

TEST_F(PrometheusTest, AnOpenMetricsPageWithoutItsEndIsNoData) {
    LoopbackServer server{loop_,
                          [](const std::string&) { return openmetrics_page("http_total 1\n"); }};
    watch(rule(server.url()));
    ASSERT_TRUE(wait_for_news(1));
    EXPECT_EQ(news<SourceEvent>(0).error_class, "parse");
}

TEST_F(PrometheusTest, TheRulesFormatGoesBeforeTheServersWord) {
    LoopbackServer server{loop_,
                          [](const std::string&) { return openmetrics_page("http_total 1\n"); }};
    auto plain = rule(server.url());
    PrometheusPlan plan;
    plan.format = PageFormat::prometheus;
    plain.plan = plan;
    watch(plain);
    ASSERT_TRUE(wait_for_news(2));
    EXPECT_EQ(news<SamplesEvent>(1).values.at(0).value, 1);
    EXPECT_EQ(server.last_request().find("openmetrics"), std::string::npos);
}

TEST_F(PrometheusTest, APageLargerThanTheRuleAllowsIsRefused) {
    LoopbackServer server{loop_, [](const std::string&) {
                              return page("# " + std::string(2'000, 'x') + "\nhttp_up 1\n");
                          }};
    auto small = rule(server.url());
    PrometheusPlan plan;
    plan.access.max_bytes = 1'024;
    small.plan = plan;
    watch(small);
    ASSERT_TRUE(wait_for_news(1));
    EXPECT_EQ(news<SourceEvent>(0).error_class, "too_large");
}

TEST_F(PrometheusTest, TellsOfFailureAndOfTheReturn) {
    std::vector<Answer> answers{page("http_up 1\n"),
                                status("500 Oops"),
                                page("http_up x\n"),
                                page("http_up 2\n"),
                                page("http_up 3\n")};
    std::size_t asked = 0;
    LoopbackServer server{
        loop_, [&](const std::string&) { return answers[std::min(asked++, answers.size() - 1)]; }};
    watch(rule(server.url()));
    ASSERT_TRUE(wait_for_news(7));
    EXPECT_EQ(news<SeriesEvent>(0).name, "http_up");
    EXPECT_EQ(news<SamplesEvent>(1).values.at(0).value, 1);
    EXPECT_FALSE(news<SourceEvent>(2).ok);
    EXPECT_EQ(news<SourceEvent>(2).error_class, "http_status");
    EXPECT_EQ(news<SourceEvent>(2).detail, "HTTP status 500");
    EXPECT_EQ(news<SourceEvent>(3).error_class, "parse");
    EXPECT_EQ(news<SourceEvent>(3).detail,
              "line 1, column 9: the value is not a number that a double can hold");
    EXPECT_TRUE(news<SourceEvent>(4).ok);
    EXPECT_EQ(news<SourceEvent>(4).error_class, "");
    EXPECT_EQ(news<SamplesEvent>(5).values.at(0).value, 2);
    EXPECT_EQ(news<SamplesEvent>(6).values.at(0).value, 3);
}

TEST_F(PrometheusTest, ARetryWithinTheIntervalHidesAFailure) {
    int asked = 0;
    LoopbackServer server{loop_, [&](const std::string&) {
                              return ++asked % 2 == 1 ? status("503 Busy") : page("http_up 1\n");
                          }};
    auto patient = rule(server.url());
    patient.interval = milliseconds{200};
    patient.timeout = milliseconds{50};
    patient.retries = {2, milliseconds{1}, milliseconds{2}};
    watch(patient);
    ASSERT_TRUE(wait_for_news(3));
    EXPECT_EQ(news<SeriesEvent>(0).name, "http_up");
    EXPECT_EQ(news<SamplesEvent>(1).values.size(), 1U);
    EXPECT_EQ(news<SamplesEvent>(2).values.size(), 1U);
    EXPECT_EQ(server.requests(), 4);
}

TEST_F(PrometheusTest, WhenAllTriesFailTheSourceFailsOnceAnInterval) {
    LoopbackServer server{loop_, [](const std::string&) { return status("503 Busy"); }};
    auto patient = rule(server.url());
    patient.interval = milliseconds{200};
    patient.timeout = milliseconds{50};
    patient.retries = {3, milliseconds{1}, milliseconds{2}};
    watch(patient);
    ASSERT_TRUE(wait_for_news(2));
    EXPECT_EQ(server.requests(), 6);
    EXPECT_FALSE(news<SourceEvent>(1).ok);
}

TEST_F(PrometheusTest, ARetryThatWouldOutlastTheIntervalIsNotMade) {
    LoopbackServer server{loop_, [](const std::string&) { return status("503 Busy"); }};
    auto hasty = rule(server.url());
    hasty.interval = milliseconds{200};
    hasty.retries = {5, seconds{1}, seconds{1}};
    watch(hasty);
    ASSERT_TRUE(wait_for_news(1));
    EXPECT_EQ(server.requests(), 1);
}

TEST_F(PrometheusTest, AServerThatNeverAnswersIsATimeout) {
    LoopbackServer server{loop_, [](const std::string&) { return Answer{}; }};
    watch(rule(server.url()));
    ASSERT_TRUE(wait_for_news(2));
    EXPECT_EQ(news<SourceEvent>(0).error_class, "timeout");
    EXPECT_EQ(news<SourceEvent>(1).error_class, "timeout");
}

TEST_F(PrometheusTest, APageThatWasCutIsNoData) {
    LoopbackServer server{loop_, [](const std::string&) {
                              return Answer{"HTTP/1.1 200 OK\r\n\r\nhttp_up 1\nhttp_requ", 0, true};
                          }};
    watch(rule(server.url()));
    ASSERT_TRUE(wait_for_news(1));
    EXPECT_EQ(news<SourceEvent>(0).error_class, "parse");
}

TEST_F(PrometheusTest, MoreSeriesThanAllowedIsAFailureOfItsOwn) {
    LoopbackServer server{
        loop_, [](const std::string&) { return page("http_a 1\nhttp_b 2\nhttp_c 3\n"); }};
    auto narrow = rule(server.url());
    narrow.max_series = 2;
    watch(narrow);
    ASSERT_TRUE(wait_for_news(1));
    EXPECT_EQ(news<SourceEvent>(0).error_class, "too_many_series");
    EXPECT_GE(source_->interner().refused(), 1U);
}

TEST(PrometheusScheduleTest, SpreadsTheStartsWithinTheIntervalAndAlwaysAlike) {
    const Duration interval{seconds{5}};
    EXPECT_EQ(start_spread("web", interval), start_spread("web", interval));
    EXPECT_NE(start_spread("web", interval), start_spread("db", interval));
    EXPECT_EQ(start_spread("web", Duration{0}), Duration{0});
    int early = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto spread = start_spread("source_" + std::to_string(i), interval);
        ASSERT_GE(spread, Duration{0});
        ASSERT_LT(spread, interval);
        early += spread < interval / 2 ? 1 : 0;
    }
    EXPECT_GT(early, 400);
    EXPECT_LT(early, 600);
}

TEST(PrometheusScheduleTest, BacksOffUpToItsMaximum) {
    const Retries retries{5, milliseconds{250}, seconds{1}};
    EXPECT_EQ(backoff_before(retries, 2), milliseconds{250});
    EXPECT_EQ(backoff_before(retries, 3), milliseconds{500});
    EXPECT_EQ(backoff_before(retries, 4), seconds{1});
    EXPECT_EQ(backoff_before(retries, 100), seconds{1});
    EXPECT_EQ(backoff_before({2, seconds{5}, seconds{1}}, 2), seconds{1});
    EXPECT_EQ(backoff_before({1'000'000, Duration{0}, seconds{1}}, 1'000'000), Duration{0});
}

}  // namespace
}  // namespace primum::source

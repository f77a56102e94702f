// SPDX-License-Identifier: MIT
#include "source/promql.hpp"

#include "loopback_server.hpp"
#include "source_fixture.hpp"

#include <functional>

namespace primum::source {
namespace {

using std::chrono::milliseconds;

std::string vector_of(const std::string& entries, const std::string& more = "") {
    return R"({"status":"success","data":{"resultType":"vector","result":[)" + entries + "]}" +
           more + "}";
}

std::string entry(const std::string& labels, double at, double value) {
    return R"({"metric":{)" + labels + R"(},"value":[)" + std::to_string(at) + ",\"" +
           std::to_string(value) + "\"]}";
}

bool asks(const std::string& request, const std::string& query) {
    return request.find("?query=" + query + "&") != std::string::npos;
}

class PromqlTest : public SourceTest {
protected:
    static SourceRule rule(const LoopbackServer& server, std::vector<PromqlQuery> queries) {
        PromqlPlan plan;
        plan.queries = std::move(queries);
        auto rule = quick_rule("fleet", std::move(plan));
        rule.url = "http://127.0.0.1:" + std::to_string(server.port());
        rule.interval = milliseconds{200};
        rule.timeout = milliseconds{150};
        return rule;
    }
};

TEST_F(PromqlTest, AsksEveryQueryInOneCollection) {
    std::vector<std::string> requests;
    LoopbackServer server{
        loop_, [&](const std::string& request) {
            requests.push_back(request.substr(0, request.find('\r')));
            return page(
                asks(request, "sum%28errors%29")
                    ? vector_of(entry("", 100, 5))
                    : R"({"status":"success","data":{"resultType":"scalar","result":[1,"7"]}})");
        }};
    watch(make_promql(
        tools(), rule(server, {{"errors", "sum(errors)"}, {"seven", "scalar(vector(7))"}}), 0));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("errors"), 5);
    EXPECT_EQ(value("seven"), 7);
    EXPECT_EQ(server.connections(), 1);
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0], "GET /api/v1/query?query=sum%28errors%29&timeout=150ms HTTP/1.1");
}

TEST_F(PromqlTest, LeavesOutWhatIsOlderThanMaxAge) {
    LoopbackServer server{loop_, [&](const std::string& request) {
                              if (asks(request, "timestamp%28up%29")) {
                                  return page(vector_of(entry("\"i\":\"new\"", 1000, 990) + "," +
                                                        entry("\"i\":\"old\"", 1000, 800)));
                              }
                              return page(vector_of(entry("\"i\":\"new\"", 1000, 1) + "," +
                                                    entry("\"i\":\"old\"", 1000, 1) + "," +
                                                    entry("\"i\":\"unheard_of\"", 1000, 1)));
                          }};
    watch(make_promql(tools(), rule(server, {{"up", "up"}}), 0));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("up{i=\"new\"}"), 1);
    EXPECT_EQ(value("up{i=\"old\"}"), std::nullopt);
    EXPECT_EQ(value("up{i=\"unheard_of\"}"), std::nullopt);
    EXPECT_EQ(source_->stats().refused, 2U);
    EXPECT_EQ(source_->stats().note, "2 samples too old and left out");
}

TEST_F(PromqlTest, AnAnswerWithWarningsIsPartial) {
    LoopbackServer server{
        loop_, [](const std::string&) {
            return page(vector_of(entry("", 100, 5), R"(,"warnings":["a store is down"])"));
        }};
    auto strict = rule(server, {{"errors", "sum(errors)"}});
    watch(make_promql(tools(), strict, 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "partial");
    EXPECT_EQ(states_[0].detail, "query errors: a store is down");
    EXPECT_EQ(source_->stats().partial, 1U);
    EXPECT_EQ(collections_, 0U);
    std::get<PromqlPlan>(strict.plan).accept_partial = true;
    watch(make_promql(tools(), strict, 100));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("errors"), 5);
    EXPECT_EQ(source_->stats().partial, 1U);
    EXPECT_EQ(source_->stats().note, "query errors: a store is down");
}

TEST_F(PromqlTest, OneFailedQueryFailsTheCollection) {
    LoopbackServer server{
        loop_, [](const std::string& request) {
            if (asks(request, "sum%28a%29")) {
                return page(vector_of(entry("", 100, 5)));
            }
            const std::string body =
                R"({"status":"error","errorType":"execution","error":"too many samples"})";
            return Answer{"HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body};
        }};
    watch(make_promql(tools(), rule(server, {{"a", "sum(a)"}, {"b", "sum(b)"}}), 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "http_status");
    EXPECT_EQ(states_[0].detail, "query b: HTTP status 422: execution: too many samples");
    EXPECT_EQ(collections_, 0U);
}

TEST_F(PromqlTest, ASeriesTwiceIsRefused) {
    LoopbackServer server{
        loop_, [](const std::string&) {
            return page(vector_of(entry("\"__name__\":\"a\",\"i\":\"x\"", 100, 5) + "," +
                                  entry("\"__name__\":\"b\",\"i\":\"x\"", 100, 6)));
        }};
    watch(make_promql(tools(), rule(server, {{"both", "a or b"}}), 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "parse");
    EXPECT_EQ(states_[0].detail, "both{i=\"x\"} stands there twice");
}

TEST_F(PromqlTest, AServerThatStopsInTheMiddleIsATimeout) {
    LoopbackServer server{
        loop_, [](const std::string& request) {
            return asks(request, "sum%28a%29") ? page(vector_of(entry("", 100, 5))) : Answer{};
        }};
    watch(make_promql(tools(), rule(server, {{"a", "sum(a)"}, {"b", "sum(b)"}}), 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "timeout");
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "source/probe_http.hpp"

#include "loopback_server.hpp"
#include "source_fixture.hpp"

namespace primum::source {
namespace {

class ProbeHttpTest : public SourceTest {
protected:
    static SourceRule rule(std::vector<std::string> urls) {
        HttpProbePlan plan;
        const auto n = static_cast<std::uint32_t>(urls.size());
        plan.agree = {n / 2 + 1, n};
        plan.urls = std::move(urls);
        return quick_rule("site", std::move(plan));
    }
};

TEST_F(ProbeHttpTest, LooksAtTheStatus) {
    bool well = true;
    LoopbackServer server{loop_, [&](const std::string&) {
                              return well ? page("ok") : status("503 Service Unavailable");
                          }};
    watch(make_http_probe(tools(), rule({server.url()}), 0));
    ASSERT_TRUE(wait_for_collections(1));
    const auto vantage = "{vantage=\"" + server.url() + "\"}";
    EXPECT_EQ(value("probe_success"), 1);
    EXPECT_EQ(value("probe_http_status_code" + vantage), 200);
    EXPECT_EQ(value("probe_tls_expiry_seconds" + vantage), std::nullopt);
    well = false;
    collections_ = 0;
    ASSERT_TRUE(wait_for_collections(2));
    EXPECT_EQ(value("probe_success"), 0);
    EXPECT_EQ(value("probe_http_status_code" + vantage), 503);
    EXPECT_TRUE(states_.empty());
    EXPECT_EQ(source_->stats().note, server.url() + ": HTTP status 503");
}

TEST_F(ProbeHttpTest, ATimeoutIsUnknownUnlessTheRuleSaysOtherwise) {
    LoopbackServer server{loop_, [](const std::string&) { return Answer{}; }};
    auto silent = rule({server.url()});
    watch(make_http_probe(tools(), silent, 0));
    ASSERT_TRUE(wait_for_states(1));
    EXPECT_EQ(states_[0].error_class, "timeout");
    EXPECT_EQ(collections_, 0U);
    std::get<HttpProbePlan>(silent.plan).timeout_means = TimeoutMeans::failure;
    watch(make_http_probe(tools(), silent, 100));
    ASSERT_TRUE(wait_for_collections(1));
    EXPECT_EQ(value("probe_success"), 0);
}

TEST(ProbeHttpAnswerTest, KnowsWhatIsExpected) {
    HttpProbePlan plan;
    plan.statuses = {200, 204};
    EXPECT_EQ(mistake_in_answer(plan, 204, ""), "");
    EXPECT_EQ(mistake_in_answer(plan, 302, ""), "HTTP status 302");
    plan.body = "ok\n";
    EXPECT_EQ(mistake_in_answer(plan, 200, "ok\n"), "");
    EXPECT_EQ(mistake_in_answer(plan, 200, "ok"), "the body is another one");
}

TEST(ProbeHttpAnswerTest, LooksAtWhatStandsAtAJsonPointer) {
    HttpProbePlan plan;
    const std::string body = R"({"status":"up","n":3,"all":[{"a/b":true}],"none":null})";
    for (const auto& [pointer, equals] : {std::pair{"/status", "up"},
                                          std::pair{"/n", "3"},
                                          std::pair{"/all/0/a~1b", "true"},
                                          std::pair{"/none", "null"}}) {
        plan.json = JsonExpectation{pointer, equals};
        EXPECT_EQ(mistake_in_answer(plan, 200, body), "") << pointer;
    }
    plan.json = JsonExpectation{"/status", "down"};
    EXPECT_EQ(mistake_in_answer(plan, 200, body), "/status is not down");
    plan.json = JsonExpectation{"/gone", "up"};
    EXPECT_EQ(mistake_in_answer(plan, 200, body), "nothing stands at /gone");
    EXPECT_EQ(mistake_in_answer(plan, 200, "up"), "the body is no JSON");
    EXPECT_EQ(mistake_in_answer(plan, 200, std::string(100'000, '[')), "the body is no JSON");
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "source/http_client.hpp"

#include "loop_clock.hpp"
#include "loopback_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace primum::source {
namespace {

constexpr Duration patient{std::chrono::seconds{20}};
constexpr Duration impatient{std::chrono::milliseconds{40}};

HttpAccess a_thousand_bytes() {
    HttpAccess access;
    access.max_bytes = 1'000;
    return access;
}

class HttpClientTest : public testing::Test {
protected:
    struct Outcome {
        SourceFailure failure;
        std::string detail;
        std::string body;
        std::string content_type;
    };

    // Asks `url` and turns the loop until the answer is there.
    Outcome get(const std::string& url, Duration timeout = patient) {
        std::optional<Outcome> outcome;
        HttpGet get{client_, {url, "text/plain", access_}, [&](const HttpAnswer& answer) {
                        outcome = {answer.failure,
                                   answer.detail,
                                   std::string{answer.body},
                                   std::string{answer.content_type}};
                    }};
        get.start(timeout);
        EXPECT_TRUE(get.busy());
        EXPECT_TRUE(turn_until(loop_, [&] { return outcome.has_value(); }));
        EXPECT_FALSE(get.busy());
        return outcome.value_or(Outcome{SourceFailure::other, "no answer", "", ""});
    }
    Outcome answer(Answer with, Duration timeout = patient) {
        LoopbackServer server{loop_, [&](const std::string&) { return with; }};
        return get(server.url(), timeout);
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    HttpClient client_{loop_, clock_};
    HttpAccess access_ = a_thousand_bytes();
};

TEST_F(HttpClientTest, GivesTheBodyOfAnAnswer) {
    const auto outcome = answer(page("up 1\n"));
    EXPECT_EQ(outcome.failure, SourceFailure::none) << outcome.detail;
    EXPECT_EQ(outcome.body, "up 1\n");
    EXPECT_EQ(outcome.content_type, "text/plain; version=0.0.4");
}

TEST_F(HttpClientTest, AnAnswerMayHaveNoContentType) {
    const auto outcome = answer({"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"});
    EXPECT_EQ(outcome.body, "x");
    EXPECT_EQ(outcome.content_type, "");
}

TEST_F(HttpClientTest, ReadsAnAnswerThatComesByteByByte) {
    auto slow = page("up 1\n");
    slow.at_a_time = 1;
    EXPECT_EQ(answer(slow).body, "up 1\n");
}

TEST_F(HttpClientTest, GivesUpOnAServerThatNeverAnswers) {
    const auto outcome = answer({}, impatient);
    EXPECT_EQ(outcome.failure, SourceFailure::timeout);
    EXPECT_FALSE(outcome.detail.empty());
}

TEST_F(HttpClientTest, GivesUpOnAnAnswerThatNeverEnds) {
    EXPECT_EQ(answer({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nup"}, impatient).failure,
              SourceFailure::timeout);
}

TEST_F(HttpClientTest, RefusesMoreThanItsLimit) {
    EXPECT_EQ(answer(page(std::string(1'000, 'x'))).failure, SourceFailure::none);
    EXPECT_EQ(answer(page(std::string(1'001, 'x'))).failure, SourceFailure::too_large);
    // Without a length that would tell beforehand.
    const auto outcome = answer({"HTTP/1.1 200 OK\r\n\r\n" + std::string(5'000, 'x'), 100, true});
    EXPECT_EQ(outcome.failure, SourceFailure::too_large);
    EXPECT_EQ(outcome.detail, "the answer is over 1000 bytes");
}

TEST_F(HttpClientTest, SeesAConnectionThatEndsEarly) {
    EXPECT_EQ(answer({"", 0, true}).failure, SourceFailure::closed);
    EXPECT_EQ(answer({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nup", 0, true}).failure,
              SourceFailure::closed);
}

TEST_F(HttpClientTest, TakesNoStatusBut200) {
    const auto broken = answer(status("500 Internal Server Error"));
    EXPECT_EQ(broken.failure, SourceFailure::http_status);
    EXPECT_EQ(broken.detail, "HTTP status 500");
    EXPECT_EQ(answer(status("204 No Content")).failure, SourceFailure::http_status);
}

TEST_F(HttpClientTest, FollowsNoRedirect) {
    LoopbackServer elsewhere{loop_, [](const std::string&) { return page("up 1\n"); }};
    const auto outcome = answer(status("302 Found", "Location: " + elsewhere.url() + "\r\n"));
    EXPECT_EQ(outcome.failure, SourceFailure::http_status);
    EXPECT_EQ(outcome.detail, "HTTP status 302; redirects are not followed, name the last URL");
    EXPECT_EQ(elsewhere.requests(), 0);
}

TEST_F(HttpClientTest, SaysThatNobodyListens) {
    std::string url;
    {
        const LoopbackServer gone{loop_, [](const std::string&) { return Answer{}; }};
        url = gone.url();
    }
    EXPECT_EQ(get(url).failure, SourceFailure::refused);
}

TEST_F(HttpClientTest, SaysThatItIsNotHttp) {
    EXPECT_EQ(answer({"SSH-2.0-OpenSSH\r\n", 0, true}).failure, SourceFailure::protocol);
    EXPECT_EQ(get("ftp://127.0.0.1/").failure, SourceFailure::protocol);
    EXPECT_EQ(get("file:///etc/hostname").failure, SourceFailure::protocol);
    EXPECT_EQ(get("http://[").failure, SourceFailure::protocol);
}

TEST_F(HttpClientTest, IgnoresTheProxyOfTheEnvironment) {
    ASSERT_EQ(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);  // NOLINT(concurrency-mt-unsafe)
    const auto outcome = answer(page("up 1\n"));
    ASSERT_EQ(unsetenv("http_proxy"), 0);  // NOLINT(concurrency-mt-unsafe)
    EXPECT_EQ(outcome.failure, SourceFailure::none) << outcome.detail;
}

TEST_F(HttpClientTest, KeepsItsConnectionAndAsksForTheFormat) {
    LoopbackServer server{loop_, [](const std::string&) { return page("up 1\n"); }};
    int answers = 0;
    HttpGet get{client_,
                {server.url(), "text/plain;version=0.0.4", access_},
                [&](const HttpAnswer& answer) {
                    EXPECT_EQ(answer.failure, SourceFailure::none) << answer.detail;
                    ++answers;
                }};
    for (int i = 1; i <= 5; ++i) {
        get.start(patient);
        ASSERT_TRUE(turn_until(loop_, [&] { return answers == i; }));
    }
    EXPECT_EQ(server.requests(), 5);
    EXPECT_EQ(server.connections(), 1);
    EXPECT_NE(server.last_request().find("\r\nAccept: text/plain;version=0.0.4\r\n"),
              std::string::npos);
}

TEST_F(HttpClientTest, ConnectsAgainWhenTheServerHasClosedInBetween) {
    LoopbackServer server{loop_, [](const std::string&) {
                              auto answer = page("up 1\n");
                              answer.then_close = true;
                              return answer;
                          }};
    int good = 0;
    HttpGet get{client_, {server.url(), "", access_}, [&](const HttpAnswer& answer) {
                    good += answer.failure == SourceFailure::none ? 1 : 0;
                }};
    for (int i = 1; i <= 3; ++i) {
        get.start(patient);
        ASSERT_TRUE(turn_until(loop_, [&] { return good == i; }));
    }
    EXPECT_EQ(server.connections(), 3);
}

TEST_F(HttpClientTest, ASlowServerDelaysNoOther) {
    LoopbackServer silent{loop_, [](const std::string&) { return Answer{}; }};
    LoopbackServer quick{loop_, [](const std::string&) { return page("up 1\n"); }};
    int silent_answers = 0;
    int quick_answers = 0;
    HttpGet slow{
        client_, {silent.url(), "", access_}, [&](const HttpAnswer&) { ++silent_answers; }};
    HttpGet fast{client_, {quick.url(), "", access_}, [&](const HttpAnswer&) { ++quick_answers; }};
    slow.start(patient);
    ASSERT_TRUE(turn_until(loop_, [&] { return silent.requests() == 1; }));
    for (int i = 1; i <= 20; ++i) {
        fast.start(patient);
        ASSERT_TRUE(turn_until(loop_, [&] { return quick_answers == i; }));
    }
    EXPECT_EQ(silent_answers, 0);
}

TEST_F(HttpClientTest, LettingGoCancelsWithoutACallback) {
    LoopbackServer silent{loop_, [](const std::string&) { return Answer{}; }};
    int answers = 0;
    auto get = std::make_unique<HttpGet>(client_,
                                         HttpGet::Request{silent.url(), "", access_},
                                         [&](const HttpAnswer&) { ++answers; });
    get->start(patient);
    ASSERT_TRUE(turn_until(loop_, [&] { return silent.requests() == 1; }));
    get.reset();
    for (int i = 0; i < 10; ++i) {
        loop_.run_once(Duration{0});
    }
    EXPECT_EQ(answers, 0);
}

TEST_F(HttpClientTest, MayBeStartedAgainFromItsCallback) {
    LoopbackServer server{loop_, [](const std::string&) { return page("up 1\n"); }};
    int answers = 0;
    std::unique_ptr<HttpGet> get;
    get = std::make_unique<HttpGet>(
        client_, HttpGet::Request{server.url(), "", access_}, [&](const HttpAnswer&) {
            if (++answers < 3) {
                get->start(patient);
            }
        });
    get->start(patient);
    EXPECT_TRUE(turn_until(loop_, [&] { return answers == 3; }));
}

}  // namespace
}  // namespace primum::source

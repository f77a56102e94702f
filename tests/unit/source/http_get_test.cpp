// SPDX-License-Identifier: MIT
#include "gzip.hpp"
#include "loop_clock.hpp"
#include "loopback_server.hpp"
#include "source/http_client.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace primum::source {
namespace {

constexpr Duration patient{std::chrono::seconds{20}};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Answer packed(const std::string& bytes, const std::string& encoding = "gzip") {
    return {"HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding +
            "\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" + bytes};
}

class HttpGetTest : public testing::Test {
protected:
    struct Outcome {
        SourceFailure failure = SourceFailure::other;
        std::string detail;
        std::string body;
        long status = 0;
    };

    Outcome get(const std::string& url) {
        std::optional<Outcome> outcome;
        HttpGet get{client_, {url, "text/plain", access_, way_}, [&](const HttpAnswer& answer) {
                        outcome = {
                            answer.failure, answer.detail, std::string{answer.body}, answer.status};
                    }};
        get.start(patient);
        EXPECT_TRUE(turn_until(loop_, [&] { return outcome.has_value(); }));
        return outcome.value_or(Outcome{});
    }
    Outcome answer(const Answer& with) {
        LoopbackServer server{loop_, [&](const std::string&) { return with; }};
        return get(server.url());
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    HttpClient client_{loop_, clock_};
    TempDir dir_;
    HttpAccess access_;
    HttpWay way_ = HttpWay::page;
};

TEST_F(HttpGetTest, AsksForGzipAndUnpacksIt) {
    LoopbackServer server{loop_, [](const std::string&) { return packed(gzip("up 1\n")); }};
    EXPECT_EQ(get(server.url()).body, "up 1\n");
    EXPECT_TRUE(has(server.last_request(), "\r\nAccept-Encoding: gzip\r\n"));
    auto slow = packed(gzip("up 1\n") + gzip("up 2\n"), "X-GZip");
    slow.at_a_time = 1;
    EXPECT_EQ(answer(slow).body, "up 1\nup 2\n");
    EXPECT_EQ(answer(packed("up 1\n", "identity")).body, "up 1\n");
}

TEST_F(HttpGetTest, AZipBombEndsAtTheLimit) {
    access_.max_bytes = 1'000'000;
    const auto outcome = answer(packed(gzip(std::string(50'000'000, ' '))));
    EXPECT_EQ(outcome.failure, SourceFailure::too_large);
    EXPECT_EQ(outcome.detail, "the answer is over 1000000 bytes");
    EXPECT_EQ(outcome.body, "");
}

TEST_F(HttpGetTest, HalfOfAGzipPageIsNoPage) {
    const auto whole = gzip("up 1\nup 2\n");
    const auto half = answer(packed(whole.substr(0, whole.size() - 9)));
    EXPECT_EQ(half.failure, SourceFailure::closed);
    EXPECT_EQ(half.detail, "the gzip data end in the middle");
    EXPECT_EQ(answer(packed("up 1\n")).failure, SourceFailure::protocol);
    EXPECT_EQ(answer(packed("up 1\n", "br")).detail,
              "the answer's Content-Encoding was not asked for");
    EXPECT_EQ(answer(packed(gzip(whole), "gzip, gzip")).failure, SourceFailure::protocol);
}

TEST_F(HttpGetTest, BoundsHeaders) {
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 7'000; ++i) {
        many += "X-Filler: x\r\n";
    }
    const auto outcome = answer({many + "Content-Length: 0\r\n\r\n"});
    EXPECT_EQ(outcome.failure, SourceFailure::too_large);
    EXPECT_EQ(outcome.detail, "the headers are over 65536 bytes");
    EXPECT_EQ(answer({"HTTP/1.1 200 OK\r\nX: " + std::string(300'000, 'x')}).failure,
              SourceFailure::too_large);
    std::string again;
    for (int i = 0; i < 5'000; ++i) {
        again += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    EXPECT_EQ(answer({again}).failure, SourceFailure::too_large);
}

TEST_F(HttpGetTest, FollowsAsManyRedirectsAsAllowed) {
    LoopbackServer last{loop_, [](const std::string&) { return page("up 1\n"); }};
    LoopbackServer first{loop_, [&](const std::string&) {
                             return status("302 Found", "Location: " + last.url() + "\r\n");
                         }};
    access_.redirects = 1;
    EXPECT_EQ(get(first.url()).body, "up 1\n");
    LoopbackServer circle{loop_, [&](const std::string&) {
                              return status("307 Temporary Redirect", "Location: /metrics\r\n");
                          }};
    access_.redirects = 3;
    const auto outcome = get(circle.url());
    EXPECT_EQ(outcome.failure, SourceFailure::http_status);
    EXPECT_EQ(outcome.detail, "HTTP status 307; after 3 redirects another one");
    EXPECT_EQ(circle.requests(), 4);
}

TEST_F(HttpGetTest, FollowsARedirectToNothingButHttp) {
    access_.redirects = 5;
    for (const std::string target :
         {"file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/"}) {
        const auto outcome = answer(status("302 Found", "Location: " + target + "\r\n"));
        EXPECT_EQ(outcome.failure, SourceFailure::http_status) << target;
        EXPECT_EQ(outcome.detail,
                  "HTTP status 302; a redirect to no http or https URL is not followed");
    }
    EXPECT_EQ(answer(status("304 Not Modified")).detail, "HTTP status 304");
}

TEST_F(HttpGetTest, TakesNoUserFromARedirect) {
    access_.redirects = 1;
    LoopbackServer last{loop_, [](const std::string&) { return page("up 1\n"); }};
    const auto url = "http://user:password@127.0.0.1:" + std::to_string(last.port()) + "/";
    EXPECT_EQ(answer(status("302 Found", "Location: " + url + "\r\n")).body, "up 1\n");
    EXPECT_FALSE(has(last.last_request(), "Authorization"));
}

TEST_F(HttpGetTest, ShowsUserAndPassword) {
    access_.user = "watch";
    access_.password_file = dir_.write("password", "s3cret\n");
    LoopbackServer server{loop_, [](const std::string&) { return page("up 1\n"); }};
    EXPECT_EQ(get(server.url()).body, "up 1\n");
    EXPECT_TRUE(has(server.last_request(), "\r\nAuthorization: Basic d2F0Y2g6czNjcmV0\r\n"))
        << server.last_request();
}

TEST_F(HttpGetTest, ReadsTheTokenAnewForEachRequest) {
    access_.bearer_file = dir_.write("token", "first\n");
    LoopbackServer server{loop_, [](const std::string&) { return page("up 1\n"); }};
    int answers = 0;
    HttpAnswer last;
    HttpGet get{client_, {server.url(), "", access_}, [&](const HttpAnswer& answer) {
                    last = answer;
                    ++answers;
                }};
    for (const std::string token : {"first", "second"}) {
        dir_.write("token", token + "\n");
        get.start(patient);
        ASSERT_TRUE(turn_until(loop_, [&] { return answers == (token == "first" ? 1 : 2); }));
        EXPECT_TRUE(has(server.last_request(), "\r\nAuthorization: Bearer " + token + "\r\n"));
    }
    std::filesystem::remove(access_.bearer_file);
    get.start(patient);
    ASSERT_TRUE(turn_until(loop_, [&] { return answers == 3; }));
    EXPECT_EQ(last.failure, SourceFailure::missing);
    EXPECT_EQ(last.detail, access_.bearer_file + ": No such file or directory");
    EXPECT_EQ(server.requests(), 2);
}

TEST_F(HttpGetTest, ShowsItsSecretsToNoOtherHost) {
    for (const bool bearer : {false, true}) {
        access_ = {};
        access_.redirects = 2;
        if (bearer) {
            access_.bearer_file = dir_.write("token", "s3cret\n");
        } else {
            access_.user = "watch";
            access_.password_file = dir_.write("password", "s3cret\n");
        }
        std::string back;
        int asked = 0;
        LoopbackServer other{loop_, [&](const std::string&) {
                                 return status("302 Found", "Location: " + back + "\r\n");
                             }};
        LoopbackServer first{loop_, [&](const std::string&) {
                                 return ++asked > 1 ? page("up 1\n")
                                                    : status("302 Found",
                                                             "Location: " + other.url() + "\r\n");
                             }};
        back = first.url();
        EXPECT_EQ(get(first.url()).body, "up 1\n");
        EXPECT_EQ(other.requests(), 1);
        EXPECT_FALSE(has(other.last_request(), "Authorization"));
        // Nor back at its own, where the other one has sent it.
        EXPECT_FALSE(has(first.last_request(), "Authorization"));
        // The same host keeps being shown them, and so does a new request.
        asked = 0;
        back = other.url();
        LoopbackServer same{loop_, [&](const std::string&) {
                                return ++asked > 1 ? page("up 1\n")
                                                   : status("302 Found", "Location: /here\r\n");
                            }};
        const auto outcome = get(same.url());
        EXPECT_EQ(outcome.body, "up 1\n") << outcome.detail;
        EXPECT_TRUE(has(same.last_request(), "GET /here "));
        EXPECT_TRUE(has(same.last_request(), "\r\nAuthorization: "));
    }
}

TEST_F(HttpGetTest, NoSecretIsInAnError) {
    access_.user = "watch";
    access_.password_file = dir_.write("password", "s3cret-s3cret\n");
    access_.redirects = 1;
    for (const auto& with : {status("401 Unauthorized"),
                             status("302 Found", "Location: http://[\r\n"),
                             Answer{"", 0, true},
                             Answer{"SSH-2.0\r\n", 0, true}}) {
        const auto outcome = answer(with);
        EXPECT_NE(outcome.failure, SourceFailure::none);
        EXPECT_FALSE(has(outcome.detail, "s3cret")) << outcome.detail;
    }
    dir_.write("password", "s3cret\ns3cret\n");
    EXPECT_EQ(get("http://127.0.0.1:1/").detail,
              access_.password_file + ": one line of printable ASCII is expected");
}

TEST_F(HttpGetTest, AsksOverAUnixSocket) {
    access_.unix_socket = dir_.path("socket");
    const auto missing = get("http://localhost/metrics");
    EXPECT_EQ(missing.failure, SourceFailure::missing) << missing.detail;
    {
        LoopbackServer server{
            loop_, access_.unix_socket, [](const std::string&) { return page("up 1\n"); }};
        EXPECT_EQ(get("http://localhost/metrics").body, "up 1\n");
        EXPECT_TRUE(has(server.last_request(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"));
    }
    EXPECT_EQ(get("http://localhost/metrics").failure, SourceFailure::refused);
}

TEST_F(HttpGetTest, SaysWhichCertificateFileIsWrong) {
    access_.ca_file = dir_.path("ca.pem");
    EXPECT_EQ(get("https://127.0.0.1:1/").failure, SourceFailure::missing);
    dir_.write("ca.pem", "no certificate");
    LoopbackServer server{loop_, [](const std::string&) { return page("up 1\n"); }};
    const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    const auto outcome = get(url);
    EXPECT_EQ(outcome.failure, SourceFailure::tls);
    EXPECT_TRUE(has(outcome.detail, access_.ca_file)) << outcome.detail;
    access_ = {};
    access_.cert_file = dir_.write("cert.pem", "no certificate");
    access_.key_file = dir_.write("key.pem", "no key");
    const auto client = get(url);
    EXPECT_EQ(client.failure, SourceFailure::tls);
    EXPECT_TRUE(has(client.detail, access_.cert_file)) << client.detail;
}

TEST_F(HttpGetTest, AServerWithoutTlsIsNotTrusted) {
    LoopbackServer talker{loop_, [](const std::string&) { return Answer{}; }};
    const auto url = "https://127.0.0.1:" + std::to_string(talker.port()) + "/";
    std::optional<SourceFailure> failure;
    HttpGet get{
        client_, {url, "", access_}, [&](const HttpAnswer& answer) { failure = answer.failure; }};
    get.start(std::chrono::milliseconds{40});
    ASSERT_TRUE(turn_until(loop_, [&] { return failure.has_value(); }));
    EXPECT_EQ(failure, SourceFailure::timeout);
}

TEST_F(HttpGetTest, AProbeTakesAnyStatusOverAConnectionOfItsOwn) {
    way_ = HttpWay::probe;
    LoopbackServer server{loop_, [](const std::string&) {
                              return Answer{"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"};
                          }};
    for (int i = 1; i <= 2; ++i) {
        const auto outcome = get(server.url());
        EXPECT_EQ(outcome.failure, SourceFailure::none) << outcome.detail;
        EXPECT_EQ(outcome.status, 503);
        EXPECT_EQ(outcome.body, "busy");
        EXPECT_EQ(server.connections(), i);
    }
}

TEST_F(HttpGetTest, AConnectionAloneSendsNothing) {
    way_ = HttpWay::connect;
    LoopbackServer server{loop_, [](const std::string&) { return page("up 1\n"); }};
    EXPECT_EQ(get(server.url()).failure, SourceFailure::none);
    ASSERT_TRUE(turn_until(loop_, [&] { return server.connections() == 1; }));
    EXPECT_EQ(server.requests(), 0);
    EXPECT_EQ(get("http://127.0.0.1:1/").failure, SourceFailure::refused);
}

TEST_F(HttpGetTest, PostsABodyWithItsType) {
    std::string asked;
    LoopbackServer server{loop_, [&](const std::string& request) {
                              asked = request;
                              return status("200 OK");
                          }};
    int answers = 0;
    HttpGet post{
        client_, {server.url(), {}, access_, HttpWay::reply}, [&](const HttpAnswer& answer) {
            EXPECT_EQ(answer.failure, SourceFailure::none);
            EXPECT_EQ(answer.status, 200);
            ++answers;
        }};
    const std::string large(3'000, 'x');
    for (const auto& body : {std::string{"[1]"}, large}) {
        post.post(body, "application/json", patient);
        const int before = answers;
        ASSERT_TRUE(turn_until(loop_, [&] { return answers > before; }));
        EXPECT_TRUE(asked.starts_with("POST "));
        EXPECT_TRUE(has(asked, "Content-Type: application/json\r\n"));
        EXPECT_TRUE(has(asked, "Content-Length: " + std::to_string(body.size()) + "\r\n"));
        EXPECT_FALSE(has(asked, "Expect:"));
    }
}

TEST_F(HttpGetTest, APostFollowsNoRedirect) {
    LoopbackServer server{loop_, [&](const std::string&) {
                              return status("302 Found", "Location: http://127.0.0.1:1/\r\n");
                          }};
    access_.redirects = 5;
    std::optional<long> got;
    HttpGet post{client_,
                 {server.url(), {}, access_, HttpWay::reply},
                 [&](const HttpAnswer& answer) { got = answer.status; }};
    post.post("[]", "application/json", patient);
    ASSERT_TRUE(turn_until(loop_, [&] { return got.has_value(); }));
    EXPECT_EQ(got, 302);
}

}  // namespace
}  // namespace primum::source

// SPDX-License-Identifier: MIT
#include "http/server.hpp"

#include "client.hpp"

#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::http {
namespace {

class ServerTest : public testing::Test {
protected:
    void SetUp() override { start({}); }
    void start(const ServerLimits& limits) {
        server_.reset();
        auto server = Server::listen(loop_, clock_, "127.0.0.1:0", limits);
        ASSERT_TRUE(server) << server.error().message;
        server_ = std::move(*server);
        server_->handle("/hello", [this] {
            ++asked_;
            return Reply{200, "text/plain", "hello\n"};
        });
    }
    std::string ask(const std::string& method, const std::string& path) {
        return http::ask(loop_, server_->port(), method, path);
    }

    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    std::unique_ptr<Server> server_;
    int asked_ = 0;
};

TEST_F(ServerTest, AnswersGet) {
    const auto answer = ask("GET", "/hello");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nContent-Type: text/plain\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nhello\n")) << answer;
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
    const auto answer = ask("HEAD", "/hello");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nContent-Length: 6\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(ServerTest, AQueryIsNotPartOfThePath) {
    EXPECT_TRUE(ask("GET", "/hello?a=b").ends_with("hello\n"));
}

TEST_F(ServerTest, SaysThatThereIsNoSuchPage) {
    const auto answer = ask("GET", "/../etc/passwd");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 Not Found\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("no such page; / shows the status\n")) << answer;
}

TEST_F(ServerTest, RefusesOtherMethods) {
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"}) {
        const auto answer = ask(method, "/hello");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 405 ")) << answer;
        EXPECT_NE(answer.find("\r\nAllow: GET, HEAD\r\n"), std::string::npos) << answer;
    }
    EXPECT_EQ(asked_, 0);
}

TEST_F(ServerTest, GivesTheHandlersStatusAndTheLatestHandlerOfAPath) {
    server_->handle("/hello", [] { return Reply{503, "application/json", "{}"}; });
    const auto answer = ask("GET", "/hello");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("{}")) << answer;
}

TEST_F(ServerTest, KeepsAConnectionForTheNextRequest) {
    Client client{server_->port()};
    for (int i = 0; i < 3; ++i) {
        client.say("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
        ASSERT_TRUE(client.hear_until(loop_, "hello\n"));
    }
    EXPECT_FALSE(client.closed());
    EXPECT_EQ(asked_, 3);
}

TEST_F(ServerTest, SendsALargePageWhole) {
    const std::string body(3'000'000, 'x');
    server_->handle("/large", [&] { return Reply{200, "text/plain", body}; });
    const auto answer = ask("GET", "/large");
    EXPECT_TRUE(answer.ends_with("\r\n\r\n" + body));
}

TEST_F(ServerTest, ReadsARequestThatComesByteByByte) {
    Client client{server_->port()};
    for (const char c : std::string{"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
        client.say({&c, 1});
        loop_.run_once(Duration{0});
    }
    EXPECT_TRUE(client.hear_until(loop_, "hello\n"));
}

TEST_F(ServerTest, HalfOpenConnectionsDelayNobody) {
    const Client silent{server_->port()};
    const Client half{server_->port()};
    half.say("GET /hello HTTP/1.1\r\nHos");
    for (int i = 0; i < 10; ++i) {
        loop_.run_once(Duration{0});
    }
    // Hundreds of turns that wait for nothing are far more than an undelayed answer needs.
    for (int i = 0; i < 20; ++i) {
        Client client{server_->port()};
        client.say("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        ASSERT_TRUE(client.hear_all(loop_, 45).ends_with("hello\n")) << i;
    }
}

TEST_F(ServerTest, EndsAConnectionOnWhichNothingMoves) {
    ServerLimits limits;
    limits.timeout_seconds = 1;
    start(limits);
    Client silent{server_->port()};
    silent.say("GET /hello HTTP/1.1\r\nHos");
    silent.hear_all(loop_);
    EXPECT_TRUE(silent.closed());
}

TEST_F(ServerTest, RefusesHeadersWithoutEnd) {
    Client client{server_->port()};
    client.say("GET /hello HTTP/1.1\r\nHost: localhost\r\n");
    std::string heard;
    for (int i = 0; i < 100 && !client.closed() && heard.empty(); ++i) {
        client.say("X-" + std::to_string(i) + ": " + std::string(1'000, 'x') + "\r\n");
        heard += client.hear_all(loop_, 3);
    }
    EXPECT_TRUE(client.closed() || heard.starts_with("HTTP/1.1 431 ")) << heard;
    EXPECT_EQ(asked_, 0);
    EXPECT_TRUE(ask("GET", "/hello").ends_with("hello\n"));
}

TEST_F(ServerTest, SurvivesBytesThatAreNotHttp) {
    Client client{server_->port()};
    client.say(std::string("\x16\x03\x01\x00\xff\r\n\r\n", 9));
    client.hear_all(loop_);
    EXPECT_TRUE(client.closed());
    EXPECT_TRUE(ask("GET", "/hello").ends_with("hello\n"));
}

TEST_F(ServerTest, MoreConnectionsThanAllowedWaitAndAreServedLater) {
    ServerLimits limits;
    limits.connections = 4;
    start(limits);
    std::list<Client> idle;
    for (unsigned i = 0; i < limits.connections; ++i) {
        idle.emplace_back(server_->port());
    }
    for (int i = 0; i < 20; ++i) {
        loop_.run_once(Duration{0});
    }
    Client late{server_->port()};
    late.say("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(late.hear_all(loop_, 20), "");
    idle.clear();
    EXPECT_TRUE(late.hear_all(loop_).ends_with("hello\n"));
}

TEST_F(ServerTest, AnIdleServerLeavesTheLoopAlone) {
    ASSERT_TRUE(ask("GET", "/hello").ends_with("hello\n"));
    bool fired = false;
    // Only this timer is to be dispatched; anything else would take its turn.
    const auto timer =
        loop_.at(clock_.now().t + std::chrono::milliseconds{30}, [&] { fired = true; });
    int turns = 0;
    while (!fired && turns < 1'000) {
        loop_.run_once(std::chrono::seconds{1});
        ++turns;
    }
    EXPECT_TRUE(fired);
    EXPECT_LE(turns, 4);
}

TEST_F(ServerTest, AnEmptyAddressIsOff) {
    const auto off = Server::listen(loop_, clock_, "");
    ASSERT_TRUE(off);
    EXPECT_EQ((*off)->port(), 0);
    (*off)->handle("/hello", [] { return Reply{}; });
}

TEST_F(ServerTest, SaysWhenItCannotListen) {
    const auto second =
        Server::listen(loop_, clock_, "127.0.0.1:" + std::to_string(server_->port()));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, HttpError::Kind::in_use);
}

TEST_F(ServerTest, LetsGoOfItsPort) {
    const auto address = "127.0.0.1:" + std::to_string(server_->port());
    server_.reset();
    EXPECT_TRUE(Server::listen(loop_, clock_, address));
}

TEST_F(ServerTest, EveryReplyForbidsABrowserWhatIsNotItsOwn) {
    for (const auto* path : {"/hello", "/none"}) {
        const auto answer = ask("GET", path);
        EXPECT_NE(answer.find("\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; "
                              "style-src 'self'; img-src 'self'; connect-src 'self'; base-uri "
                              "'none'; form-action 'none'; frame-ancestors 'none'\r\n"),
                  std::string::npos)
            << answer;
        EXPECT_NE(answer.find("\r\nX-Content-Type-Options: nosniff\r\n"), std::string::npos);
        EXPECT_NE(answer.find("\r\nReferrer-Policy: no-referrer\r\n"), std::string::npos);
    }
}

TEST_F(ServerTest, ANameThatIsNotThisHostsReadsNothing) {
    for (const auto* method : {"GET", "HEAD"}) {
        Client client{server_->port()};
        client.say(std::string{method} +
                   " /hello HTTP/1.1\r\nHost: evil.example:9763\r\nConnection: close\r\n\r\n");
        const auto answer = client.hear_all(loop_);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 421 ")) << answer;
    }
    EXPECT_EQ(asked_, 0);
}

class LaterTest : public ServerTest {
protected:
    void SetUp() override {
        ServerTest::SetUp();
        handle();
    }
    void handle() {
        server_->handle_beneath("/late", [this](const Request& request, Answer answer) {
            requests_.push_back(request);
            answers_.push_back(std::move(answer));
        });
    }
    void turn(int times = 20) {
        for (int i = 0; i < times; ++i) {
            loop_.run_once(Duration{0});
        }
    }
    static void get(const Client& client, const std::string& path) {
        client.say("GET " + path + " HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n");
    }

    std::vector<Request> requests_;
    std::vector<Answer> answers_;
};

TEST_F(LaterTest, TheClientWaitsAndNobodyElse) {
    Client client{server_->port()};
    get(client, "/late/one?a=b%20c&d&a=e");
    turn();
    ASSERT_EQ(requests_.size(), 1U);
    EXPECT_EQ(requests_[0].path, "/late/one");
    EXPECT_EQ(requests_[0].query.at("a"), "e");
    EXPECT_EQ(requests_[0].query.at("d"), "");
    EXPECT_TRUE(ask("GET", "/hello").ends_with("hello\n"));
    answers_[0](Reply{200, "text/plain", "at last\n", {{"Cache-Control", "no-store"}}});
    answers_[0](Reply{500, "text/plain", "only the first counts\n"});
    const auto answer = client.hear_all(loop_);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nCache-Control: no-store\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nat last\n")) << answer;
}

TEST_F(LaterTest, AnAnswerAtOnceAndTheLongestPath) {
    server_->handle_beneath("/late/now", [](const Request& request, const Answer& answer) {
        answer(Reply{200, "text/plain", request.if_none_match});
    });
    Client client{server_->port()};
    client.say(
        "GET /late/now HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"x\"\r\nConnection: "
        "close\r\n\r\n");
    EXPECT_TRUE(client.hear_all(loop_).ends_with("\r\n\r\n\"x\""));
    EXPECT_TRUE(ask("GET", "/later").starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(requests_.empty());
}

TEST_F(LaterTest, MoreThanMayWaitAreRefused) {
    ServerLimits limits;
    limits.waiting = 2;
    start(limits);
    handle();
    std::list<Client> clients;
    for (int i = 0; i < 2; ++i) {
        get(clients.emplace_back(server_->port()), "/late");
        turn();
    }
    EXPECT_TRUE(ask("GET", "/late").starts_with("HTTP/1.1 503 "));
    for (const auto& answer : answers_) {
        answer(Reply{});
    }
    for (auto& client : clients) {
        EXPECT_TRUE(client.hear_all(loop_).starts_with("HTTP/1.1 200 "));
    }
}

TEST_F(LaterTest, TheServerMayEndWhileSomebodyWaits) {
    Client client{server_->port()};
    get(client, "/late");
    turn();
    ASSERT_EQ(answers_.size(), 1U);
    server_.reset();
    answers_[0](Reply{});
    EXPECT_TRUE(client.hear_all(loop_).starts_with("HTTP/1.1 503 "));
}

TEST_F(LaterTest, TheClientMayEndWhileItWaits) {
    {
        const Client client{server_->port()};
        get(client, "/late");
        turn();
    }
    turn();
    answers_.at(0)(Reply{});
    turn();
    EXPECT_TRUE(ask("GET", "/hello").ends_with("hello\n"));
}

class PostTest : public ServerTest {
protected:
    void SetUp() override {
        ServerTest::SetUp();
        take_posts();
    }
    void take_posts() {
        PostHandler handler;
        handler.body_bytes = 100'000;
        handler.admit = [](const Post& post) -> std::optional<Reply> {
            EXPECT_EQ(post.body, "");
            if (post.authorization == "Bearer good") {
                return std::nullopt;
            }
            return Reply{401, "text/plain", "no\n"};
        };
        handler.take = [this](const Post& post) {
            bodies_.emplace_back(post.body);
            return Reply{200,
                         "text/plain",
                         std::string{post.path} + " " + std::string{post.content_type} + "\n"};
        };
        server_->handle_posts("/in", std::move(handler));
    }
    std::string post(const std::string& path, const std::string& headers, const std::string& body) {
        Client client{server_->port()};
        client.say("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                   headers + "\r\n" + body);
        return client.hear_all(loop_);
    }
    static std::string length(std::size_t bytes) {
        return "Content-Length: " + std::to_string(bytes) + "\r\n";
    }

    const std::string good_ = "Authorization: Bearer good\r\nContent-Type: application/json\r\n";
    std::vector<std::string> bodies_;
};

TEST_F(PostTest, TakesABodyWhole) {
    const std::string body(50'000, 'x');
    const auto answer = post("/in/name", good_ + length(body.size()), body);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("/in/name application/json\n")) << answer;
    EXPECT_EQ(bodies_, std::vector<std::string>{body});
    EXPECT_TRUE(post("/in", good_ + length(0), "").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(PostTest, OnlyBeneathItsPath) {
    EXPECT_TRUE(post("/inside", good_ + length(1), "x").starts_with("HTTP/1.1 405 "));
    EXPECT_TRUE(post("/hello", good_ + length(1), "x").starts_with("HTTP/1.1 405 "));
    EXPECT_TRUE(bodies_.empty());
}

TEST_F(PostTest, RefusesBeforeTheBodyIsKept) {
    const auto answer = post("/in", length(5), "hello");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n")) << answer;
    EXPECT_NE(answer.find("WWW-Authenticate: Bearer\r\n"), std::string::npos);
    EXPECT_TRUE(bodies_.empty());
}

TEST_F(PostTest, ALengthThatIsTooMuchOrMissingIsRefusedAtOnce) {
    EXPECT_TRUE(post("/in", good_ + length(100'001), "").starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(post("/in", good_ + "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 411 "));
    EXPECT_TRUE(bodies_.empty());
}

TEST_F(PostTest, AllBodiesTogetherAreBounded) {
    ServerLimits limits;
    limits.bodies_bytes = 150'000;
    start(limits);
    take_posts();
    {
        Client slow{server_->port()};
        slow.say("POST /in HTTP/1.1\r\nHost: localhost\r\n" + good_ + length(100'000) + "\r\nx");
        ASSERT_FALSE(slow.hear_until(loop_, "HTTP/1.1", 40));
        EXPECT_TRUE(post("/in", good_ + length(60'000), "").starts_with("HTTP/1.1 503 "));
        EXPECT_TRUE(post("/in", good_ + length(2), "ok").starts_with("HTTP/1.1 200 "));
    }
    for (int i = 0; i < 20; ++i) {
        loop_.run_once(std::chrono::milliseconds{1});
    }
    const std::string body(60'000, 'x');
    EXPECT_TRUE(post("/in", good_ + length(body.size()), body).starts_with("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace primum::http

// SPDX-License-Identifier: MIT
#include "http/server.hpp"

#include "client.hpp"

#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <string>

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
    EXPECT_TRUE(answer.ends_with("no such page; / lists them\n")) << answer;
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
        client.say("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
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
    for (const char c : std::string{"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"}) {
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
        client.say("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
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
    client.say("GET /hello HTTP/1.1\r\nHost: x\r\n");
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
    late.say("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
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

}  // namespace
}  // namespace primum::http

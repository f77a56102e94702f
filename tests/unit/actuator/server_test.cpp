// SPDX-License-Identifier: MIT
#include "actuator/server.hpp"

#include "actuator/listen.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::actuator {
namespace {

// One who asks, by hand.
class Asker {
public:
    explicit Asker(const std::string& path)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), address.sun_path);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT
        EXPECT_EQ(::connect(fd_, generic, sizeof address), 0);
    }
    Asker(const Asker&) = delete;
    Asker& operator=(const Asker&) = delete;
    ~Asker() { hang_up(); }

    void hang_up() {
        if (fd_ >= 0) {
            ::close(std::exchange(fd_, -1));
        }
    }
    void say(const std::string& bytes) const {
        EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    // Takes in what has come; `closed` once the other side has hung up.
    void listen() {
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                closed = closed || got == 0 || errno != EAGAIN;
                break;
            }
            reader_.feed({buffer.data(), static_cast<std::size_t>(got)});
        }
        for (auto body = reader_.next(); body.has_value() && body->has_value();
             body = reader_.next()) {
            replies.push_back(*remedy::decode_reply(**body));
        }
    }

    std::vector<remedy::Reply> replies;
    bool closed = false;

private:
    int fd_;
    remedy::FrameReader reader_;
};

class ServerTest : public testing::Test {
protected:
    ServerTest() {
        ServerOptions options;
        options.max_root_connections = 2;
        options.max_unsent_bytes = 64 * std::size_t{1024};
        // Whoever runs the tests is let in as root or as primumd.
        options.peers = {::getuid(), own_cgroup()};
        server_ = std::make_unique<Server>(
            loop_,
            *listen_at(path_, std::nullopt),
            ServerHooks{[this](ConnectionId id, const remedy::Request& request) {
                            requests_.emplace_back(id, request);
                            if (answer_) {
                                answer_(id);
                            }
                        },
                        [this](const std::string& what) { complaints_.push_back(what); }},
            options);
    }
    bool until(const std::function<bool()>& done) {
        for (int turn = 0; turn < 2'000; ++turn) {
            if (done()) {
                return true;
            }
            loop_.run_once(std::chrono::milliseconds{1});
        }
        return false;
    }
    bool closes(Asker& asker) {
        return until([&] {
            asker.listen();
            return asker.closed;
        });
    }
    static std::string settle(const std::string& id) {
        return remedy::encode(remedy::Request{remedy::SettleRequest{id}});
    }

    TemporaryDirectory directory_;
    std::string path_ = directory_.path("socket");
    systemd::EventLoop loop_;
    std::vector<std::pair<ConnectionId, remedy::Request>> requests_;
    std::vector<std::string> complaints_;
    std::function<void(ConnectionId)> answer_;
    std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, RequestsComeInAndRepliesGoBack) {
    answer_ = [this](ConnectionId id) {
        ActionEvent event;
        event.action = "a-1";
        event.phase = ActionPhase::settled;
        server_->reply(id, remedy::Reply{event});
    };
    Asker asker(path_);
    asker.say(settle("a-1") + settle("a-2"));
    ASSERT_TRUE(until([&] {
        asker.listen();
        return asker.replies.size() == 2;
    }));
    EXPECT_EQ(std::get<remedy::SettleRequest>(requests_[1].second).action, "a-2");
    EXPECT_EQ(std::get<ActionEvent>(asker.replies[0]).action, "a-1");
    EXPECT_FALSE(asker.closed);
}

TEST_F(ServerTest, ARequestInPiecesIsOneRequest) {
    Asker asker(path_);
    for (const char byte : settle("a-1")) {
        EXPECT_TRUE(requests_.empty());
        asker.say({byte});
        loop_.run_once(std::chrono::milliseconds{1});
        loop_.run_once(std::chrono::milliseconds{1});
    }
    EXPECT_TRUE(until([&] { return requests_.size() == 1; }));
}

TEST_F(ServerTest, GarbageIsToldWhyAndClosed) {
    for (const std::string& bytes : {remedy::frame("garbage"),
                                     std::string(64, '\xff'),
                                     std::string("GET / HTTP/1.1\r\n\r\n"),
                                     std::string(8, '\0')}) {
        Asker asker(path_);
        asker.say(bytes);
        ASSERT_TRUE(closes(asker));
        ASSERT_EQ(asker.replies.size(), 1U);
        EXPECT_EQ(std::get<remedy::ErrorReply>(asker.replies[0]).code, Refusal::bad_request);
    }
    EXPECT_TRUE(requests_.empty());
    EXPECT_EQ(complaints_.size(), 4U);
}

TEST_F(ServerTest, WhatCameBeforeGarbageIsServed) {
    Asker asker(path_);
    asker.say(settle("a-1") + remedy::frame("garbage") + settle("a-2"));
    ASSERT_TRUE(closes(asker));
    EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(ServerTest, TooManyConnectionsAreToldWhyAndClosed) {
    const std::size_t most = ::getuid() == 0 ? 2 : 1;
    std::vector<std::unique_ptr<Asker>> askers;
    for (std::size_t i = 0; i < most; ++i) {
        askers.push_back(std::make_unique<Asker>(path_));
        askers.back()->say(settle("a"));
        ASSERT_TRUE(until([&] { return requests_.size() == i + 1; }));
    }
    Asker late(path_);
    ASSERT_TRUE(closes(late));
    ASSERT_EQ(late.replies.size(), 1U);
    EXPECT_EQ(std::get<remedy::ErrorReply>(late.replies[0]).code, Refusal::not_permitted);
    askers.front()->hang_up();
    ASSERT_TRUE(until([&] {
        Asker again(path_);
        again.say(settle("b"));
        until([&] {
            again.listen();
            return again.closed || requests_.size() == most + 1;
        });
        return requests_.size() == most + 1;
    }));
}

TEST_F(ServerTest, AReplyToWhoIsGoneIsNobodys) {
    Asker asker(path_);
    asker.say(settle("a-1"));
    ASSERT_TRUE(until([&] { return requests_.size() == 1; }));
    asker.hang_up();
    for (int i = 0; i < 10; ++i) {
        server_->reply(requests_[0].first, remedy::Reply{remedy::ErrorReply{}});
        loop_.run_once(std::chrono::milliseconds{1});
    }
    Asker next(path_);
    next.say(settle("a-2"));
    EXPECT_TRUE(until([&] { return requests_.size() == 2; }));
}

TEST_F(ServerTest, OneWhoDoesNotReadIsLetGo) {
    Asker asker(path_);
    asker.say(settle("a-1"));
    ASSERT_TRUE(until([&] { return requests_.size() == 1; }));
    const remedy::Reply reply{remedy::ErrorReply{Refusal::storage, std::string(1'000, 'x')}};
    for (int i = 0; i < 2'000; ++i) {
        server_->reply(requests_[0].first, reply);
    }
    EXPECT_TRUE(closes(asker));
}

TEST_F(ServerTest, StoppedItTakesNobodyAndHangsUp) {
    Asker asker(path_);
    asker.say(settle("a-1"));
    ASSERT_TRUE(until([&] { return requests_.size() == 1; }));
    server_->stop();
    EXPECT_TRUE(closes(asker));
}

}  // namespace
}  // namespace primum::actuator

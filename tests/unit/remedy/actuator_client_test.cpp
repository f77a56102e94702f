// SPDX-License-Identifier: MIT
#include "remedy/actuator_client.hpp"

#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

// The actuator's end of the socket, spoken by hand.
class FakeActuator {
public:
    FakeActuator() {
        std::string name = "/tmp/primum-client-XXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    FakeActuator(const FakeActuator&) = delete;
    FakeActuator& operator=(const FakeActuator&) = delete;
    ~FakeActuator() {
        hang_up();
        stop();
        std::filesystem::remove_all(directory_);
    }

    [[nodiscard]] std::string path() const { return directory_ + "/socket"; }
    void start() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto where = path();
        std::copy(where.begin(), where.end(), address.sun_path);
        listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT
        ASSERT_EQ(::bind(listening_, generic, sizeof address), 0);
        ASSERT_EQ(::listen(listening_, 8), 0);
    }
    void stop() {
        if (listening_ >= 0) {
            ::close(std::exchange(listening_, -1));
            ::unlink(path().c_str());
        }
    }
    void hang_up() {
        if (connection_ >= 0) {
            ::close(std::exchange(connection_, -1));
        }
        reader_ = {};
    }
    // Takes the newest connection, when there is one.
    bool take() {
        const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK);
        if (fd < 0) {
            return false;
        }
        hang_up();
        connection_ = fd;
        return true;
    }
    [[nodiscard]] std::vector<Request> requests() {
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto got = ::recv(connection_, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                break;
            }
            reader_.feed({buffer.data(), static_cast<std::size_t>(got)});
        }
        std::vector<Request> all;
        for (auto body = reader_.next(); body.has_value() && body->has_value();
             body = reader_.next()) {
            auto request = decode_request(**body);
            EXPECT_TRUE(request.has_value());
            all.push_back(std::move(*request));
        }
        return all;
    }
    void say(const Reply& reply) const { say_bytes(encode(reply)); }
    void say_bytes(const std::string& bytes) const {
        EXPECT_EQ(::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }

private:
    std::string directory_;
    int listening_ = -1;
    int connection_ = -1;
    FrameReader reader_;
};

class ActuatorClientTest : public testing::Test {
protected:
    // Turns the loop until `done`; false when that does not come about.
    bool until(const std::function<bool()>& done) {
        for (int turn = 0; turn < 2'000; ++turn) {
            if (done()) {
                return true;
            }
            loop_.run_once(std::chrono::milliseconds{1});
        }
        return false;
    }
    bool told(std::size_t count) {
        return until([&] { return events_.size() >= count; });
    }
    void connect() {
        actuator_.start();
        client_.start();
        ASSERT_TRUE(until([&] { return client_.connected() && actuator_.take(); }));
    }
    std::vector<Request> asked(std::size_t count) {
        std::vector<Request> all;
        EXPECT_TRUE(until([&] {
            for (auto& request : actuator_.requests()) {
                all.push_back(std::move(request));
            }
            return all.size() >= count;
        }));
        return all;
    }
    template <class T>
    const T& event(std::size_t index) {
        return std::get<T>(events_.at(index));
    }

    static AskPreflight preflight(std::uint64_t ticket) {
        AskPreflight effect;
        effect.ticket = ticket;
        effect.target = "gateway";
        effect.plan_digest = "abc";
        return effect;
    }
    static RunAction action(const std::string& id) {
        RunAction effect;
        effect.action = id;
        effect.target = "gateway";
        effect.level = Level::restart;
        effect.plan_digest = "abc";
        effect.not_after = instant_from_us(1'000'000);
        return effect;
    }
    static ActionEvent news(const std::string& id, ActionPhase phase) {
        ActionEvent event;
        event.action = id;
        event.phase = phase;
        event.result = phase == ActionPhase::finished ? ActionResult::done : ActionResult::none;
        return event;
    }
    static ActionEvent settled(const std::string& id, SettledAs as) {
        auto event = news(id, ActionPhase::settled);
        event.settled_as = as;
        return event;
    }

    systemd::EventLoop loop_;
    ManualClock clock_;
    FakeActuator actuator_;
    std::vector<EventBody> events_;
    ActuatorClient client_{loop_,
                           clock_,
                           [this](EventBody body) { events_.push_back(std::move(body)); },
                           [this] {
                               ActuatorClientOptions options;
                               options.socket_path = actuator_.path();
                               options.max_pending = 4;
                               return options;
                           }()};
};

TEST_F(ActuatorClientTest, WithoutAnActuatorAPreflightIsUnreachableNow) {
    client_.start();
    client_.ask(preflight(7));
    EXPECT_TRUE(events_.empty());  // never from inside a request
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<PreflightEvent>(0).ticket, 7U);
    EXPECT_EQ(event<PreflightEvent>(0).answer, Preflight::not_now);
    EXPECT_EQ(event<PreflightEvent>(0).code, Refusal::unreachable);
    EXPECT_NE(client_.trouble().find("primum-actuator.socket"), std::string::npos);
}

TEST_F(ActuatorClientTest, ConnectsWhenTheActuatorComes) {
    client_.start();
    EXPECT_FALSE(client_.connected());
    actuator_.start();
    EXPECT_TRUE(until([&] { return client_.connected(); }));
    EXPECT_EQ(client_.trouble(), "");
}

TEST_F(ActuatorClientTest, APreflightIsAskedAndItsAnswerTold) {
    connect();
    client_.ask(preflight(7));
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(std::get<PreflightRequest>(requests[0]).ticket, 7U);
    EXPECT_EQ(std::get<PreflightRequest>(requests[0]).plan_digest, "abc");
    PreflightEvent answer;
    answer.ticket = 7;
    answer.answer = Preflight::can;
    answer.blast_radius = {"b.service"};
    actuator_.say(Reply{answer});
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<PreflightEvent>(0).answer, Preflight::can);
    EXPECT_EQ(event<PreflightEvent>(0).blast_radius, std::vector<std::string>{"b.service"});
}

TEST_F(ActuatorClientTest, APreflightThatIsNotAnsweredInTimeIsUnreachableAndTheLineTakenAnew) {
    connect();
    client_.ask(preflight(7));
    asked(1);
    clock_.advance(std::chrono::seconds{6});
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<PreflightEvent>(0).code, Refusal::unreachable);
    EXPECT_TRUE(until([&] { return actuator_.take(); }));
}

TEST_F(ActuatorClientTest, AnActionIsSentOnceAndItsNewsTold) {
    connect();
    client_.run(action("a-1"));
    client_.run(action("a-1"));
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(std::get<ExecuteRequest>(requests[0]).action, "a-1");
    EXPECT_EQ(std::get<ExecuteRequest>(requests[0]).not_after, instant_from_us(1'000'000));
    actuator_.say(Reply{news("a-1", ActionPhase::started)});
    actuator_.say(Reply{news("a-1", ActionPhase::finished)});
    ASSERT_TRUE(told(2));
    EXPECT_EQ(event<ActionEvent>(0).phase, ActionPhase::started);
    EXPECT_EQ(event<ActionEvent>(1).phase, ActionPhase::finished);
    EXPECT_TRUE(actuator_.requests().empty());
}

TEST_F(ActuatorClientTest, AnActionWaitsForTheConnectionUntilItIsTooOld) {
    client_.start();
    client_.run(action("a-1"));
    EXPECT_FALSE(told(1));
    clock_.advance(std::chrono::seconds{2});
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<ActionEvent>(0).phase, ActionPhase::finished);
    EXPECT_EQ(event<ActionEvent>(0).result, ActionResult::failed);
    EXPECT_EQ(event<ActionEvent>(0).refusal, Refusal::unreachable);
    actuator_.start();
    ASSERT_TRUE(until([&] { return actuator_.take(); }));
    EXPECT_TRUE(actuator_.requests().empty());
}

TEST_F(ActuatorClientTest, AnActionThatWaitedIsSentOnTheNewConnection) {
    client_.start();
    client_.run(action("a-1"));
    connect();
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<ExecuteRequest>(requests[0]));
}

TEST_F(ActuatorClientTest, AnActionWhoseReplyIsLostIsSettledNeverSentAgain) {
    connect();
    client_.run(action("a-1"));
    asked(1);
    actuator_.hang_up();
    ASSERT_TRUE(until([&] { return actuator_.take(); }));
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(std::get<SettleRequest>(requests[0]).action, "a-1");
    actuator_.say(Reply{settled("a-1", SettledAs::running)});
    actuator_.say(Reply{news("a-1", ActionPhase::finished)});
    ASSERT_TRUE(told(2));
    EXPECT_EQ(event<ActionEvent>(0).settled_as, SettledAs::running);
    EXPECT_EQ(event<ActionEvent>(1).phase, ActionPhase::finished);
}

TEST_F(ActuatorClientTest, WhatRunsAfterASettleIsSettledAgainWhenTheLineIsLostAgain) {
    connect();
    client_.settle(SettleAction{"a-1"});
    asked(1);
    actuator_.say(Reply{settled("a-1", SettledAs::running)});
    ASSERT_TRUE(told(1));
    actuator_.hang_up();
    ASSERT_TRUE(until([&] { return actuator_.take(); }));
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(std::get<SettleRequest>(requests[0]).action, "a-1");
    actuator_.say(Reply{settled("a-1", SettledAs::done)});
    ASSERT_TRUE(told(2));
    actuator_.hang_up();
    ASSERT_TRUE(until([&] { return actuator_.take(); }));
    EXPECT_FALSE(until([&] { return !actuator_.requests().empty(); }));
}

TEST_F(ActuatorClientTest, ASettleIsAskedAgainUntilItIsAnswered) {
    client_.start();
    client_.settle(SettleAction{"a-1"});
    connect();
    EXPECT_EQ(asked(1).size(), 1U);
    clock_.advance(std::chrono::seconds{6});  // no answer
    ASSERT_TRUE(until([&] { return actuator_.take(); }));
    EXPECT_EQ(asked(1).size(), 1U);
    actuator_.say(Reply{settled("a-1", SettledAs::not_started)});
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<ActionEvent>(0).settled_as, SettledAs::not_started);
}

TEST_F(ActuatorClientTest, ARollbackIsAskedAgainOnANewConnection) {
    connect();
    client_.roll_back(RollBack{"a-1"});
    asked(1);
    actuator_.hang_up();
    ASSERT_TRUE(until([&] { return actuator_.take(); }));
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(std::get<RollbackRequest>(requests[0]).action, "a-1");
    actuator_.say(Reply{news("a-1", ActionPhase::rollback_failed)});
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<ActionEvent>(0).phase, ActionPhase::rollback_failed);
}

TEST_F(ActuatorClientTest, AboveItsBoundItRefusesAndSendsNothing) {
    connect();
    for (int i = 1; i <= 4; ++i) {
        client_.run(action("a-" + std::to_string(i)));
    }
    client_.run(action("a-5"));
    client_.ask(preflight(9));
    ASSERT_TRUE(told(2));
    EXPECT_EQ(event<ActionEvent>(0).action, "a-5");
    EXPECT_EQ(event<ActionEvent>(0).refusal, Refusal::unreachable);
    EXPECT_EQ(event<PreflightEvent>(1).code, Refusal::unreachable);
    EXPECT_EQ(asked(4).size(), 4U);
}

TEST_F(ActuatorClientTest, GarbageEndsTheConnectionAndAnotherIsTaken) {
    connect();
    client_.ask(preflight(7));
    asked(1);
    actuator_.say_bytes(frame("no json"));
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<PreflightEvent>(0).code, Refusal::unreachable);
    EXPECT_NE(event<PreflightEvent>(0).detail.find("no reply"), std::string::npos);
    EXPECT_TRUE(until([&] { return actuator_.take(); }));
}

TEST_F(ActuatorClientTest, WhyTheActuatorHungUpIsKept) {
    connect();
    actuator_.say(Reply{ErrorReply{Refusal::not_permitted, "another primumd is connected"}});
    actuator_.hang_up();
    actuator_.stop();
    ASSERT_TRUE(until([&] { return !client_.connected(); }));
    client_.ask(preflight(7));
    ASSERT_TRUE(told(1));
    EXPECT_EQ(event<PreflightEvent>(0).code, Refusal::unreachable);
}

TEST_F(ActuatorClientTest, AnAnswerToNobodysQuestionIsIgnored) {
    connect();
    PreflightEvent answer;
    answer.ticket = 99;
    actuator_.say(Reply{answer});
    actuator_.say(Reply{news("a-1", ActionPhase::finished)});
    ASSERT_TRUE(told(1));
    EXPECT_TRUE(std::holds_alternative<ActionEvent>(events_[0]));
}

TEST_F(ActuatorClientTest, AProbeIsAskedForAndItsEndTold) {
    connect();
    std::vector<ProbeReply> ends;
    client_.probe("load", [&](const ProbeReply& reply) { ends.push_back(reply); });
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(std::get<ProbeRequest>(requests[0]).source, "load");
    const ProbeReply other{"other", {}, false, 0, "", false, ""};
    const ProbeReply end{"load", {}, false, 2, "CRITICAL", false, ""};
    actuator_.say(Reply{other});
    actuator_.say(Reply{end});
    ASSERT_TRUE(until([&] { return !ends.empty(); }));
    EXPECT_EQ(ends, std::vector<ProbeReply>{end});
}

TEST_F(ActuatorClientTest, AProbeThatCannotBeAskedForOrIsLostIsUnreachable) {
    std::vector<ProbeReply> ends;
    const auto take = [&](const ProbeReply& reply) { ends.push_back(reply); };
    client_.start();
    client_.probe("load", take);
    EXPECT_TRUE(ends.empty());  // never from inside a request
    ASSERT_TRUE(until([&] { return ends.size() == 1; }));
    EXPECT_EQ(ends[0].source, "load");
    EXPECT_EQ(ends[0].code, Refusal::unreachable);
    actuator_.start();
    ASSERT_TRUE(until([&] { return client_.connected() && actuator_.take(); }));
    client_.probe("load", take);
    asked(1);
    actuator_.hang_up();
    ASSERT_TRUE(until([&] { return ends.size() == 2; }));
    EXPECT_EQ(ends[1].code, Refusal::unreachable);
}

TEST_F(ActuatorClientTest, APageIsSentAndItsEndComesBack) {
    connect();
    std::vector<NotifyReply> ends;
    client_.notify("{}", [&](const NotifyReply& reply) { ends.push_back(reply); });
    const auto requests = asked(1);
    ASSERT_EQ(requests.size(), 1U);
    const auto& request = std::get<NotifyRequest>(requests[0]);
    EXPECT_EQ(request.notice, "{}");
    const NotifyReply other{request.ticket + 1, {}, false, 0, "", ""};
    const NotifyReply end{request.ticket, {}, false, 2, "no such number", ""};
    actuator_.say(Reply{other});
    actuator_.say(Reply{end});
    actuator_.say(Reply{end});
    ASSERT_TRUE(until([&] { return !ends.empty(); }));
    EXPECT_EQ(ends, std::vector<NotifyReply>{end});
}

TEST_F(ActuatorClientTest, APageThatCannotBeSentOrIsLostIsUnreachable) {
    std::vector<NotifyReply> ends;
    const auto take = [&](const NotifyReply& reply) { ends.push_back(reply); };
    client_.start();
    client_.notify("{}", take);
    EXPECT_TRUE(ends.empty());  // never from inside a request
    ASSERT_TRUE(until([&] { return ends.size() == 1; }));
    EXPECT_EQ(ends[0].code, Refusal::unreachable);
    actuator_.start();
    ASSERT_TRUE(until([&] { return client_.connected() && actuator_.take(); }));
    client_.notify("{}", take);
    asked(1);
    actuator_.hang_up();
    ASSERT_TRUE(until([&] { return ends.size() == 2; }));
    EXPECT_EQ(ends[1].code, Refusal::unreachable);
}

}  // namespace
}  // namespace primum::remedy

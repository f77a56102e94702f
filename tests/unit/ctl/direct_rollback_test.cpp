// SPDX-License-Identifier: MIT
#include "ctl/direct_rollback.hpp"

#include "remedy/wire.hpp"
#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;

// One connection's worth of an actuator.
class Answering {
public:
    Answering(const std::string& path, std::string answer) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
        listening_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
        EXPECT_EQ(::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(listening_, 1), 0);
        thread_ = std::thread([this, answer = std::move(answer)] {
            const int fd = ::accept(listening_, nullptr, nullptr);
            std::array<char, 4096> buffer{};
            const auto got = ::read(fd, buffer.data(), buffer.size());
            asked_.assign(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
            // In two pieces.
            const auto half = answer.size() / 2;
            EXPECT_EQ(::write(fd, answer.data(), half), static_cast<ssize_t>(half));
            EXPECT_EQ(::write(fd, answer.data() + half, answer.size() - half),
                      static_cast<ssize_t>(answer.size() - half));
            ::close(fd);
        });
    }
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    ~Answering() {
        asked();
        ::close(listening_);
    }
    std::string asked() {
        if (thread_.joinable()) {
            thread_.join();
        }
        return asked_;
    }

private:
    int listening_ = -1;
    std::string asked_;
    std::thread thread_;
};

class DirectRollbackTest : public testing::RunFixture {
protected:
    DirectRollbackTest() {
        world.uid = 0;
        world.actuator_socket = (root / "actuator.sock").string();
        command.verb = Verb::rollback;
        command.action = "a-1";
    }
    static std::string answer(ActionPhase phase, Refusal refusal, const std::string& detail) {
        ActionEvent event;
        event.action = "a-1";
        event.phase = phase;
        event.refusal = refusal;
        event.detail = detail;
        event.facts.conflict = refusal == Refusal::conflict ? "-old\n+new" : "";
        return remedy::encode(remedy::Reply{event});
    }
    Exit roll_back() {
        return roll_back_directly({CallFailure::Kind::not_running, {}, {}}, command, world);
    }

    Command command;
};

TEST_F(DirectRollbackTest, TheActuatorIsAskedAndItsAnswerTold) {
    Answering actuator(world.actuator_socket,
                       answer(ActionPhase::rolled_back, Refusal::none, "everything is back"));
    EXPECT_EQ(roll_back(), Exit::ok);
    EXPECT_EQ(actuator.asked(), remedy::encode(remedy::Request{remedy::RollbackRequest{"a-1"}}));
    EXPECT_THAT(out.str(), HasSubstr("primumd is not running"));
    EXPECT_THAT(out.str(), HasSubstr("everything is back"));
}

TEST_F(DirectRollbackTest, AConflictIsShown) {
    const Answering actuator(
        world.actuator_socket,
        answer(ActionPhase::rollback_failed, Refusal::conflict, "somebody changed it"));
    EXPECT_EQ(roll_back(), Exit::temporary);
    EXPECT_THAT(err.str(), HasSubstr("somebody changed it (conflict)"));
    EXPECT_THAT(err.str(), HasSubstr("+new"));
}

TEST_F(DirectRollbackTest, AnUnknownActionIsAMistake) {
    const Answering actuator(
        world.actuator_socket,
        answer(ActionPhase::rollback_failed, Refusal::unknown_action, "never started"));
    command.json = true;
    EXPECT_EQ(roll_back(), Exit::usage);
    EXPECT_THAT(out.str(), HasSubstr("\"ok\":false"));
}

TEST_F(DirectRollbackTest, WithoutAnActuatorItIsUnreachable) {
    EXPECT_EQ(roll_back(), Exit::unreachable);
    EXPECT_THAT(err.str(), HasSubstr("the actuator cannot be asked either"));
}

TEST_F(DirectRollbackTest, BytesThatAreNoAnswerAreNone) {
    const Answering actuator(world.actuator_socket, remedy::frame("[]"));
    EXPECT_EQ(roll_back(), Exit::unreachable);
}

}  // namespace
}  // namespace primum::ctl

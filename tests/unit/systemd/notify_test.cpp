// SPDX-License-Identifier: MIT
#include "systemd/notify.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::systemd {
namespace {

// The service manager's end of the notification socket.
class NotifyTest : public ::testing::Test {
protected:
    NotifyTest() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        name_ = "primum-notify-test-" + std::to_string(::getpid());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path + 1, name_.data(), name_.size());
        const auto size =
            static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name_.size());
        EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size), 0);  // NOLINT
        ::setenv("NOTIFY_SOCKET", ("@" + name_).c_str(), 1);
    }
    ~NotifyTest() override {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(fd_);
    }
    std::string heard() {
        std::array<char, 512> buffer{};
        const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
        return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }

    int fd_;
    std::string name_;
};

TEST_F(NotifyTest, SaysEachThingInTheProtocolsWords) {
    notify_ready();
    EXPECT_EQ(heard(), "READY=1");
    notify_reloading(instant_from_us(42));
    EXPECT_EQ(heard(), "RELOADING=1\nMONOTONIC_USEC=42");
    notify_stopping();
    EXPECT_EQ(heard(), "STOPPING=1");
    notify_watchdog();
    EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(NotifyTest, AStatusIsOneLine) {
    notify_status("3 targets\nREADY=1");
    EXPECT_EQ(heard(), "STATUS=3 targets READY=1");
}

TEST(NotifyAloneTest, WithoutAManagerNothingHappens) {
    ::unsetenv("NOTIFY_SOCKET");
    notify_ready();
    notify_status("x");
}

TEST(NotifyAloneTest, TheWatchdogIsWhatTheManagerSays) {
    ::unsetenv("WATCHDOG_USEC");
    EXPECT_FALSE(watchdog_interval().has_value());
    ::setenv("WATCHDOG_USEC", "20000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    EXPECT_EQ(watchdog_interval(), Duration{20'000'000});
    ::setenv("WATCHDOG_PID", "1", 1);
    EXPECT_FALSE(watchdog_interval().has_value());
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
}

}  // namespace
}  // namespace primum::systemd
